"""The same row twice in one file: the first is taken."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from xinheng.adapters.engine import ibis
from xinheng.catalogue.domain import Confidence
from xinheng.intake.checking.columns import Row
from xinheng.intake.checking.duplicates import equal_rows
from xinheng.intake.checking.model import Cell, Rule
from xinheng.intake.domain import FindingSeverity

if TYPE_CHECKING:
    import ibis.expr.types as ir

RULE = Rule(
    id="V14",
    title="与前面的行完全相同",
    severity=FindingSeverity.NOTE,
    message="与{other}完全相同，只收前一行，不会记两次",
    expected="同一份决定、同一家单位只有一行",
    fix="不用处理；下次导出时去掉重复的行",
    ground="双公示数据标准：文号、相对人代码、机关代码（许可另加编号）唯一",
    confidence=Confidence.PROVISIONAL,
    marks=("document_no",),
    over_file=True,
)


def over_file(row: Row) -> ir.Table:  # noqa: ARG001 - the rows that repeat each other are found once for V14 and V14b
    """Return every row but the first of those that are equal in all columns; detail is the first row."""
    return equal_rows()


def expression(row: Row) -> ir.BooleanValue:  # noqa: ARG001 - one row alone repeats nothing
    """Never broken by one row alone."""
    return ibis.literal(value=False)


def words(cell: Cell) -> Mapping[str, str]:
    """Name the other row."""
    return {"other": cell.detail}
