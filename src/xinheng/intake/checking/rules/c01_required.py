"""A column that must be filled is empty."""

from __future__ import annotations

from typing import TYPE_CHECKING

from xinheng.catalogue.domain import Confidence, Field, Required
from xinheng.intake.checking.columns import Row
from xinheng.intake.checking.model import Rule
from xinheng.intake.domain import FindingSeverity

if TYPE_CHECKING:
    import ibis.expr.types as ir

RULE = Rule(
    id="C01",
    title="必填的没有填",
    severity=FindingSeverity.REFUSE,
    message="“{label}”没有填",
    expected="必填",
    fix="对照决定书补上{hint}",
    ground="目录对该事项的字段规定（必填）",
    confidence=Confidence.SOURCED,
)


def applies(field: Field) -> bool:
    """Columns required of every row or of organisations; the code has rules of its own (C06, C06b)."""
    return field.required in {Required.ALWAYS, Required.ORGANISATION} and field.role != "uscc"


def expression(row: Row) -> ir.BooleanValue:
    """Broken where the cell is empty."""
    return row.cell == ""
