"""A stated end of a list entry lies before the decision, or after the list's longest term."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from xinheng.adapters.engine import ibis
from xinheng.catalogue.domain import Confidence, ItemKind, ListType
from xinheng.intake.checking.columns import Row
from xinheng.intake.checking.model import Rule
from xinheng.intake.checking.rules.l01_list_not_carried import forms_where
from xinheng.intake.domain import FindingSeverity

if TYPE_CHECKING:
    import ibis.expr.types as ir

RULE = Rule(
    id="L03",
    title="名单期满日超出期限",
    severity=FindingSeverity.REFUSE,
    message="“{label}”早于列入决定日期，或超过这个名单的最长期限",
    expected="列入决定日期之后、最长期限之内",
    fix="对照列入决定书核对两个日期",
    ground="目录名单类型（期限）",
    confidence=Confidence.PROVISIONAL,
    marks=("statutory_until",),
    reads=("list_type", "decision_date"),
    kinds=frozenset({ItemKind.LIST_ENTRY}),
)


def expression(row: Row) -> ir.BooleanValue:
    """Broken where the end is before the decision or later than the decision and the list's term."""
    decided = row.day("decision_date")
    broken = row.cell_day < decided
    for months in sorted({kind.term_months for kind in row.catalogue.list_types if kind.term_months is not None}):
        forms = forms_where(row, partial(_lasts, months=months))
        broken = broken | (row.text("list_type").isin(forms) & (row.cell_day > decided + ibis.interval(months=months)))
    return broken


def _lasts(kind: ListType, *, months: int) -> bool:
    return kind.term_months == months
