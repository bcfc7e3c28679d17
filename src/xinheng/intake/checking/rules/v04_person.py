"""Rows about natural persons are refused and counted, never stored (P2, P4)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from xinheng.catalogue.domain import Confidence
from xinheng.intake.checking.columns import Row
from xinheng.intake.checking.model import Rule
from xinheng.intake.domain import FindingSeverity

if TYPE_CHECKING:
    import ibis.expr.types as ir

RULE = Rule(
    id="V04",
    title="自然人的记录，本平台不收",
    severity=FindingSeverity.REFUSE,
    message="这一行是自然人的记录。本平台只收单位和个体工商户的信用信息，这一行没有收，内容没有保存",
    expected="法人及非法人组织，或个体工商户",
    fix="请从表中删去这一行；自然人的行政处罚、行政许可按原渠道报送",
    ground="《个人信息保护法》第六条、第十三条；全国公共信用信息基础目录",
    confidence=Confidence.SOURCED,
    marks=("subject_category",),
    of_persons=True,
)


def expression(row: Row) -> ir.BooleanValue:
    """Broken where the category is 自然人, or where a person's document stands in place of any code."""
    return row.is_person
