"""A phone or bank card number in a column of its own kind refuses the row: it would be published (P3)."""

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
    id="V13b",
    title="固定栏目里有手机号码或银行卡号",
    severity=FindingSeverity.REFUSE,
    message="“{label}”里有{kind}，这一栏是要公开的，号码已遮盖，这一行没有收",
    expected="只填本栏目要求的内容",
    fix="删去号码后再报",
    ground="《个人信息保护法》第六条；双公示填报规则：公示内容不得有个人信息",
    confidence=Confidence.PROVISIONAL,
    personal=PersonalScope(
        kinds=frozenset({"phone", "bank_card"}), disclosures=frozenset({FieldDisclosure.PUBLIC}), unknown=False
    ),
)


def expression(row: Row) -> ir.BooleanValue:
    """Broken where the reader found one in a public column that is not free text."""
    return has_personal(row, RULE)
