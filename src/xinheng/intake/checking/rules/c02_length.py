"""A cell is longer than the template allows."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from xinheng.adapters.engine import ibis
from xinheng.catalogue.domain import Confidence, Field, FieldType
from xinheng.intake.checking.columns import Row
from xinheng.intake.checking.model import Cell, Rule
from xinheng.intake.domain import FindingSeverity

if TYPE_CHECKING:
    import ibis.expr.types as ir

SHORT_CODES = 16
RULE = Rule(
    id="C02",
    title="内容太长",
    severity=FindingSeverity.REFUSE,
    message="“{label}”有{length}个字",
    expected="不超过{max_length}个字",
    fix="缩短到规定的长度；多出来的内容可能属于别的栏目",
    ground="目录对该事项的字段规定（长度）",
    confidence=Confidence.SOURCED,
)


def applies(field: Field) -> bool:
    """Columns with a length, except codes of 18 characters (V01 says more) and documents that are not kept.

    A column of short codes may hold their labels instead: its code list (C03) says what fits.
    """
    if field.max_length is None or field.identity_document:
        return False
    return field.type is FieldType.TEXT or (field.type is FieldType.CODE and field.max_length > SHORT_CODES)


def expression(row: Row) -> ir.BooleanValue:
    """Broken where the cell has more characters than allowed."""
    longest = ibis.literal(row.field.max_length)
    length = row.cell.replace("-", "").length() if row.field.role == "organisation_code" else row.cell.length()
    return length > longest


def words(cell: Cell) -> Mapping[str, str]:
    """Say how long it is and how long it may be."""
    return {"length": str(len(cell.value)), "max_length": str(cell.field.max_length if cell.field else "")}
