"""The title of a list, or words without a number, where the document number should be."""

from __future__ import annotations

from typing import TYPE_CHECKING

from xinheng.catalogue.domain import Confidence
from xinheng.intake.checking.columns import Row
from xinheng.intake.checking.model import Rule
from xinheng.intake.domain import FindingSeverity

if TYPE_CHECKING:
    import ibis.expr.types as ir

PATTERN = "公示表|信息表|一览表|统计表|汇总|清单|台账|名单|公示$|情况$"
RULE = Rule(
    id="Q03",
    title="文号一栏填的不像文号",
    severity=FindingSeverity.EXPLAIN,
    message="“{label}”填的像是一览表的标题，或没有数字，不像决定书的文号",
    expected="决定书上的文号，例如“奉市监处罚〔2026〕15号”",
    fix="按决定书填写文号；决定书确实没有文号的，写明原因",
    ground="双公示数据标准：文号是一份决定的标识",
    confidence=Confidence.PROVISIONAL,
    marks=("document_no",),
)


def expression(row: Row) -> ir.BooleanValue:
    """Broken where the words of a list stand in it, or no digit does."""
    return (row.cell != "") & (row.matches(PATTERN) | ~row.cell.re_search("[0-9０-９]"))
