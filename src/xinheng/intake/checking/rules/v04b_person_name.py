"""A name of two to four characters without any code is probably a person's."""

from __future__ import annotations

from functools import reduce
from operator import and_
from typing import TYPE_CHECKING

from xinheng.catalogue.domain import Confidence
from xinheng.intake.checking.columns import CODE_ROLES, Row
from xinheng.intake.checking.model import Rule
from xinheng.intake.domain import FindingSeverity

if TYPE_CHECKING:
    import ibis.expr.types as ir

RULE = Rule(
    id="V04b",
    title="像是自然人的姓名",
    severity=FindingSeverity.REFUSE,
    message="“{label}”只有两到四个字，又没有任何代码，像是自然人的姓名",
    expected="单位在登记证照上的全称和代码",
    fix="是单位的，填全称和统一社会信用代码；是自然人的，请删去这一行，本平台不收",
    ground="《个人信息保护法》第六条；本平台不收自然人的记录",
    confidence=Confidence.PROVISIONAL,
    marks=("subject_name",),
    reads=("uscc",),
)


def expression(row: Row) -> ir.BooleanValue:
    """Broken for a short name of Chinese characters where every code is empty."""
    no_code = reduce(and_, [row.text(role) == "" for role in CODE_ROLES])
    return no_code & row.cell.re_search(r"^[\x{4e00}-\x{9fff}]{2,4}$")
