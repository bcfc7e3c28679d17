"""The display cases of ``catalogue/_cases/display/*.yaml`` against the catalogue as it is, and what has no case yet."""

from datetime import date, timedelta
from typing import Any

import pytest

from tests.law.cases import cases_in
from xinheng.catalogue.domain import EndRule
from xinheng.rules.domain import DisplayFacts, DisplayTerm, class_of, regimes_applying
from xinheng.rules.selectors import display_rules_for, display_term, list_rules, rulebook

CASES = dict(cases_in("display"))
KNOWN_OUTPUT = {"shown", "severity", "confidence", "last_day", "first_repair_date", "rule_versions", "shown_on"}


def facts_of(case: dict[str, Any]) -> DisplayFacts:
    """Return the facts of a case."""
    given = {key: value for key, value in case["input"].items() if key != "on_date"}
    for name in ("penalty_kinds", "sectors"):
        given[name] = frozenset(given.get(name, ()))
    return DisplayFacts(item_id=case["item"], **given)


def last_day_of(term: DisplayTerm) -> date | None:
    """Return the last day shown."""
    return None if term.end is None else term.end - timedelta(days=1)


@pytest.mark.parametrize("case", CASES.values(), ids=CASES.keys())
def test_display(case):
    output = case["output"]
    assert set(output) <= KNOWN_OUTPUT
    facts = facts_of(case)
    term = display_term(facts, case["input"]["on_date"])
    said = "\n".join(step.text for step in term.steps)
    assert term.shown == output.get("shown", True), said
    if "severity" in output:
        assert (term.severity and term.severity.value) == output["severity"], said
    if "confidence" in output:
        assert term.severity_confidence == output["confidence"], said
    if "last_day" in output:
        assert last_day_of(term) == output["last_day"], said
    if "first_repair_date" in output:
        assert term.first_repair_date == output["first_repair_date"], said
    if "rule_versions" in output:
        assert list(term.rule_versions) == output["rule_versions"]
    for day, shown in output.get("shown_on", {}).items():
        assert display_term(facts, day).is_shown_on(day) == shown, f"{day}: {said}"
    assert said.endswith("。")


def test_every_class_and_term_of_every_regime_has_a_case():
    book = rulebook()
    wanted = {
        (regime.version, number, rule.severity.value) for regime in book.regimes for number, rule in enumerate(regime.classes)
    }
    met = set()
    for case in CASES.values():
        facts = facts_of(case)
        for regime in regimes_applying(regimes=book.regimes, facts=facts, on_date=case["input"]["on_date"]):
            rule = class_of(regime=regime, facts=facts)
            met.add((regime.version, regime.classes.index(rule), rule.severity.value))
    assert wanted - met == set(), "a regime's class has no case in catalogue/_cases/display"


def test_every_display_clock_has_a_case():
    tried = {case["item"] for case in CASES.values()}
    ruled = {rule.item_id for rule in rulebook().display_rules}
    assert ruled - tried == set(), "an item's display has no case in catalogue/_cases/display"


def test_every_list_has_a_case():
    tried = {case["input"].get("list_type") for case in CASES.values()}
    lists = {
        list_type
        for list_type in list_rules()
        if any(rule.end_rule is EndRule.LIST_TERM for rule in display_rules_for("serious_list_entry")) and list_type[0] in "AB"
    }
    assert lists - tried == set(), "a list has no case in catalogue/_cases/display"


def test_every_regime_in_force_has_a_case_at_each_end_of_its_force():
    days = {case["input"]["on_date"] for case in CASES.values()} | {case["input"]["decision_date"] for case in CASES.values()}
    for regime in rulebook().regimes[1:]:
        first = regime.in_force
        if first >= date(2023, 1, 1):
            assert {first - timedelta(days=1), first, first + timedelta(days=1)} <= days, regime.version
