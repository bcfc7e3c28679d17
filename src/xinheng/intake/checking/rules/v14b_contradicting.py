"""Two rows of one file about the same decision that say different things: neither can be believed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from xinheng.adapters.engine import ibis
from xinheng.catalogue.domain import Confidence
from xinheng.intake.checking.columns import Row
from xinheng.intake.checking.duplicates import contradicting_rows
from xinheng.intake.checking.model import Cell, Rule
from xinheng.intake.domain import FindingSeverity

if TYPE_CHECKING:
    import ibis.expr.types as ir

RULE = Rule(
    id="V14b",
    title="同一份决定、同一家单位有两行，内容不同",
    severity=FindingSeverity.REFUSE,
    message="与{other}的文号、单位和机关相同，内容不同，不知道以哪一行为准",
    expected="同一份决定、同一家单位只有一行",
    fix="对照决定书留下正确的一行；确实是两份决定的，核对文号",
    ground="双公示数据标准：文号、相对人代码、机关代码（许可另加编号）唯一",
    confidence=Confidence.PROVISIONAL,
    marks=("document_no",),
    over_file=True,
)


def over_file(row: Row) -> ir.Table:  # noqa: ARG001 - the rows that repeat each other are found once for V14 and V14b
    """Return every row of a group that shares the key and differs somewhere; detail is another row of it."""
    return contradicting_rows()


def expression(row: Row) -> ir.BooleanValue:  # noqa: ARG001 - one row alone contradicts nothing
    """Never broken by one row alone."""
    return ibis.literal(value=False)


def words(cell: Cell) -> Mapping[str, str]:
    """Name the other row."""
    return {"other": cell.detail}
