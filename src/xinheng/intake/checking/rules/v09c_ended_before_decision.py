"""A validity must not end before the decision."""

from __future__ import annotations

from typing import TYPE_CHECKING

from xinheng.catalogue.domain import Confidence
from xinheng.intake.checking.columns import Row
from xinheng.intake.checking.model import Rule
from xinheng.intake.domain import FindingSeverity

if TYPE_CHECKING:
    import ibis.expr.types as ir

RULE = Rule(
    id="V09c",
    title="有效期在作出决定之前就结束了",
    severity=FindingSeverity.REFUSE,
    waivable=True,
    message="“{label}”早于决定日期",
    expected="不早于决定日期；长期有效填2099/12/31",
    fix="对照决定书和证照核对两个日期",
    ground="决定日期不晚于有效期（本平台的检查）",
    confidence=Confidence.PROVISIONAL,
    marks=("valid_to",),
    reads=("decision_date",),
)


def expression(row: Row) -> ir.BooleanValue:
    """Broken where the end is before the day of the decision."""
    return row.cell_day < row.day("decision_date")
