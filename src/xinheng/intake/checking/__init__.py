"""The rules of intake over a landed file, one row or one field (V01-V18 and what the catalogue says of each field)."""

from xinheng.intake.checking.batch import check
from xinheng.intake.checking.model import CheckContext, Rule
from xinheng.intake.checking.reference import reference_page
from xinheng.intake.checking.registry import rule, rule_set_version, rules_all
from xinheng.intake.checking.results import Checked, RuleCount, Totals
from xinheng.intake.checking.single import check_field, check_row

__all__ = [
    "CheckContext",
    "Checked",
    "Rule",
    "RuleCount",
    "Totals",
    "check",
    "check_field",
    "check_row",
    "reference_page",
    "rule",
    "rule_set_version",
    "rules_all",
]
