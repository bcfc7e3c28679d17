"""A certificate has a name and a number: both or neither."""

from __future__ import annotations

from typing import TYPE_CHECKING

from xinheng.catalogue.domain import Confidence
from xinheng.intake.checking.columns import Row
from xinheng.intake.checking.model import Rule
from xinheng.intake.domain import FindingSeverity

if TYPE_CHECKING:
    import ibis.expr.types as ir

RULE = Rule(
    id="V12",
    title="许可证书名称和编号只填了一个",
    severity=FindingSeverity.NOTE,
    message="许可证书名称和许可编号只填了一个",
    expected="两个都填，或都不填",
    fix="有证书的，把名称和编号都填上",
    ground="双公示填报规则：填了许可证书名称的，许可编号一并填写",
    confidence=Confidence.PROVISIONAL,
    marks=("certificate_no",),
    reads=("certificate_name",),
)


def expression(row: Row) -> ir.BooleanValue:
    """Broken where exactly one of the two is filled."""
    return (row.cell == "") != (row.text("certificate_name") == "")
