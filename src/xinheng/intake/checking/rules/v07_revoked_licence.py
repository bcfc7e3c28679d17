"""A suspended or revoked licence must be named."""

from __future__ import annotations

from typing import TYPE_CHECKING

from xinheng.catalogue.domain import Confidence
from xinheng.intake.checking.columns import Row
from xinheng.intake.checking.model import Rule
from xinheng.intake.domain import FindingSeverity

if TYPE_CHECKING:
    import ibis.expr.types as ir

RULE = Rule(
    id="V07",
    title="有暂扣或吊销但没有写明证照",
    severity=FindingSeverity.REFUSE,
    waivable=True,
    message="处罚类别里有暂扣或吊销许可证件，“{label}”是空的",
    expected="被暂扣或吊销的证照名称和编号",
    fix="按决定书填写，例如“食品经营许可证 JY1500236××××××××”",
    ground="双公示填报规则：处罚类别有暂扣、吊销的，证照名称及编号必填",
    confidence=Confidence.PROVISIONAL,
    marks=("revoked_licence",),
    reads=("penalty_kinds",),
)


def expression(row: Row) -> ir.BooleanValue:
    """Broken where the kinds name a suspension or revocation and the licence is empty."""
    return row.holds("penalty_kinds", "6", "8") & (row.cell == "")
