"""A penalty of nothing but a warning is minor."""

from __future__ import annotations

from typing import TYPE_CHECKING

from xinheng.catalogue.domain import Confidence, ItemKind
from xinheng.intake.checking.columns import Row
from xinheng.intake.checking.model import Rule
from xinheng.intake.checking.normalise import parts_of
from xinheng.intake.domain import FindingSeverity

if TYPE_CHECKING:
    import ibis.expr.types as ir

RULE = Rule(
    id="V15b",
    title="只有警告或通报批评",
    severity=FindingSeverity.NOTE,
    message="“{label}”只有警告或通报批评，属轻微，按现行规定原则上不公示",
    expected="",
    fix="不用处理；漏填了其他处罚类别的，请补上",
    ground="信用修复管理办法（失信程度划分）",
    confidence=Confidence.PROVISIONAL,
    marks=("penalty_kinds",),
    kinds=frozenset({ItemKind.PENALTY}),
)


def expression(row: Row) -> ir.BooleanValue:
    """Broken where no kind but 1 and 2 is named."""
    forms = "|".join(row.prepared.forms(role="penalty_kinds", codes=("1", "2")))
    return (row.cell != "") & parts_of(row.cell).re_search(rf"^;(({forms}|);)+$")
