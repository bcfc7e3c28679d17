"""Who leaves a list before the term leaves it by a decision (standards.md §6.4)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from xinheng.catalogue.domain import Confidence, ItemKind
from xinheng.intake.checking.columns import Row
from xinheng.intake.checking.model import Rule
from xinheng.intake.domain import FindingSeverity

if TYPE_CHECKING:
    import ibis.expr.types as ir

RULE = Rule(
    id="L06",
    title="提前移出、撤销或更正没有决定书文号",
    severity=FindingSeverity.EXPLAIN,
    message="移出方式不是期满，“{label}”是空的",
    expected="移出、撤销或更正决定书的文号",
    fix="按决定书填写文号；没有文号的，写明由谁、哪一天决定；期满的，移出方式选“期满”",
    ground="名单移出登记表由本平台编排：期满的可以不填",
    confidence=Confidence.PROVISIONAL,
    marks=("act_document_no",),
    reads=("list_type", "act_kind"),
    kinds=frozenset({ItemKind.ACT}),
)


def expression(row: Row) -> ir.BooleanValue:
    """Broken where the way out is none by term and no decision is named."""
    return row.holds("act_kind", "2", "3", "4") & (row.cell == "")
