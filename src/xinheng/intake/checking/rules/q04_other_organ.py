"""The row's organ is not the one that sends the file."""

from __future__ import annotations

from typing import TYPE_CHECKING

from xinheng.adapters.engine import ibis
from xinheng.catalogue.domain import Confidence
from xinheng.intake.checking.columns import Row
from xinheng.intake.checking.model import Rule
from xinheng.intake.domain import FindingSeverity

if TYPE_CHECKING:
    import ibis.expr.types as ir

RULE = Rule(
    id="Q04",
    title="作出决定的机关不是报送单位",
    severity=FindingSeverity.EXPLAIN,
    message="“{label}”不是本次报送单位的代码，数据来源单位也不是",
    expected="本次报送单位的统一社会信用代码",
    fix="填错的改正；代下属机构或乡镇街道报送的，写明原因",
    ground="谁产生、谁提供、谁负责",
    confidence=Confidence.SOURCED,
    marks=("organ_code",),
)


def expression(row: Row) -> ir.BooleanValue:
    """Broken where neither the organ nor the source is the sender; without a sender nothing is compared."""
    sender = row.organ_code
    other = row.cell != sender
    if row.has("source_organ_code"):
        other = other & (row.text("source_organ_code") != sender)
    return ibis.ifelse(sender.isnull(), False, (row.cell != "") & other)
