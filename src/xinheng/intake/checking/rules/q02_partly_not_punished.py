"""The text mentions a decision not to punish."""

from __future__ import annotations

from typing import TYPE_CHECKING

from xinheng.catalogue.domain import Confidence, ItemKind
from xinheng.intake.checking.columns import Row
from xinheng.intake.checking.model import Rule
from xinheng.intake.checking.rules.q01_not_a_penalty import begins_with_it
from xinheng.intake.domain import FindingSeverity

if TYPE_CHECKING:
    import ibis.expr.types as ir

RULE = Rule(
    id="Q02",
    title="文字里提到不予行政处罚",
    severity=FindingSeverity.EXPLAIN,
    message="“{label}”里提到不予行政处罚",
    expected="给予行政处罚的决定",
    fix="整个决定是不予处罚的，删去这一行；只是其中一项不予处罚的，写明即可",
    ground="行政处罚法第三十三条、第五十七条（不予行政处罚不是行政处罚）",
    confidence=Confidence.PROVISIONAL,
    marks=("facts", "content"),
    kinds=frozenset({ItemKind.PENALTY}),
)


def expression(row: Row) -> ir.BooleanValue:
    """Broken where the words stand anywhere but at the beginning of the content (Q01 refuses that)."""
    mentioned = row.cell.contains("不予行政处罚") | row.cell.contains("不予处罚")
    if row.field.role == "content":
        return mentioned & ~begins_with_it(row.cell)
    return mentioned
