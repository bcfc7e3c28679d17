"""A penalty with a fine needs the amount."""

from __future__ import annotations

from typing import TYPE_CHECKING

from xinheng.catalogue.domain import Confidence
from xinheng.intake.checking.columns import Row
from xinheng.intake.checking.model import Rule
from xinheng.intake.domain import FindingSeverity

if TYPE_CHECKING:
    import ibis.expr.types as ir

RULE = Rule(
    id="V05",
    title="有罚款但没有金额",
    severity=FindingSeverity.REFUSE,
    waivable=True,
    message="处罚类别里有罚款，“{label}”是空的",
    expected="罚款金额，单位万元，最多6位小数",
    fix="按决定书填写罚款金额，例如罚款2万元填 2；没有罚款的，从处罚类别里去掉罚款",
    ground="双公示填报规则：处罚类别有罚款的，罚款金额必填",
    confidence=Confidence.PROVISIONAL,
    marks=("fine",),
    reads=("penalty_kinds",),
)


def expression(row: Row) -> ir.BooleanValue:
    """Broken where the kinds name a fine and the amount is empty."""
    return row.holds("penalty_kinds", "3") & (row.cell == "")
