"""A day that cannot be read."""

from __future__ import annotations

from typing import TYPE_CHECKING

from xinheng.catalogue.domain import Confidence, Field, FieldType
from xinheng.intake.checking.columns import Row
from xinheng.intake.checking.model import Rule
from xinheng.intake.domain import FindingSeverity

if TYPE_CHECKING:
    import ibis.expr.types as ir

RULE = Rule(
    id="C04",
    title="日期看不懂",
    severity=FindingSeverity.REFUSE,
    message="“{label}”不是一个日期，或没有这一天",
    expected="年月日，例如 2026/4/9、2026-04-09 或 2026年4月9日",
    fix="按决定书填写完整的年月日；长期有效填 2099/12/31",
    ground="目录对该事项的字段规定（日期）",
    confidence=Confidence.SOURCED,
)


def applies(field: Field) -> bool:
    """Columns of type date."""
    return field.type is FieldType.DATE


def expression(row: Row) -> ir.BooleanValue:
    """Broken where something is written that is no day."""
    return (row.cell != "") & row.cell_day.isnull()
