"""A decision not to punish (不予行政处罚) is no penalty."""

from __future__ import annotations

from functools import reduce
from operator import or_
from typing import TYPE_CHECKING

from xinheng.catalogue.domain import Confidence, ItemKind
from xinheng.intake.checking.columns import Row
from xinheng.intake.checking.model import Rule
from xinheng.intake.domain import FindingSeverity

if TYPE_CHECKING:
    import ibis.expr.types as ir

PATTERN = "不予|不罚"
BEFORE = ("", "决定", "依法", "对当事人")
RULE = Rule(
    id="Q01",
    title="不予行政处罚，不是处罚",
    severity=FindingSeverity.REFUSE,
    message="“{label}”写明是不予行政处罚。没有处罚的决定不在这张表里报",
    expected="给予行政处罚的决定",
    fix="从表中删去这一行；写错了的，按决定书改正",
    ground="行政处罚法第三十三条、第五十七条（不予行政处罚不是行政处罚）",
    confidence=Confidence.PROVISIONAL,
    marks=("document_no", "penalty_kinds", "content"),
    kinds=frozenset({ItemKind.PENALTY}),
)


def begins_with_it(text: ir.StringValue) -> ir.BooleanValue:
    """Return whether a text begins with the words that nothing is imposed."""
    return reduce(or_, [text.startswith(before + "不予" + kind) for before in BEFORE for kind in ("处罚", "行政处罚")])


def expression(row: Row) -> ir.BooleanValue:
    """Broken where the number or the kind says so, or where the content begins with it."""
    if row.field.role == "content":
        return begins_with_it(row.cell)
    return row.matches(PATTERN)
