"""The deadline cases of ``catalogue/_cases/deadlines/*.yaml`` against the catalogue as it is, and what has no case yet."""

import pytest

from tests.law.cases import cases_in
from xinheng.rules import errors
from xinheng.rules.selectors import clock_deadline, late_workdays, reporting_deadline, rulebook

CASES = dict(cases_in("deadlines"))


@pytest.mark.parametrize("case", CASES.values(), ids=CASES.keys())
def test_deadline(case):
    start = case["input"]["start"]
    if "error" in case:
        with pytest.raises(errors.NoSuchDeadline) as raised:
            clock_deadline(case["clock"], start)
        assert raised.value.code == case["error"]
        return
    output = case["output"]
    answer = clock_deadline(case["clock"], start)
    assert answer.date == output["date"]
    assert answer.provisional == output.get("provisional", False)
    assert answer.rule_version.startswith(f"{case['clock']}@")
    for item in case.get("items", ()):
        assert reporting_deadline(item, start) == answer
        for reported, late in output.get("late", {}).items():
            assert late_workdays(item, start, reported) == late, reported


def test_every_deadline_clock_has_a_case():
    assert {rule.clock_id for rule in rulebook().deadlines} <= {case["clock"] for case in CASES.values()}


def test_every_item_with_a_deadline_has_a_case():
    tried = {item for case in CASES.values() for item in case.get("items", ())}
    assert set(rulebook().reporting_clocks) - tried == set()


def test_an_item_without_a_deadline_is_never_late():
    with pytest.raises(errors.NoReportingClock, match="报送时限"):
        reporting_deadline("no_such_item", CASES[next(iter(CASES))]["input"]["start"])
