"""An amount is one plain number in 万元 with at most six decimals; nothing else is guessed into one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from xinheng.catalogue.domain import Confidence, Field, FieldType
from xinheng.intake.checking.columns import Row
from xinheng.intake.checking.model import Cell, Rule
from xinheng.intake.domain import FindingSeverity

if TYPE_CHECKING:
    import ibis.expr.types as ir

RULE = Rule(
    id="V08",
    title="金额写法不对",
    severity=FindingSeverity.REFUSE,
    message="“{label}”{problem}",
    expected="一个数，单位万元，最多6位小数（精确到分）",
    fix="只写数字，不写单位和文字。20,000元填 2，1分填 0.000001；有几笔的按决定书填合计",
    ground="双公示数据标准：金额 N(18,6)，单位万元",
    confidence=Confidence.SOURCED,
)
_CHINESE_NUMERALS = frozenset("零壹贰叁肆伍陆柒捌玖拾佰仟〇一二三四五六七八九十百千")


def applies(field: Field) -> bool:
    """Every column of amounts."""
    return field.type is FieldType.AMOUNT_WAN


def expression(row: Row) -> ir.BooleanValue:
    """Broken where something is written that is not one plain number."""
    return (row.cell != "") & ~row.cell_is_amount


def words(cell: Cell) -> Mapping[str, str]:
    """Say what kind of writing it is; no number is made of it."""
    text = cell.value
    if _CHINESE_NUMERALS & set(text):
        problem = "用了中文数字或文字，平台不猜金额"
    elif any(mark in text for mark in "；;、和及"):
        problem = "像是写了几笔金额，平台不代为相加"
    elif "元" in text or "万" in text or "￥" in text or "¥" in text:
        problem = "带了单位"
    elif text.lstrip("-－").replace(".", "", 1).isdigit() and text[:1] in "-－":
        problem = "是负数"
    elif text.replace(".", "", 1).isdigit():
        problem = "小数超过6位或整数超过12位"
    else:
        problem = "不是一个数"
    return {"problem": problem}
