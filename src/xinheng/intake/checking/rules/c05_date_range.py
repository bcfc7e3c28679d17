"""A day that cannot be meant: 0999, 9999, before 1949 or after 2099-12-31 (长期)."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from xinheng.catalogue.domain import Confidence, Field, FieldType
from xinheng.intake.checking.columns import Row, literal_day
from xinheng.intake.checking.model import Rule
from xinheng.intake.domain import FindingSeverity
from xinheng.kernel.dates import LONG_TERM

if TYPE_CHECKING:
    import ibis.expr.types as ir

EARLIEST = date(1949, 10, 1)
RULE = Rule(
    id="C05",
    title="日期不可能是这一天",
    severity=FindingSeverity.REFUSE,
    message="“{label}”的年份不可能是对的",
    expected="1949年10月1日至2099年12月31日；2099/12/31 表示长期",
    fix="核对年份；长期有效填 2099/12/31，不填 9999",
    ground="双公示数据标准：2099/12/31 表示长期；其余是本平台的检查",
    confidence=Confidence.PROVISIONAL,
)


def applies(field: Field) -> bool:
    """Columns of type date."""
    return field.type is FieldType.DATE


def expression(row: Row) -> ir.BooleanValue:
    """Broken outside the plausible years; both ends are allowed."""
    return (row.cell_day < literal_day(EARLIEST)) | (row.cell_day > literal_day(LONG_TERM))
