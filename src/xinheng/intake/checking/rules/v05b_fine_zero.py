"""A fine of 0 yuan is no fine."""

from __future__ import annotations

from typing import TYPE_CHECKING

from xinheng.catalogue.domain import Confidence
from xinheng.intake.checking.columns import Row
from xinheng.intake.checking.model import Rule
from xinheng.intake.domain import FindingSeverity

if TYPE_CHECKING:
    import ibis.expr.types as ir

RULE = Rule(
    id="V05b",
    title="罚款金额是0",
    severity=FindingSeverity.REFUSE,
    message="处罚类别里有罚款，“{label}”却是0",
    expected="大于0的金额，单位万元",
    fix="按决定书填写实际罚款；没有罚款的，从处罚类别里去掉罚款，金额留空。不足1元的也要写，1分是0.000001万元",
    ground="双公示填报规则：处罚类别有罚款的，罚款金额应大于0",
    confidence=Confidence.PROVISIONAL,
    marks=("fine",),
    reads=("penalty_kinds",),
)


def expression(row: Row) -> ir.BooleanValue:
    """Broken where the kinds name a fine and the amount is zero."""
    return row.holds("penalty_kinds", "3") & row.cell_is_zero
