"""A validity must not end before it begins."""

from __future__ import annotations

from typing import TYPE_CHECKING

from xinheng.catalogue.domain import Confidence
from xinheng.intake.checking.columns import Row
from xinheng.intake.checking.model import Rule
from xinheng.intake.domain import FindingSeverity

if TYPE_CHECKING:
    import ibis.expr.types as ir

RULE = Rule(
    id="V09b",
    title="有效期的起止颠倒",
    severity=FindingSeverity.REFUSE,
    message="“{label}”早于有效期自",
    expected="不早于有效期自；长期有效填2099/12/31",
    fix="对照证照核对两个日期",
    ground="有效期自不晚于有效期至（本平台的检查）",
    confidence=Confidence.PROVISIONAL,
    marks=("valid_to",),
    reads=("valid_from",),
)


def expression(row: Row) -> ir.BooleanValue:
    """Broken where the end is before the beginning."""
    return row.cell_day < row.day("valid_from")
