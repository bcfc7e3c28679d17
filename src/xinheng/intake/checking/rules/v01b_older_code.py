"""A registration number or organisation code in the column of the unified social credit code: matched, but told."""

from __future__ import annotations

from typing import TYPE_CHECKING

from xinheng.adapters.engine import ibis
from xinheng.catalogue.domain import Confidence
from xinheng.intake.checking.columns import Row
from xinheng.intake.checking.model import Rule
from xinheng.intake.domain import FindingSeverity

if TYPE_CHECKING:
    import ibis.expr.types as ir

OLDER_CODE = r"^([0-9]{15}|[0-9]{13}|[0-9]{6}NA[0-9]{6}[0-9X]|[0-9A-Z]{8}-?[0-9X])$"
"""Registration numbers of 15 and 13 digits, the co-operatives' form, and the 9 characters of an organisation code."""

RULE = Rule(
    id="V01b",
    title="统一社会信用代码一列填的是老代码",
    severity=FindingSeverity.EXPLAIN,
    message="“{label}”填的像是工商注册号或组织机构代码，不是统一社会信用代码",
    expected="18位统一社会信用代码",
    fix="能查到18位代码的请换成18位代码；查不到的可以照报，平台按老代码在登记库里找这家单位，找不到的会请你确认",
    ground="GB 32100-2015；老代码按注册号、组织机构代码匹配是本平台的做法",
    confidence=Confidence.PROVISIONAL,
    marks=("uscc",),
)


def expression(row: Row) -> ir.BooleanValue:
    """Broken where the cell has the shape of an older code."""
    older = row.cell.re_search(OLDER_CODE)
    return ibis.ifelse(row.cell_is_valid_code | (row.cell == ""), False, older)
