"""A code that begins with 92 is a sole trader's (个体工商户); any other code is an organisation's."""

from __future__ import annotations

from typing import TYPE_CHECKING

from xinheng.catalogue.domain import Confidence, SubjectCategory
from xinheng.intake.checking.columns import Row
from xinheng.intake.checking.model import Rule
from xinheng.intake.domain import FindingSeverity

if TYPE_CHECKING:
    import ibis.expr.types as ir

RULE = Rule(
    id="V02",
    title="代码与相对人类别对不上",
    severity=FindingSeverity.REFUSE,
    message="“{label}”与行政相对人类别对不上：92开头的代码是个体工商户，其他开头的是法人及非法人组织",
    expected="92开头填“个体工商户”，其他填“法人及非法人组织”",
    fix="对照营业执照核对代码和类别，改正填错的一个",
    ground="双公示填报规则：行政相对人代码_1与类别必须一致",
    confidence=Confidence.SOURCED,
    marks=("uscc",),
    reads=("subject_category",),
)


def expression(row: Row) -> ir.BooleanValue:
    """Broken where an 18-character code and a known category contradict each other."""
    sole_trader = row.is_category(SubjectCategory.SOLE_TRADER)
    organisation = row.is_category(SubjectCategory.ORGANISATION)
    begins_92 = row.cell.startswith("92")
    return (row.cell.length() == 18) & ((begins_92 & organisation) | (~begins_92 & sole_trader))
