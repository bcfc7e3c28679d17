"""A list entry names the document by which the dishonesty was found (standards.md §6.2)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from xinheng.catalogue.domain import Confidence, ItemKind
from xinheng.intake.checking.columns import Row
from xinheng.intake.checking.model import Rule
from xinheng.intake.domain import FindingSeverity

if TYPE_CHECKING:
    import ibis.expr.types as ir

RULE = Rule(
    id="L05",
    title="认定依据文书没有文号",
    severity=FindingSeverity.EXPLAIN,
    message="认定依据是列入决定以外的文书，“{label}”是空的",
    expected="判决书、处罚决定书等的文号",
    fix="按文书填写文号；没有文号的，写明是什么文书、哪一天、谁作出",
    ground="国办发〔2020〕49号：失信行为的认定须以生效的法律文书为依据",
    confidence=Confidence.PROVISIONAL,
    marks=("evidence_no",),
    reads=("evidence_kind",),
    kinds=frozenset({ItemKind.LIST_ENTRY}),
)


def expression(row: Row) -> ir.BooleanValue:
    """Broken where the document is another than the decision to list and has no number."""
    return row.holds("evidence_kind", "D1", "D2", "D3", "D4", "D5") & (row.cell == "")
