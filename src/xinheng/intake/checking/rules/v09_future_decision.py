"""A decision cannot be later than the day of reporting."""

from __future__ import annotations

from typing import TYPE_CHECKING

from xinheng.catalogue.domain import Confidence
from xinheng.intake.checking.columns import Row
from xinheng.intake.checking.model import Rule
from xinheng.intake.domain import FindingSeverity

if TYPE_CHECKING:
    import ibis.expr.types as ir

RULE = Rule(
    id="V09",
    title="决定日期晚于报送日期",
    severity=FindingSeverity.REFUSE,
    message="“{label}”晚于报送日期，请核对决定书",
    expected="不晚于报送当天",
    fix="按决定书上的日期填写",
    ground="决定作出后才报送（本平台的检查）",
    confidence=Confidence.PROVISIONAL,
    marks=("decision_date",),
)


def expression(row: Row) -> ir.BooleanValue:
    """Broken where the day is after the day of reporting."""
    return row.cell_day > row.on_date
