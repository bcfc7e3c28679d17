"""From the catalogue's text to rules: what is written is what counts."""

from datetime import date

import pytest
from tests.factories.law_texts import CLOCKS, ITEM, LISTS, REGIMES, catalogue
from tests.factories.laws import line, regime, term

from xinheng.rules.domain import ClockStart, Confidence, DisplayRule, EndRule, ListRule, Severity
from xinheng.rules.domain.rulebook import rulebook_from
from xinheng.rules.selectors import display_rules_for, list_rules, regimes_for, rulebook


def test_regimes_are_taken_over_whole_and_the_older_first():
    law = "《某法》（第1号）"
    first = regime(
        "R1",
        title="前一规定",
        item_ids=("penalty", "other"),
        in_force=date(2015, 1, 1),
        until=date(2019, 12, 31),
        clock_start=ClockStart.DECISION_DATE,
        clock_confidence=Confidence.SOURCED,
        sectors=frozenset({"tax"}),
        classes=(
            line(
                severity=Severity.SERIOUS,
                any_kinds=frozenset({"8"}),
                only_kinds=frozenset({"3", "8"}),
                on_the_spot=False,
                sectors=frozenset({"fire"}),
                min_fine_fen=5_000_000,
                confidence=Confidence.SOURCED,
                reference=f"{law}第三条",
                title="吊销许可证件",
            ),
            line(severity=Severity.GENERAL, confidence=Confidence.PROVISIONAL, reference=law, title="其余"),
        ),
        terms=(term(Severity.SERIOUS, months=(12, 36)), term(confidence=Confidence.PROVISIONAL)),
        confidence=Confidence.SOURCED,
        reference=f"{law}第二条",
        version="R1@2015-01-01",
    )
    second = regime(
        "R2",
        title="后一规定",
        item_ids=("penalty",),
        in_force=date(2020, 1, 1),
        until=None,
        clock_start=ClockStart.DISPLAY_FROM,
        clock_confidence=Confidence.PROVISIONAL,
        classes=(line(severity=Severity.GENERAL, confidence=Confidence.PROVISIONAL, reference="《某办法》", title="全部"),),
        terms=(term(shown=False, months=(None, None), confidence=Confidence.PROVISIONAL),),
        confidence=Confidence.PROVISIONAL,
        reference="《某办法》",
        version="R2@2020-01-01",
    )
    content = catalogue(REGIMES)
    assert rulebook_from(content).regimes == (first, second)
    assert rulebook_from(content).catalogue_hash == content.hash
    assert regimes_for("penalty", catalogue=content) == (first, second)
    assert regimes_for("other", catalogue=content) == (first,)


def test_regimes_of_one_day_stand_in_the_order_of_their_ids():
    same_day = REGIMES.replace("in_force: 2020-01-01", "in_force: 2015-01-01")
    assert [regime.id for regime in rulebook_from(catalogue(same_day)).regimes] == ["R1", "R2"]


def test_lists_are_taken_over_whole():
    lists = list_rules(catalogue=catalogue(LISTS))
    assert lists == {
        "B01": ListRule(
            list_type="B01",
            title="严重失信名单",
            term_months=36,
            term_stated=True,
            until_corrected=False,
            early_exit_months=12,
            severity=Severity.SERIOUS,
            accepted=True,
            refused_because="",
            confidence=Confidence.PROVISIONAL,
            reference="《某法》（第1号）第四条；《某办法》",
            version="list.B01@2021-09-01",
        ),
        "A01": ListRule(
            list_type="A01",
            title="异常名录",
            term_months=60,
            term_stated=False,
            until_corrected=True,
            early_exit_months=None,
            severity=None,
            accepted=False,
            refused_because="没有载入",
            confidence=Confidence.PROVISIONAL,
            reference="《某法》（第1号）",
            version="list.A01@2014-10-01",
        ),
    }


def test_display_clocks_become_dated_rules_of_their_item():
    content = catalogue(CLOCKS, ITEM)
    early = DisplayRule(
        item_id="honour",
        end_rule=EndRule.VALID_TO_OR_TERM,
        months=24,
        start=ClockStart.DISPLAY_FROM,
        adverse=True,
        in_force=date(2016, 1, 1),
        until=date(2020, 12, 31),
        confidence=Confidence.SOURCED,
        reference="《某法》（第1号）",
        version="honour_term@2016-01-01",
    )
    late = DisplayRule(
        item_id="honour",
        end_rule=EndRule.VALID_TO,
        months=None,
        start=ClockStart.DECISION_DATE,
        adverse=True,
        in_force=date(2021, 1, 1),
        until=None,
        confidence=Confidence.PROVISIONAL,
        reference="《某办法》",
        version="honour_term@2021-01-01",
    )
    assert display_rules_for("honour", catalogue=content) == (early, late)
    assert display_rules_for("penalty", catalogue=content) == ()
    assert rulebook_from(content).reporting_clocks == {"honour": "reporting"}


@pytest.mark.parametrize(
    ("was", "becomes", "told"),
    [
        ("end_rule: VALID_TO, ", "", "honour_term: a display clock needs its end_rule"),
        ("unit: MONTH", "unit: DAY", "honour_term: a display term is counted in months"),
        ("amount: 10, ", "", "fire_only: a deadline needs an amount"),
        ("unit: DAY", "unit: MONTH", "fire_only: a deadline needs an amount of days or working days"),
    ],
)
def test_a_clock_that_cannot_be_counted_is_refused(was, becomes, told):
    with pytest.raises(ValueError, match=told):
        rulebook_from(catalogue(CLOCKS.replace(was, becomes), ITEM))


def test_deadlines_are_taken_over_and_display_clocks_are_none():
    rules = rulebook_from(catalogue(CLOCKS, ITEM)).deadlines
    assert [(rule.clock_id, rule.amount, rule.unit.value, rule.sectors, rule.in_force, rule.until) for rule in rules] == [
        ("fire_only", 10, "DAY", frozenset({"fire"}), date(2020, 1, 1), None),
        ("reporting", 7, "WORKDAY", frozenset(), date(2018, 1, 1), date(2021, 12, 31)),
        ("reporting", 6, "WORKDAY", frozenset(), date(2022, 1, 1), date(2023, 12, 31)),
        ("reporting", 5, "WORKDAY", frozenset(), date(2024, 1, 1), None),
        ("reporting", 20, "WORKDAY", frozenset({"tax"}), date(2020, 1, 1), None),
    ]
    assert {(rule.reference, rule.version) for rule in rules if rule.clock_id == "fire_only"} == {
        ("《某法》（第1号）", "fire_only@2020-01-01")
    }


def test_the_rules_of_several_catalogues_are_kept_apart_and_worked_out_once():
    books = [rulebook(catalogue(CLOCKS.replace("amount: 5", f"amount: {amount}"))) for amount in range(3, 12)]
    assert [book.deadlines[3].amount for book in books] == list(range(3, 12))
    last = catalogue(CLOCKS.replace("amount: 5", "amount: 11"))
    assert rulebook(last) is books[-1]
    assert rulebook(catalogue(CLOCKS.replace("amount: 5", "amount: 3"))) == books[0]
