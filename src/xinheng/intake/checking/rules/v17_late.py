"""Reported after the deadline (迟报): seven working days from the decision by the dated calendar."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from xinheng.catalogue.domain import Confidence
from xinheng.intake.checking.columns import Row, literal_day
from xinheng.intake.checking.deadlines import BEYOND_THE_CALENDAR, calendar_reaches, days_used
from xinheng.intake.checking.model import Cell, Rule
from xinheng.intake.checking.rules.c05_date_range import EARLIEST
from xinheng.intake.domain import FindingSeverity

if TYPE_CHECKING:
    import ibis.expr.types as ir

RULE = Rule(
    id="V17",
    title="超过期限报送",
    severity=FindingSeverity.EXPLAIN,
    message="自作出决定之日起第{days}个工作日报送，期限是{allowed}个工作日{calendar}",
    expected="作出决定之日起{allowed}个工作日内报送",
    fix="日期填错的改正；确实迟报的，写明原因",
    ground="双公示工作要求：决定作出之日起7个工作日内报送",
    confidence=Confidence.SOURCED,
    marks=("decision_date",),
)


def expression(row: Row) -> ir.BooleanValue:
    """Broken where the decision is older than the first day that is still in time; an old site's data is never late.

    The calendar gives that one day (deadlines never move backwards), so that a million rows need no join.
    """
    plausible = row.cell_day >= literal_day(EARLIEST)
    return plausible & (row.cell_day < row.on_time_since) & ~row.legacy


def words(cell: Cell) -> Mapping[str, str]:
    """Say on which working day it was reported, how many are allowed, and where no calendar says what a working day is."""
    used, allowed = days_used(cell)
    return {"days": str(used), "allowed": str(allowed), "calendar": "" if calendar_reaches(cell) else BEYOND_THE_CALENDAR}
