"""The amount in 万元 repeats the number of yuan in the text: probably yuan were written."""

from __future__ import annotations

from typing import TYPE_CHECKING

from xinheng.catalogue.domain import Confidence
from xinheng.intake.checking.columns import Row
from xinheng.intake.checking.model import Rule
from xinheng.intake.domain import FindingSeverity

if TYPE_CHECKING:
    import ibis.expr.types as ir

RULE = Rule(
    id="V08b",
    title="金额可能把元写成了万元",
    severity=FindingSeverity.EXPLAIN,
    message="“{label}”的数与处罚内容里以元为单位的数相同，可能把元写成了万元",
    expected="单位万元：20,000元填 2",
    fix="对照决定书核对单位；确实是万元的，写明原因即可",
    ground="双公示数据标准：金额单位万元；本平台的检查",
    confidence=Confidence.PROVISIONAL,
    marks=("fine", "confiscation"),
    reads=("content",),
)


def expression(row: Row) -> ir.BooleanValue:
    """Broken where the content says the same digits followed by 元."""
    content = row.text("content")
    ten_or_more = row.cell_is_amount & row.cell.re_search("^[1-9][0-9]")
    return ten_or_more & (content.contains(row.cell + "元") | content.contains(row.cell + ".00元"))
