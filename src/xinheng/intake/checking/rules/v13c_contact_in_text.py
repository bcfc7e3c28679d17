"""A phone or bank card number in free text is masked and must be explained (P3)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from xinheng.catalogue.domain import Confidence, FieldDisclosure
from xinheng.intake.checking.columns import Row
from xinheng.intake.checking.model import PersonalScope, Rule
from xinheng.intake.checking.personal import has_personal
from xinheng.intake.domain import FindingSeverity

if TYPE_CHECKING:
    import ibis.expr.types as ir

RULE = Rule(
    id="V13c",
    title="文字里有手机号码或银行卡号",
    severity=FindingSeverity.EXPLAIN,
    message="“{label}”里有{kind}，已经遮盖，遮盖后的文字才会保存",
    expected="文字里没有个人的电话和卡号",
    fix="最好删去号码后再报；不删的，写明为什么需要保留这段文字",
    ground="《个人信息保护法》第六条；双公示填报规则：公示内容不得有个人信息",
    confidence=Confidence.PROVISIONAL,
    personal=PersonalScope(
        kinds=frozenset({"phone", "bank_card"}), disclosures=frozenset({FieldDisclosure.FREE_TEXT}), unknown=False
    ),
)


def expression(row: Row) -> ir.BooleanValue:
    """Broken where the reader found one in a free-text column."""
    return has_personal(row, RULE)
