"""Whether an organ reported an item in a month (覆盖): one cell of the table organ × item."""

from dataclasses import dataclass
from datetime import date

from xinheng.kernel.vocabulary import LabelledCode


class CellState(LabelledCode):
    """What a cell says."""

    REPORTED = "REPORTED", "有上报"
    ZERO = "ZERO", "零报告"
    CONTRADICTED = "CONTRADICTED", "零报告与记录矛盾"
    OPEN = "OPEN", "还没有报"
    MISSING = "MISSING", "未报"
    NOT_ASKED = "NOT_ASKED", "没有按月要求"
    OUT_OF_SCOPE = "OUT_OF_SCOPE", "不适用"


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """One organ, item and month: records decided in it, a zero report, or neither.

    ``due`` is the last day to report what was decided on the month's last day; ``late`` the working days since.
    """

    state: CellState
    records: int = 0
    due: date | None = None
    is_provisional: bool = False
    late: int = 0

    @property
    def text(self) -> str:
        """The cell in words."""
        if self.state is CellState.REPORTED:
            return f"{self.records:,}"
        if self.state is CellState.CONTRADICTED:
            return f"零报告，但有{self.records:,}条记录"
        if self.state is CellState.MISSING:
            return f"未报〔已过{self.late}个工作日〕"
        if self.state is CellState.NOT_ASKED:
            return "—"
        return self.state.label


def cell_of(
    *, records: int, has_zero_report: bool, is_responsible: bool, due: date | None, is_provisional: bool, late: int
) -> Cell:
    """Return the cell: records count first, then the zero report; nothing is missing before its deadline is over.

    Args:
        records: records decided in the month, not withdrawn.
        has_zero_report: a certified zero report of the month is there.
        is_responsible: the catalogue says that the organ may report the item.
        due: the last day to report a decision of the month's last day; ``None`` for items without a deadline.
        is_provisional: the calendar does not reach ``due``.
        late: working days since ``due``, 0 until then.
    """
    if has_zero_report:
        state = CellState.CONTRADICTED if records else CellState.ZERO
    elif records:
        state = CellState.REPORTED
    elif not is_responsible:
        state = CellState.OUT_OF_SCOPE
    elif due is None:
        state = CellState.NOT_ASKED
    else:
        state = CellState.MISSING if late else CellState.OPEN
    return Cell(state=state, records=records, due=due, is_provisional=is_provisional, late=late)
