"""A stated end of display may not be later than the longest term of any regime."""

from __future__ import annotations

from typing import TYPE_CHECKING

from xinheng.adapters.engine import ibis
from xinheng.catalogue.domain import Catalogue, Confidence, Item
from xinheng.intake.checking.columns import Row
from xinheng.intake.checking.model import Rule
from xinheng.intake.domain import FindingSeverity

if TYPE_CHECKING:
    import ibis.expr.types as ir

RULE = Rule(
    id="V10",
    title="公示截止期太晚",
    severity=FindingSeverity.REFUSE,
    message="“{label}”超过了最长公示期，或早于决定日期",
    expected="决定日期之后、最长公示期之内；也可以不填，由平台按现行规定计算",
    fix="清空这一格最稳妥；要写的，按决定日期和失信程度重新计算",
    ground="公示期规定（目录“公示期制度”各版本）",
    confidence=Confidence.SOURCED,
    marks=("display_until",),
    reads=("decision_date",),
)


def longest_months(*, catalogue: Catalogue, item: Item) -> int | None:
    """Return the longest display term of any regime for the item, in months; None where no regime bounds it."""
    terms = [
        term.max_months
        for regime in catalogue.regimes
        if item.id in regime.item_ids
        for term in regime.terms
        if term.shown and term.max_months is not None
    ]
    return max(terms, default=None)


def expression(row: Row) -> ir.BooleanValue:
    """Broken where the end is before the decision or after the longest term counted from it."""
    decided = row.day("decision_date")
    broken = row.cell_day < decided
    longest = longest_months(catalogue=row.catalogue, item=row.item)
    if longest is not None:
        broken = broken | (row.cell_day > decided + ibis.interval(months=longest))
    return broken
