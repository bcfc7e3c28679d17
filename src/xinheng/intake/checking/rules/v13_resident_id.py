"""A resident ID anywhere refuses the row, unknown columns included (P3, P4, P16)."""

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
    id="V13",
    title="有居民身份证号",
    severity=FindingSeverity.REFUSE,
    message="“{label}”里有{kind}，这一行没有收；号码已遮盖，原件已加密，到期销毁",
    expected="不出现个人证件号码",
    fix="删去号码后再报；号码确是登记机关发给单位的代码的，请先补进主体登记库",
    ground="《个人信息保护法》第六条；本平台不收个人证件号码",
    confidence=Confidence.SOURCED,
    personal=PersonalScope(kinds=frozenset({"resident_id"}), disclosures=frozenset(FieldDisclosure), unknown=True),
)


def expression(row: Row) -> ir.BooleanValue:
    """Broken where the reader found one in any column."""
    return has_personal(row, RULE)
