"""A promise that was wholly kept has nothing unkept (standards.md §4.1)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from xinheng.catalogue.domain import Confidence, ItemKind
from xinheng.intake.checking.columns import Row
from xinheng.intake.checking.model import Rule
from xinheng.intake.domain import FindingSeverity

if TYPE_CHECKING:
    import ibis.expr.types as ir

RULE = Rule(
    id="V18b",
    title="承诺全部履行，但写了没有履行的内容",
    severity=FindingSeverity.REFUSE,
    message="承诺履行状态是全部履行，“{label}”不应当有内容",
    expected="空",
    fix="对照认定结果：全部履行的，清空这一格；没有全部履行的，改正承诺履行状态",
    ground="信用承诺填报模板：全部履行的不填，部分履行、全部未履行的必填",
    confidence=Confidence.SOURCED,
    marks=("unperformed_content", "liability_pursued"),
    reads=("fulfilment_state",),
    kinds=frozenset({ItemKind.COMMITMENT}),
)


def expression(row: Row) -> ir.BooleanValue:
    """Broken where the state is wholly kept and the cell is not empty."""
    return row.holds("fulfilment_state", "FULL") & (row.cell != "")
