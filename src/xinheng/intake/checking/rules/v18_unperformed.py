"""A promise that was not wholly kept: what was not, and what followed (standards.md §4.1)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from xinheng.catalogue.domain import Confidence, ItemKind
from xinheng.intake.checking.columns import Row
from xinheng.intake.checking.model import Rule
from xinheng.intake.domain import FindingSeverity

if TYPE_CHECKING:
    import ibis.expr.types as ir

RULE = Rule(
    id="V18",
    title="承诺没有全部履行，但没有写明",
    severity=FindingSeverity.REFUSE,
    waivable=True,
    message="承诺履行状态是部分履行或全部未履行，“{label}”是空的",
    expected="没有履行的内容，或追究的违诺责任",
    fix="按认定结果填写；其实全部履行了的，改正承诺履行状态；还没有到期的，填“尚未到期”",
    ground="信用承诺填报模板：全部履行的不填，部分履行、全部未履行的必填",
    confidence=Confidence.SOURCED,
    marks=("unperformed_content", "liability_pursued"),
    reads=("fulfilment_state",),
    kinds=frozenset({ItemKind.COMMITMENT}),
)


def expression(row: Row) -> ir.BooleanValue:
    """Broken where the state is partly kept or not kept and the cell is empty."""
    return row.holds("fulfilment_state", "PARTIAL", "NONE") & (row.cell == "")
