"""A serious entry is decided after notice was given (P6)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from xinheng.catalogue.domain import Confidence, ItemKind
from xinheng.intake.checking.columns import Row
from xinheng.intake.checking.model import Rule
from xinheng.intake.domain import FindingSeverity

if TYPE_CHECKING:
    import ibis.expr.types as ir

RULE = Rule(
    id="L04",
    title="列入前的告知没有写明，或在决定之后",
    severity=FindingSeverity.EXPLAIN,
    message="“{label}”是空的，或晚于列入决定日期",
    expected="列入决定作出以前书面告知的日期",
    fix="按告知书填写；依法不需要事先告知的，写明依据",
    ground="国办发〔2020〕49号：列入前告知事由、依据和权利",
    confidence=Confidence.PROVISIONAL,
    marks=("notice_date",),
    reads=("decision_date",),
    kinds=frozenset({ItemKind.LIST_ENTRY}),
)


def expression(row: Row) -> ir.BooleanValue:
    """Broken where no notice is stated, or one after the decision."""
    return (row.cell == "") | (row.cell_day > row.day("decision_date"))
