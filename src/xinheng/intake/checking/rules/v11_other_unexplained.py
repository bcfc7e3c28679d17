"""其他 must say what: 其他-说明."""

from __future__ import annotations

from functools import reduce
from operator import or_
from typing import TYPE_CHECKING

from xinheng.adapters.engine import ibis
from xinheng.catalogue.domain import Confidence, Field, FieldType
from xinheng.intake.checking.columns import Row
from xinheng.intake.checking.model import Rule
from xinheng.intake.checking.normalise import parts_of
from xinheng.intake.domain import FindingSeverity

if TYPE_CHECKING:
    import ibis.expr.types as ir

RULE = Rule(
    id="V11",
    title="写了“其他”但没有说明",
    severity=FindingSeverity.REFUSE,
    message="“{label}”写了“其他”，没有写明是什么",
    expected="其他-说明，例如“其他-补办”",
    fix="在“其他”后面加短横线和说明",
    ground="双公示填报规则：选“其他”的须注明",
    confidence=Confidence.PROVISIONAL,
)


def applies(field: Field) -> bool:
    """Every column with a code list; lists without an annotated value never break it."""
    return field.type is FieldType.CODE and field.code_list is not None


def expression(row: Row) -> ir.BooleanValue:
    """Broken where an annotated value stands alone or with an empty note."""
    assert row.field.code_list is not None
    values = [value for value in row.catalogue.code_list(row.field.code_list).values if value.annotate]
    forms = [form for value in values for form in (value.label, value.code, *value.aliases)]
    if not forms:
        return ibis.literal(value=False)
    parts = parts_of(row.cell)
    return reduce(or_, [parts.contains(f";{form}{end};") for form in forms for end in ("", "-", "—", "－")])
