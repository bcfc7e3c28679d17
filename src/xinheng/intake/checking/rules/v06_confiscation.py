"""A confiscation needs the amount."""

from __future__ import annotations

from typing import TYPE_CHECKING

from xinheng.catalogue.domain import Confidence
from xinheng.intake.checking.columns import Row
from xinheng.intake.checking.model import Rule
from xinheng.intake.domain import FindingSeverity

if TYPE_CHECKING:
    import ibis.expr.types as ir

RULE = Rule(
    id="V06",
    title="有没收但没有金额",
    severity=FindingSeverity.REFUSE,
    waivable=True,
    message="处罚类别里有没收违法所得或没收非法财物，“{label}”是空的",
    expected="没收金额，单位万元，最多6位小数",
    fix="按决定书填写没收金额；没收的财物没有作价的填 0，并在处罚内容里写明是什么",
    ground="双公示填报规则：处罚类别有没收的，没收金额必填",
    confidence=Confidence.PROVISIONAL,
    marks=("confiscation",),
    reads=("penalty_kinds",),
)


def expression(row: Row) -> ir.BooleanValue:
    """Broken where the kinds name a confiscation and the amount is empty."""
    return row.holds("penalty_kinds", "4", "5") & (row.cell == "")
