"""A phone or bank card number in a column that is never public is masked and told."""

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
    id="V13d",
    title="不公开的栏目里有手机号码或银行卡号",
    severity=FindingSeverity.NOTE,
    message="“{label}”里有{kind}，已经遮盖；这一栏不公开",
    expected="没有个人的电话和卡号",
    fix="下次报送前删去这一栏或其中的号码",
    ground="《个人信息保护法》第六条（只收必要的信息）",
    confidence=Confidence.PROVISIONAL,
    personal=PersonalScope(
        kinds=frozenset({"phone", "bank_card"}),
        disclosures=frozenset({FieldDisclosure.RESTRICTED, FieldDisclosure.NEVER}),
        unknown=True,
    ),
)


def expression(row: Row) -> ir.BooleanValue:
    """Broken where the reader found one in a restricted or unknown column."""
    return has_personal(row, RULE)
