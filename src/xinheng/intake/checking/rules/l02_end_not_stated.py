"""A list whose decisions must state their end needs that end."""

from __future__ import annotations

from typing import TYPE_CHECKING

from xinheng.adapters.engine import ibis
from xinheng.catalogue.domain import Confidence, ItemKind
from xinheng.intake.checking.columns import Row
from xinheng.intake.checking.model import Rule
from xinheng.intake.checking.rules.l01_list_not_carried import forms_where
from xinheng.intake.domain import FindingSeverity

if TYPE_CHECKING:
    import ibis.expr.types as ir

RULE = Rule(
    id="L02",
    title="名单期满日没有填",
    severity=FindingSeverity.REFUSE,
    message="这个名单的期限由决定书写明，“{label}”是空的",
    expected="决定书写明的期满日",
    fix="按列入决定书填写期满日",
    ground="目录名单类型（期限由决定写明）；凡不良信息都有终止日",
    confidence=Confidence.PROVISIONAL,
    marks=("statutory_until",),
    reads=("list_type",),
    kinds=frozenset({ItemKind.LIST_ENTRY}),
)


def expression(row: Row) -> ir.BooleanValue:
    """Broken where the list's term is stated by the decision and the end is empty."""
    stated = forms_where(row, lambda kind: kind.term_stated)
    return (row.cell == "") & row.text("list_type").isin(stated) if stated else ibis.literal(value=False)
