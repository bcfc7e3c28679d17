"""A stated end of display that is earlier than the shortest term needs a reason."""

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
    id="V10b",
    title="公示截止期早于最短公示期",
    severity=FindingSeverity.EXPLAIN,
    message="“{label}”离决定日期还不到最短公示期",
    expected="不早于最短公示期，或留空由平台计算",
    fix="核对日期；确实要提前结束的（例如已修复、已撤销），写明原因",
    ground="公示期规定（目录“公示期制度”各版本）",
    confidence=Confidence.PROVISIONAL,
    marks=("display_until",),
    reads=("decision_date",),
)


def shortest_months(*, catalogue: Catalogue, item: Item) -> int | None:
    """Return the shortest time before a repair in any regime for the item, in months; None where there is none."""
    terms = [
        term.min_months
        for regime in catalogue.regimes
        if item.id in regime.item_ids
        for term in regime.terms
        if term.shown and term.min_months
    ]
    return min(terms, default=None)


def expression(row: Row) -> ir.BooleanValue:
    """Broken where the end lies between the decision and the shortest term counted from it."""
    shortest = shortest_months(catalogue=row.catalogue, item=row.item)
    if shortest is None:
        return ibis.literal(value=False)
    decided = row.day("decision_date")
    return (row.cell_day >= decided) & (row.cell_day < decided + ibis.interval(months=shortest))
