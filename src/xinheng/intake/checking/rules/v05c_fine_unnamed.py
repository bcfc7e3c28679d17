"""An amount of a fine needs 罚款 among the kinds."""

from __future__ import annotations

from typing import TYPE_CHECKING

from xinheng.catalogue.domain import Confidence
from xinheng.intake.checking.columns import Row
from xinheng.intake.checking.model import Rule
from xinheng.intake.domain import FindingSeverity

if TYPE_CHECKING:
    import ibis.expr.types as ir

RULE = Rule(
    id="V05c",
    title="有罚款金额但处罚类别没有罚款",
    severity=FindingSeverity.REFUSE,
    waivable=True,
    message="“{label}”有金额，处罚类别里没有罚款",
    expected="处罚类别含罚款，或金额留空",
    fix="对照决定书：有罚款的，在处罚类别里补上罚款（几种用英文分号分开）；没有的，清空金额",
    ground="处罚类别与罚款金额应当一致（本平台的检查）",
    confidence=Confidence.PROVISIONAL,
    marks=("fine",),
    reads=("penalty_kinds",),
)


def expression(row: Row) -> ir.BooleanValue:
    """Broken where the amount is above zero and no kind is a fine."""
    return row.cell_is_positive & ~row.holds("penalty_kinds", "3")
