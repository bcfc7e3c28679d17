"""No code of any kind: the organisation cannot be told from others of its name."""

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
    id="C06",
    title="没有任何代码",
    severity=FindingSeverity.REFUSE,
    message="“{label}”没有填，也没有其他代码",
    expected="18位统一社会信用代码",
    fix="在登记库或“国家企业信用信息公示系统”查到代码后补上",
    ground="双公示数据标准：法人及非法人组织的统一社会信用代码必填",
    confidence=Confidence.SOURCED,
    marks=("uscc",),
)


def no_other_code(row: Row) -> ir.BooleanValue:
    """Return whether every other code column of the row is empty."""
    return reduce(and_, [row.text(role) == "" for role in CODE_ROLES if role != "uscc"])


def expression(row: Row) -> ir.BooleanValue:
    """Broken where every code is empty; an old site's data is matched by name instead (C06b)."""
    return (row.cell == "") & no_other_code(row) & ~row.legacy
