"""An on-the-spot penalty (当场处罚、简易程序) is kept and not shown."""

from __future__ import annotations

from typing import TYPE_CHECKING

from xinheng.catalogue.domain import Confidence, ItemKind
from xinheng.intake.checking.columns import Row
from xinheng.intake.checking.model import Rule
from xinheng.intake.domain import FindingSeverity

if TYPE_CHECKING:
    import ibis.expr.types as ir

PATTERN = "当场|当罚|简易|简罚"
RULE = Rule(
    id="V15",
    title="当场处罚（简易程序），入库不公示",
    severity=FindingSeverity.NOTE,
    message="“{label}”写明是当场处罚或简易程序。这一行可以报，只入库，不公示",
    expected="普通程序的处罚才公示",
    fix="不用处理；其实是普通程序的，请改正文号或名称",
    ground="行政处罚法第五十一条；《市场监督管理行政处罚信息公示规定》",
    confidence=Confidence.SOURCED,
    marks=("document_no", "document_name", "remark"),
    kinds=frozenset({ItemKind.PENALTY}),
    not_shown=True,
)


def expression(row: Row) -> ir.BooleanValue:
    """Broken where the cell says so; the declaration with the submission is counted without a finding per row."""
    return row.matches(PATTERN)
