"""A row of a text file with more fields than the header: its cells may stand in the wrong columns."""

from __future__ import annotations

from typing import TYPE_CHECKING

from xinheng.catalogue.domain import Confidence
from xinheng.intake.checking.columns import Row
from xinheng.intake.checking.model import Rule
from xinheng.intake.domain import FindingSeverity

if TYPE_CHECKING:
    import ibis.expr.types as ir

RULE = Rule(
    id="F14",
    title="这一行比表头多出内容",
    severity=FindingSeverity.REFUSE,
    message="这一行比表头多出内容，多半是文字里有没加引号的分隔符，各列可能已错位",
    expected="与表头一样多的列",
    fix="给含分隔符的文字加英文双引号，或另存为 XLSX 后再报",
    ground="本平台模板说明",
    confidence=Confidence.PROVISIONAL,
    whole_row=True,
)


def expression(row: Row) -> ir.BooleanValue:
    """Broken where the reader found something beyond the last column."""
    return row.beyond_header != ""
