"""A value that is not in the column's code list."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING

from xinheng.catalogue.domain import CodeList, Confidence, Field, FieldType
from xinheng.intake.checking.columns import Row
from xinheng.intake.checking.model import Cell, Rule
from xinheng.intake.domain import FindingSeverity

if TYPE_CHECKING:
    import ibis.expr.types as ir

RULE = Rule(
    id="C03",
    title="不在规定的选项里",
    severity=FindingSeverity.REFUSE,
    message="“{label}”的“{wrong}”不在规定的选项里",
    expected="{allowed}",
    fix="从选项里选；{several}",
    ground="目录代码表",
    confidence=Confidence.SOURCED,
)


def applies(field: Field) -> bool:
    """Columns with a code list."""
    return field.type is FieldType.CODE and field.code_list is not None


def one_value(code_list: CodeList) -> str:
    """Return the regular expression of one value: label, code or alias, an annotated one with its note."""
    plain = [re.escape(form) for value in code_list.values for form in (value.label, value.code, *value.aliases)]
    noted = [
        re.escape(form) + "[-—－][^;；]*"
        for value in code_list.values
        if value.annotate
        for form in (value.label, value.code, *value.aliases)
    ]
    return "(" + "|".join([*plain, *noted]) + ")"


def expression(row: Row) -> ir.BooleanValue:
    """Broken where the cell is neither empty nor one (or, joined by ``;``, several) of the list."""
    assert row.field.code_list is not None
    one = one_value(row.catalogue.code_list(row.field.code_list))
    pattern = rf"^ *{one} *([;；] *{one} *)*[;；]? *$" if row.field.multiple else rf"^{one}$"
    return (row.cell != "") & ~row.cell.re_search(pattern)


def words(cell: Cell) -> Mapping[str, str]:
    """Name the wrong values, the list, and how several are joined."""
    assert cell.field is not None
    assert cell.field.code_list is not None
    code_list = cell.catalogue.code_list(cell.field.code_list)
    one = re.compile(one_value(code_list))
    text = cell.value.replace("；", ";")
    parts = [part.strip() for part in text.split(";")] if cell.field.multiple else [text]
    wrong = [part for part in parts if part and one.fullmatch(part) is None]
    return {
        "wrong": "、".join(wrong) or cell.value,
        "allowed": "、".join(value.label for value in code_list.values),
        "several": "几种并列的，用英文分号“;”分开" if cell.field.multiple else "只能选一个",
    }
