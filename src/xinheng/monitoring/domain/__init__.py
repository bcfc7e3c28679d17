"""Deadlines, rates, series of numbers, lists side by side: pure values."""

from xinheng.monitoring.domain.coverage import Cell, CellState
from xinheng.monitoring.domain.due import DueKind, DueLine, urgency
from xinheng.monitoring.domain.months import Month, month_of, month_read, months_until
from xinheng.monitoring.domain.quality import (
    BANDS_TOLD,
    COUNT_NAMES,
    DEFINITION,
    NOTHING,
    RATES,
    Band,
    Counts,
    Part,
    Rate,
    percent,
    rate_of,
)
from xinheng.monitoring.domain.targets import NOT_MEASURED, PLAN, PLAN_TARGETS, PlanTarget

__all__ = [
    "BANDS_TOLD",
    "COUNT_NAMES",
    "DEFINITION",
    "NOTHING",
    "NOT_MEASURED",
    "PLAN",
    "PLAN_TARGETS",
    "RATES",
    "Band",
    "Cell",
    "CellState",
    "Counts",
    "DueKind",
    "DueLine",
    "Month",
    "Part",
    "PlanTarget",
    "Rate",
    "month_of",
    "month_read",
    "months_until",
    "percent",
    "rate_of",
    "urgency",
]
