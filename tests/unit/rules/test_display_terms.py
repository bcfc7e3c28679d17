"""Until when a record is displayed under one regime and under several, each invented for one question."""

from dataclasses import replace
from datetime import date

import pytest
from tests.factories.laws import DECIDED, PENALTY, RULE, TODAY, answer, line, regime, term, told

from xinheng.rules.domain import ClockStart, Confidence, EndRule, Severity, applies, class_of, regimes_applying, result_under


class TestInForce:
    """A law applies that was in force on any day from the decision through the reading day."""

    @pytest.mark.parametrize(
        ("in_force", "until", "on_date", "expected"),
        [
            (date(2020, 1, 1), None, TODAY, True),
            (TODAY, None, TODAY, True),
            (date(2024, 6, 2), None, TODAY, False),
            (date(2020, 1, 1), DECIDED, TODAY, True),
            (date(2020, 1, 1), date(2024, 5, 5), TODAY, False),
            (date(2024, 5, 10), date(2024, 5, 12), TODAY, True),
            (DECIDED, None, date(2024, 1, 1), True),
            (date(2024, 5, 7), None, date(2024, 1, 1), False),
        ],
    )
    def test_boundaries(self, in_force, until, on_date, expected):
        law = regime("R", in_force=in_force, until=until)
        assert applies(law=law, decision_date=DECIDED, on_date=on_date) is expected
        assert regimes_applying(regimes=[law], facts=PENALTY, on_date=on_date) == ((law,) if expected else ())
        rule = replace(RULE, in_force=in_force, until=until)
        found = answer(on_date=on_date, rules=[rule], regimes=[regime("R0", in_force=date(2000, 1, 1))])
        assert found.shown is expected

    def test_only_regimes_of_the_item_and_of_the_organ_s_sectors(self):
        general, tax, other = regime("R1"), regime("R2", sectors=frozenset({"tax", "fire"})), regime("R3", item_ids=("x",))
        assert regimes_applying(regimes=[general, tax, other], facts=PENALTY, on_date=TODAY) == (general,)
        by_tax = replace(PENALTY, sectors=frozenset({"tax", "food"}))
        assert regimes_applying(regimes=[general, tax, other], facts=by_tax, on_date=TODAY) == (general, tax)


class TestClass:
    """All conditions of a line must hold; the first line that holds decides."""

    @pytest.mark.parametrize(
        ("conditions", "facts", "holds"),
        [
            ({}, {}, True),
            ({"any_kinds": {"3", "8"}}, {"penalty_kinds": {"1", "8"}}, True),
            ({"any_kinds": {"3", "8"}}, {"penalty_kinds": {"1"}}, False),
            ({"any_kinds": {"3"}}, {"penalty_kinds": set()}, False),
            ({"only_kinds": {"1", "2"}}, {"penalty_kinds": {"1"}}, True),
            ({"only_kinds": {"1", "2"}}, {"penalty_kinds": {"1", "2"}}, True),
            ({"only_kinds": {"1", "2"}}, {"penalty_kinds": {"1", "3"}}, False),
            ({"only_kinds": {"1", "2"}}, {"penalty_kinds": set()}, False),
            ({"on_the_spot": True}, {"on_the_spot": True}, True),
            ({"on_the_spot": True}, {"on_the_spot": False}, False),
            ({"on_the_spot": False}, {"on_the_spot": True}, False),
            ({"sectors": {"tax", "fire"}}, {"sectors": {"fire", "food"}}, True),
            ({"sectors": {"tax"}}, {"sectors": {"food"}}, False),
            ({"sectors": {"tax"}}, {"sectors": set()}, False),
            ({"min_fine_fen": 100}, {"fine_fen": 100}, True),
            ({"min_fine_fen": 100}, {"fine_fen": 99}, False),
            ({"min_fine_fen": 0}, {"fine_fen": None}, False),
            ({"min_fine_fen": 0}, {"fine_fen": 0}, True),
            ({"any_kinds": {"3"}, "sectors": {"tax"}}, {"penalty_kinds": {"3"}, "sectors": set()}, False),
            ({"any_kinds": {"3"}, "min_fine_fen": 100}, {"penalty_kinds": {"1"}, "fine_fen": 100}, False),
        ],
    )
    def test_conditions(self, conditions, facts, holds):
        frozen = {key: frozenset(value) if isinstance(value, set) else value for key, value in conditions.items()}
        record = replace(PENALTY, **{key: frozenset(v) if isinstance(v, set) else v for key, v in facts.items()})
        special, rest = line(Severity.SERIOUS, **frozen), line()
        assert special.is_unconditional is (conditions == {})
        law = regime("R", classes=(special, rest), terms=(term(Severity.SERIOUS), term()))
        assert class_of(regime=law, facts=record) is (special if holds else rest)

    def test_a_table_with_a_hole_is_refused(self):
        for condition in (
            {"any_kinds": frozenset({"1"})},
            {"only_kinds": frozenset({"1"})},
            {"on_the_spot": False},
            {"sectors": frozenset({"tax"})},
            {"min_fine_fen": 0},
        ):
            with pytest.raises(ValueError, match="the last class must hold for every record"):
                regime("R", classes=(line(**condition),))
        with pytest.raises(ValueError, match="the last class must hold"):
            replace(regime("R"), classes=())
        with pytest.raises(ValueError, match="no term for"):
            regime("R", classes=(line(Severity.SERIOUS, on_the_spot=True), line()), terms=(term(),))

    def test_a_regime_may_hold_for_one_day_and_not_for_less(self):
        assert regime("R", in_force=DECIDED, until=DECIDED)
        with pytest.raises(ValueError, match="ends before it begins"):
            regime("R", in_force=DECIDED, until=date(2024, 5, 5))

    @pytest.mark.parametrize("end_rule", [EndRule.TERM, EndRule.VALID_TO_OR_TERM])
    def test_a_rule_that_ends_by_months_needs_them(self, end_rule):
        with pytest.raises(ValueError, match="needs its months"):
            replace(RULE, end_rule=end_rule)
        assert replace(RULE, end_rule=end_rule, months=12)


class TestOneRegime:
    def test_counts_from_the_decision_to_the_day_before_the_end(self):
        found = answer(regimes=[regime("R")])
        assert (found.shown, found.end, found.first_repair_date) == (True, date(2025, 5, 6), date(2024, 8, 6))
        assert (found.severity, found.severity_confidence) == (Severity.GENERAL, Confidence.SOURCED)
        assert found.rule_versions == ("R@1",)
        assert told(found) == [
            "决定日期是2024年5月6日。",
            "按《规定R》（2020年1月1日起施行），这条记录属于“一般”，最长公示1年，从决定日期2024年5月6日起算，公示到2025年5月5日为止。",
            "最短公示期到2024年8月5日届满；从2024年8月6日起可以申请信用修复。",
        ]
        assert found.steps[1].reference == "划分的依据"
        assert found.is_shown_on(date(2025, 5, 5))
        assert not found.is_shown_on(date(2025, 5, 6))

    @pytest.mark.parametrize(
        ("start", "display_from", "end"),
        [
            (ClockStart.DISPLAY_FROM, date(2024, 5, 20), date(2025, 5, 20)),
            (ClockStart.DISPLAY_FROM, None, date(2025, 5, 6)),
            (ClockStart.DECISION_DATE, date(2024, 5, 20), date(2025, 5, 6)),
        ],
    )
    def test_counts_from_publicity_where_the_regime_says_so(self, start, display_from, end):
        law = regime("R", clock_start=start)
        result = result_under(regime=law, facts=replace(PENALTY, display_from=display_from))
        assert (result.end, result.first_repair_date) == (end, end.replace(year=2024, month=8))
        assert (result.start, result.regime, result.rule, result.term) == (
            end.replace(year=2024),
            law,
            law.classes[0],
            law.terms[Severity.GENERAL],
        )

    @pytest.mark.parametrize(
        ("months", "end", "repair"),
        [
            ((None, 12), date(2025, 5, 6), None),
            ((0, 12), date(2025, 5, 6), DECIDED),
            ((11, 12), date(2025, 5, 6), date(2025, 4, 6)),
            ((12, 12), date(2025, 5, 6), None),
            ((13, 12), date(2025, 5, 6), None),
        ],
    )
    def test_a_repair_is_asked_for_before_the_end_or_not_at_all(self, months, end, repair):
        found = answer(regimes=[regime("R", terms=(term(months=months),))])
        assert (found.end, found.first_repair_date) == (end, repair)

    def test_without_a_longest_term_an_adverse_record_is_not_shown(self):
        found = answer(regimes=[regime("R", terms=(term(Severity.SERIOUS, months=(3, None)),))])
        assert (found.shown, found.end, found.first_repair_date) == (False, None, None)
        assert (found.severity, found.severity_confidence, found.rule_versions) == (
            Severity.SERIOUS,
            Confidence.SOURCED,
            ("R@1",),
        )
        assert told(found)[0] == "决定日期是2024年5月6日。"
        assert "必须有终止日期，所以不公示" in told(found)[-1]
        assert len(told(found)) == 4

    def test_without_a_longest_term_what_is_not_adverse_is_shown(self):
        found = answer(rules=[replace(RULE, adverse=False)], regimes=[regime("R", terms=(term(months=(3, None)),))])
        assert (found.shown, found.end, found.first_repair_date) == (True, None, date(2024, 8, 6))
        assert found.is_shown_on(date(9999, 12, 31))

    def test_what_the_regime_does_not_show_is_not_shown(self):
        found = answer(regimes=[regime("R", terms=(term(Severity.MINOR, shown=False, months=(0, None)),))])
        assert (found.shown, found.severity, found.first_repair_date) == (False, Severity.MINOR, None)
        assert told(found)[1:] == ["按《规定R》（2020年1月1日起施行），这条记录属于“轻微”，不予公示。"]
        assert not found.is_shown_on(TODAY)

    def test_without_any_regime_nothing_is_shown(self):
        found = answer()
        assert (found.shown, found.severity, found.rule_versions) == (False, None, ())
        assert told(found) == ["没有任何一部规定适用于这条记录，没有依据的信息不公示。"]
        assert found.steps[0].confidence is Confidence.PROVISIONAL
        assert found.steps[0].reference == ""


class TestSeveralRegimes:
    def test_the_earliest_end_and_the_earliest_repair(self):
        old = regime("R1", terms=(term(Severity.SERIOUS, months=(2, 36)),))
        new = regime("R2", in_force=date(2024, 1, 1), terms=(term(months=(3, 12)),))
        for law in ([old, new], [new, old]):
            found = answer(regimes=law)
            assert (found.end, found.severity, found.first_repair_date) == (
                date(2025, 5, 6),
                Severity.GENERAL,
                date(2024, 7, 6),
            )
            assert found.rule_versions == tuple(one.version for one in law)
            assert "按《规定R2》，公示到2025年5月5日为止。" in told(found)[-2]

    def test_one_that_does_not_show_decides(self):
        long = regime("R1")
        hidden = regime("R2", terms=(term(Severity.MINOR, shown=False, months=(None, None)),))
        found = answer(regimes=[long, hidden])
        assert (found.shown, found.severity, found.first_repair_date) == (False, Severity.MINOR, None)
        assert "《规定R2》不予公示" in told(found)[-1]

    def test_of_one_end_the_lighter_severity_decides_and_then_the_later_regime(self):
        serious = regime("R1", terms=(term(Severity.SERIOUS, months=(None, 12)),), in_force=date(2022, 1, 1))
        general = regime("R2", terms=(term(Severity.GENERAL, months=(None, 12)),), in_force=date(2020, 1, 1))
        newer = regime("R3", terms=(term(Severity.GENERAL, months=(None, 12)),), in_force=date(2023, 1, 1))
        assert answer(regimes=[serious, general]).severity is Severity.GENERAL
        assert "按《规定R3》" in told(answer(regimes=[general, newer]))[-1]
        assert "按《规定R3》" in told(answer(regimes=[newer, general]))[-1]

    def test_one_without_a_longest_term_does_not_lengthen(self):
        endless, ends = regime("R1", terms=(term(Severity.MINOR, months=(None, None)),)), regime("R2")
        found = answer(regimes=[endless, ends])
        assert (found.end, found.severity) == (date(2025, 5, 6), Severity.GENERAL)

    def test_none_has_a_longest_term(self):
        found = answer(
            rules=[replace(RULE, adverse=False)],
            regimes=[regime("R1", terms=(term(months=(None, None)),)), regime("R2", terms=(term(months=(None, None)),))],
        )
        assert told(found)[-1] == "几部规定都没有写明公示多久。"
