"""What is marked secret must not be reported."""

from __future__ import annotations

from typing import TYPE_CHECKING

from xinheng.catalogue.domain import Confidence
from xinheng.intake.checking.columns import Row
from xinheng.intake.checking.model import Rule
from xinheng.intake.domain import FindingSeverity

if TYPE_CHECKING:
    import ibis.expr.types as ir

PATTERN = "涉密|国家秘密|绝密|机密[★级件]|秘密[★级件]|不予公开"
RULE = Rule(
    id="V16",
    title="标注涉密，不得报送",
    severity=FindingSeverity.REFUSE,
    message="“{label}”有涉密或不予公开的标注。涉密的决定不报送，这一行没有收",
    expected="不涉密的决定",
    fix="涉密的，从表中删去这一行，并请本单位保密人员核对整份表；不涉密的，改掉标注",
    ground="双公示填报规则：涉密的不报送；《保守国家秘密法》",
    confidence=Confidence.SOURCED,
    marks=("document_no", "document_name", "certificate_name", "title", "remark"),
)


def expression(row: Row) -> ir.BooleanValue:
    """Broken where a number, a name or a remark says so; 商业秘密 is no such word."""
    return row.matches(PATTERN)
