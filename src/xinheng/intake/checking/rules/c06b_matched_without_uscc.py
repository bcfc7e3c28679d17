"""No unified code, but another one, or an old site's data: matched by that, and told."""

from __future__ import annotations

from typing import TYPE_CHECKING

from xinheng.catalogue.domain import Confidence
from xinheng.intake.checking.columns import Row
from xinheng.intake.checking.model import Rule
from xinheng.intake.checking.rules.c06_no_code import no_other_code
from xinheng.intake.domain import FindingSeverity

if TYPE_CHECKING:
    import ibis.expr.types as ir

RULE = Rule(
    id="C06b",
    title="没有统一社会信用代码，按老代码或名称匹配",
    severity=FindingSeverity.NOTE,
    message="“{label}”没有填，平台按注册号、组织机构代码或名称在登记库里找这家单位",
    expected="18位统一社会信用代码",
    fix="能查到的请补上；找不到或不止一家的，会请你确认",
    ground="本平台的匹配顺序：统一社会信用代码、注册号、组织机构代码、名称、曾用名",
    confidence=Confidence.PROVISIONAL,
    marks=("uscc",),
)


def expression(row: Row) -> ir.BooleanValue:
    """Broken where the unified code is empty and C06 does not refuse the row."""
    return (row.cell == "") & (~no_other_code(row) | row.legacy)
