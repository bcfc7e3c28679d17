"""Words of secrecy in free text: perhaps the subject of the case, perhaps a secret."""

from __future__ import annotations

from functools import reduce
from operator import or_
from typing import TYPE_CHECKING

from xinheng.catalogue.domain import Confidence
from xinheng.intake.checking.columns import Row
from xinheng.intake.checking.model import Rule
from xinheng.intake.domain import FindingSeverity

if TYPE_CHECKING:
    import ibis.expr.types as ir

WORDS = ("涉密", "国家秘密", "绝密")
RULE = Rule(
    id="V16b",
    title="文字里提到涉密",
    severity=FindingSeverity.EXPLAIN,
    message="“{label}”里提到涉密或国家秘密",
    expected="不涉密的内容",
    fix="内容涉密的，删去这一行；只是案由涉及保密管理、内容不涉密的，写明即可",
    ground="双公示填报规则：涉密的不报送；《保守国家秘密法》",
    confidence=Confidence.PROVISIONAL,
    marks=("facts", "content", "legal_ground", "reason", "violation_kind"),
)


def expression(row: Row) -> ir.BooleanValue:
    """Broken where the text has such a word."""
    return reduce(or_, [row.cell.contains(word) for word in WORDS])
