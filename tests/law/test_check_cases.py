"""The cases of ``checks/*.yaml``: each rule has one that should pass and one that should fail."""

import pyarrow as pa
import pytest
from django.conf import settings

from tests.factories.checks import EXAMPLES, example, landed_from
from tests.factories.intake_files import real_catalogue
from tests.law.cases import cases_in
from xinheng.catalogue.domain import Required
from xinheng.intake.checking import CheckContext, check, check_row, rules_all
from xinheng.intake.checking.registry import checks_for

CASES = dict(cases_in("checks"))
RULES = {rule.id: rule for rule in rules_all()}


def row_of(case):
    organ = real_catalogue().organs[0]
    row = example(case["item"], **case.get("row", {}))
    row |= {key: "演" * times for key, times in case.get("row_repeat", {}).items()}
    return row | {key: getattr(organ, name) for key, name in case.get("row_organ", {}).items()}


def context_of(case, **more):
    return CheckContext(
        on_date=case["on_date"],
        organ_code=case.get("organ_code"),
        known_codes=frozenset(case.get("known_codes", ())),
        legacy=case.get("legacy", False),
        **more,
    )


def file_checked(case, folder):
    row = row_of(case)
    rows = [row] if "next_row" not in case else [row, row | case["next_row"]]
    context = context_of(case)
    landed = landed_from(rows, folder=folder, item_id=case["item"], known_codes=context.known_codes)
    doubts = None
    if "doubts" in case:
        doubts = pa.table(
            {
                "_sheet": pa.array([landed.sheets[0].name] * len(case["doubts"]), pa.string()),
                "_row": pa.array(list(case["doubts"]), pa.int64()),
                "reason": pa.array(list(case["doubts"].values()), pa.string()),
            }
        )
    return check(landed=landed, catalogue=real_catalogue(), context=context_of(case, doubts=doubts))


@pytest.mark.parametrize("case", CASES.values(), ids=CASES.keys())
def test_case(case, tmp_path):
    if case.get("over_file"):
        checked = file_checked(case, tmp_path)
        findings = [finding for finding in checked.iter_findings() if finding.row]
    else:
        findings = check_row(values=row_of(case), item_id=case["item"], catalogue=real_catalogue(), context=context_of(case))
    rule = RULES[case["rule"]]
    # Reading has notes of its own, some under a rule's number.
    found = [finding for finding in findings if finding.rule == rule.id and finding.severity is rule.severity]
    assert [finding.field for finding in found] == case.get("breaks", [])
    for finding in found:
        assert case.get("message", "") in finding.message
        assert case.get("fix", "") in finding.fix
        assert finding.ground
    if case.get("not_shown"):
        assert rule.not_shown


@pytest.mark.parametrize("item_id", EXAMPLES)
def test_the_example_breaks_no_rule(item_id):
    case = {"item": item_id, "on_date": next(iter(CASES.values()))["on_date"]}

    assert check_row(values=row_of(case), item_id=item_id, catalogue=real_catalogue(), context=context_of(case)) == ()


@pytest.mark.parametrize("rule_id", RULES)
def test_every_rule_has_a_case_on_either_side(rule_id):
    sides = {bool(case.get("breaks")) for case in CASES.values() if case["rule"] == rule_id}

    assert sides == {True, False}


@pytest.mark.parametrize("rule_id", RULES)
def test_every_rule_has_a_line_in_the_docs(rule_id):
    text = (settings.PROJECT / "docs/reference/checks.md").read_text()

    assert f"| {rule_id} |" in text


@pytest.mark.parametrize("rule", RULES.values(), ids=RULES)
def test_every_rule_says_what_where_and_how(rule):
    assert rule.title
    assert rule.message
    assert rule.fix
    assert rule.ground


@pytest.mark.parametrize("item", real_catalogue().items, ids=lambda item: item.id)
def test_every_column_required_under_a_condition_has_a_rule_of_its_own(item):
    told = {check.field.key for check in checks_for(item) if check.rule.marks and check.field is not None}

    assert {field.key for field in item.fields if field.required is Required.CONDITIONAL} - told == set()
