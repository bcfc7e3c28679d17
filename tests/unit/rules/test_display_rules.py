"""Until when a record is displayed by an item's own rules, by a validity, a stated day or a list."""

from dataclasses import replace
from datetime import date

import pytest
from tests.factories.laws import PENALTY, RULE, answer, named, regime, told

from xinheng.rules.domain import ALL_KINDS, ClockStart, Confidence, EndRule, Severity, kinds_to_mask, mask_to_kinds
from xinheng.rules.domain.regimes import least_confidence


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
