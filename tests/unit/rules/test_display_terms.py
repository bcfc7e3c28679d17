"""Until when a record is displayed, under laws invented for one question each."""

from dataclasses import replace
from datetime import date

import pytest

from xinheng.rules.domain import (
    ALL_KINDS,
    ClassRule,
    ClockStart,
    Confidence,
    DisplayFacts,
    DisplayRule,
    EndRule,
    ListRule,
    Regime,
    Severity,
    Term,
    applies,
    class_of,
    display_term,
    kinds_to_mask,
    mask_to_kinds,
    regimes_applying,
    result_under,
)
from xinheng.rules.domain.regimes import least_confidence

DECIDED = date(2024, 5, 6)
TODAY = date(2024, 6, 1)
PENALTY = DisplayFacts(item_id="penalty", decision_date=DECIDED, penalty_kinds=frozenset({"3"}))
RULE = DisplayRule(
    item_id="penalty",
    end_rule=EndRule.REGIMES,
    adverse=True,
    in_force=date(2010, 1, 1),
    confidence=Confidence.SOURCED,
    reference="规则的依据",
    version="rule@1",
)


def term(severity=Severity.GENERAL, *, shown=True, months=(3, 12)):
    return Term(severity=severity, shown=shown, min_months=months[0], max_months=months[1], confidence=Confidence.SOURCED)


def line(severity=Severity.GENERAL, **conditions):
    return ClassRule(severity=severity, **{"confidence": Confidence.SOURCED, "reference": "划分的依据"} | conditions)


def regime(identity, *, classes=None, terms=None, **more):
    terms = terms or (term(),)
    return Regime(
        id=identity,
        classes=classes or (line(terms[0].severity),),
        terms={one.severity: one for one in terms},
        **{
            "title": f"规定{identity}",
            "item_ids": ("penalty",),
            "in_force": date(2020, 1, 1),
            "until": None,
            "clock_start": ClockStart.DECISION_DATE,
            "clock_confidence": Confidence.SOURCED,
            "confidence": Confidence.SOURCED,
            "reference": f"依据{identity}",
            "version": f"{identity}@1",
        }
        | more,
    )


def named(identity="B01", **more):
    return ListRule(
        list_type=identity,
        **{
            "title": "演示名单",
            "term_months": 36,
            "term_stated": False,
            "until_corrected": False,
            "early_exit_months": None,
            "severity": Severity.SERIOUS,
            "accepted": True,
            "refused_because": "",
            "confidence": Confidence.SOURCED,
            "reference": "名单的依据",
            "version": "list@1",
        }
        | more,
    )


def answer(facts=PENALTY, *, on_date=TODAY, rules=(RULE,), regimes=(), lists=()):
    return display_term(
        facts=facts, on_date=on_date, rules=rules, regimes=regimes, lists={rule.list_type: rule for rule in lists}
    )


def told(found):
    return [step.text for step in found.steps]


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


class TestSeveralRules:
    def test_the_earliest_end_of_all_that_were_in_force(self):
        by_term = replace(RULE, end_rule=EndRule.TERM, months=6, version="rule@2", in_force=date(2024, 5, 20))
        for rules in ([RULE, by_term], [by_term, RULE]):
            assert answer(rules=rules, regimes=[regime("R")]).end == date(2024, 11, 6)
        assert answer(rules=[RULE, by_term], regimes=[regime("R")], on_date=date(2024, 5, 19)).end == date(2025, 5, 6)

    def test_one_that_does_not_show_decides(self):
        hidden = replace(RULE, end_rule=EndRule.NOT_SHOWN, reference="不公示的依据")
        found = answer(rules=[RULE, hidden], regimes=[regime("R")])
        assert (found.shown, found.rule_versions) == (False, ())
        assert told(found) == ["按目录的规定，这类信息不向社会公示。"]
        assert (found.steps[0].reference, found.steps[0].confidence) == ("不公示的依据", Confidence.SOURCED)

    def test_one_adverse_rule_is_enough_to_need_an_end(self):
        valid = replace(RULE, end_rule=EndRule.VALID_TO, adverse=False)
        assert answer(rules=[valid]).shown
        assert not answer(rules=[valid, replace(valid, adverse=True)]).shown
        assert answer(rules=[valid, replace(valid, adverse=True)]).rule_versions == ("rule@1",)

    def test_rules_of_other_items_do_not_count(self):
        found = answer(rules=[replace(RULE, item_id="other", end_rule=EndRule.VALID_TO, adverse=False)])
        assert not found.shown
        assert told(found) == ["目录里没有信息项“penalty”的公示规则，没有依据的信息不公示。"]


class TestTermAndValidity:
    @pytest.mark.parametrize(
        ("start", "end", "words"),
        [
            (ClockStart.DECISION_DATE, date(2026, 5, 6), "从决定日期2024年5月6日起公示2年，公示到2026年5月5日为止。"),
            (ClockStart.DISPLAY_FROM, date(2026, 5, 20), "从公示之日起公示2年，公示到2026年5月19日为止。"),
        ],
    )
    def test_a_term_of_months(self, start, end, words):
        rule = replace(RULE, end_rule=EndRule.TERM, months=24, start=start)
        found = answer(replace(PENALTY, display_from=date(2024, 5, 20)), rules=[rule])
        assert (found.shown, found.end, found.rule_versions) == (True, end, ("rule@1",))
        assert (found.severity, found.severity_confidence, found.first_repair_date) == (None, None, None)
        assert told(found) == [words]
        assert (found.steps[0].reference, found.steps[0].confidence) == ("规则的依据", Confidence.SOURCED)

    @pytest.mark.parametrize(
        ("end_rule", "months", "valid_to", "end"),
        [
            (EndRule.VALID_TO, None, date(2025, 5, 5), date(2025, 5, 6)),
            (EndRule.VALID_TO, None, date(2099, 12, 30), date(2099, 12, 31)),
            (EndRule.VALID_TO, None, date(2099, 12, 31), None),
            (EndRule.VALID_TO, None, None, None),
            (EndRule.VALID_TO, 6, date(2025, 5, 5), date(2025, 5, 6)),
            (EndRule.VALID_TO_OR_TERM, 6, date(2025, 5, 5), date(2024, 11, 6)),
            (EndRule.VALID_TO_OR_TERM, 6, date(2024, 7, 5), date(2024, 7, 6)),
            (EndRule.VALID_TO_OR_TERM, 6, date(2099, 12, 31), date(2024, 11, 6)),
            (EndRule.VALID_TO_OR_TERM, 6, None, date(2024, 11, 6)),
        ],
    )
    def test_a_validity_and_its_cap(self, end_rule, months, valid_to, end):
        rule = replace(RULE, end_rule=end_rule, months=months, adverse=False)
        found = answer(replace(PENALTY, valid_to=valid_to), rules=[rule])
        assert (found.shown, found.end, found.rule_versions) == (True, end, ("rule@1",))
        assert len(found.steps) == 1

    def test_a_cap_counts_from_where_the_rule_says(self):
        rule = replace(RULE, end_rule=EndRule.VALID_TO_OR_TERM, months=6, start=ClockStart.DISPLAY_FROM)
        assert answer(replace(PENALTY, display_from=date(2024, 5, 20)), rules=[rule]).end == date(2024, 11, 20)

    @pytest.mark.parametrize(
        ("valid_to", "words"),
        [
            (date(2025, 5, 5), "有效期至2025年5月5日，公示到2025年5月5日为止。"),
            (date(2099, 12, 31), "有效期是长期，一直公示，直到撤回、撤销或者注销。"),
            (None, "没有填写有效期至，一直公示，直到撤回、撤销或者注销。"),
        ],
    )
    def test_a_validity_in_words(self, valid_to, words):
        found = answer(replace(PENALTY, valid_to=valid_to), rules=[replace(RULE, end_rule=EndRule.VALID_TO, adverse=False)])
        assert told(found) == [words]


class TestStatedDay:
    """The last day that the organ itself stated shortens, and never lengthens."""

    @pytest.mark.parametrize(
        ("stated", "end", "repair"),
        [
            (date(2025, 5, 4), date(2025, 5, 5), date(2024, 8, 6)),
            (date(2025, 5, 5), date(2025, 5, 6), date(2024, 8, 6)),
            (date(2030, 1, 1), date(2025, 5, 6), date(2024, 8, 6)),
            (date(2099, 12, 31), date(2025, 5, 6), date(2024, 8, 6)),
            (date(2024, 8, 6), date(2024, 8, 7), date(2024, 8, 6)),
            (date(2024, 8, 5), date(2024, 8, 6), None),
        ],
    )
    def test_of_a_penalty(self, stated, end, repair):
        found = answer(replace(PENALTY, statutory_until=stated), regimes=[regime("R")])
        assert (found.end, found.first_repair_date, found.severity) == (end, repair, Severity.GENERAL)
        shortened = end < date(2025, 5, 6)
        assert ("以它为准" in told(found)[-1]) is shortened
        assert len(told(found)) == 3 + shortened

    @pytest.mark.parametrize(
        ("stated", "end"),
        [(date(2024, 7, 1), date(2024, 7, 2)), (date(2099, 12, 30), date(2099, 12, 31)), (date(2099, 12, 31), None)],
    )
    def test_of_what_is_valid_for_long(self, stated, end):
        rule = replace(RULE, end_rule=EndRule.VALID_TO, adverse=False)
        assert answer(replace(PENALTY, statutory_until=stated), rules=[rule]).end == end

    def test_does_not_show_what_is_hidden(self):
        found = answer(replace(PENALTY, statutory_until=date(2024, 7, 1)), rules=[replace(RULE, end_rule=EndRule.NOT_SHOWN)])
        assert (found.shown, found.end) == (False, None)


class TestLists:
    LIST = replace(RULE, end_rule=EndRule.LIST_TERM)
    ENTRY = replace(PENALTY, list_type="B01")

    def of(self, rule, **facts):
        return answer(replace(self.ENTRY, **facts), rules=[self.LIST], lists=[rule])

    @pytest.mark.parametrize(
        ("stated", "end", "by_decision"),
        [
            (None, date(2027, 5, 6), False),
            (date(2027, 5, 4), date(2027, 5, 5), True),
            (date(2027, 5, 5), date(2027, 5, 6), False),
            (date(2030, 1, 1), date(2027, 5, 6), False),
        ],
    )
    def test_the_longest_term_or_the_stated_end(self, stated, end, by_decision):
        found = self.of(named(), statutory_until=stated)
        assert (found.shown, found.end, found.severity, found.severity_confidence) == (
            True,
            end,
            Severity.SERIOUS,
            Confidence.SOURCED,
        )
        assert found.rule_versions == ("list@1",)
        assert told(found) == [
            "决定日期是2024年5月6日。",
            "列入“演示名单”的决定写明的届满日，即2027年5月4日，公示到这一天为止。"
            if by_decision
            else "“演示名单”的期限最长是3年，从列入决定日期2024年5月6日起算，公示到2027年5月5日为止。",
        ]

    @pytest.mark.parametrize(
        ("months", "stated", "exit_date"),
        [
            (None, None, None),
            (12, None, date(2025, 5, 6)),
            (35, None, date(2027, 4, 6)),
            (36, None, None),
            (12, date(2025, 5, 6), date(2025, 5, 6)),
            (12, date(2025, 5, 5), None),
        ],
    )
    def test_an_early_exit_before_the_end_or_not_at_all(self, months, stated, exit_date):
        found = self.of(named(early_exit_months=months), statutory_until=stated)
        assert found.first_repair_date == exit_date
        assert len(found.steps) == 2 + (exit_date is not None)
        if exit_date is not None:
            assert found.steps[-1].text.startswith("符合条件的，从2")
            assert found.steps[-1].reference == "名单的依据"

    def test_an_end_that_must_be_stated_and_is_not(self):
        found = self.of(named(term_stated=True))
        assert (found.shown, found.end, found.severity, found.rule_versions) == (False, None, Severity.SERIOUS, ())
        assert (found.steps[0].reference, found.steps[0].confidence) == ("名单的依据", Confidence.SOURCED)
        assert "“演示名单”的期限由列入决定写明，这条记录没有写" in told(found)[0]
        assert self.of(named(term_stated=True), statutory_until=date(2025, 1, 1)).end == date(2025, 1, 2)

    def test_a_list_without_a_term(self):
        assert not self.of(named(term_months=None)).shown
        assert not self.of(named(term_months=None), statutory_until=date(2025, 1, 1)).shown

    def test_a_list_until_correction_is_provisional(self):
        found = self.of(named(until_corrected=True))
        assert "改正后移出" in told(found)[1]
        assert found.steps[1].confidence is Confidence.PROVISIONAL

    def test_a_list_that_is_not_serious_has_no_severity(self):
        found = self.of(named(severity=None))
        assert (found.shown, found.severity, found.severity_confidence) == (True, None, None)

    @pytest.mark.parametrize(
        ("why", "words"),
        [("依据太弱。", "“演示名单”不予公示：依据太弱。"), ("", "“演示名单”不予公示：目录里没有载入它的法定依据。")],
    )
    def test_a_list_that_is_not_accepted_says_why(self, why, words):
        found = self.of(named(accepted=False, refused_because=why))
        assert (found.shown, told(found)) == (False, [words])
        assert (found.steps[0].reference, found.steps[0].confidence) == ("名单的依据", Confidence.SOURCED)

    @pytest.mark.parametrize(
        ("list_type", "words"),
        [
            ("Z99", "目录里没有名单类型“Z99”，没有法定依据的名单不公示。"),
            (None, "目录里没有名单类型“（未填）”，没有法定依据的名单不公示。"),
        ],
    )
    def test_a_list_nobody_knows(self, list_type, words):
        found = self.of(named(), list_type=list_type)
        assert (found.shown, told(found)) == (False, [words])


class TestKinds:
    @pytest.mark.parametrize(
        ("kinds", "mask"),
        [(set(), 0), ({"99"}, 1), ({"1"}, 2), ({"13"}, 1 << 13), ({"1", "3", "99"}, 11), ({"9", "12"}, (1 << 9) | (1 << 12))],
    )
    def test_a_kind_has_the_bit_of_its_number_and_the_other_bit_0(self, kinds, mask):
        assert kinds_to_mask(kinds) == mask
        assert mask_to_kinds(mask) == kinds

    def test_all_kinds_are_those_of_the_code_list(self):
        assert kinds_to_mask([*map(str, range(1, 14)), "99"]) == ALL_KINDS
        assert mask_to_kinds(ALL_KINDS) == {*map(str, range(1, 14)), "99"}
        assert mask_to_kinds(1 << 14) == frozenset()

    @pytest.mark.parametrize("kind", ["0", "14", "100", "", "x", "-1", "²"])
    def test_what_is_no_kind_is_an_error(self, kind):
        with pytest.raises(ValueError, match="not a penalty kind of E2"):
            kinds_to_mask({kind})


def test_an_answer_is_as_sure_as_its_least_sure_part():
    sure, read, guessed = Confidence.VERIFIED, Confidence.SOURCED, Confidence.PROVISIONAL
    assert least_confidence(sure, read) is read
    assert least_confidence(guessed, sure, read) is guessed
    assert least_confidence(sure) is sure
