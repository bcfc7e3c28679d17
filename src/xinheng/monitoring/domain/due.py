"""What is due and what is late (到期、迟报): lines of an organ, with the days that are left."""

from dataclasses import dataclass
from datetime import date

from xinheng.kernel.vocabulary import LabelledCode


class DueKind(LabelledCode):
    """Why something is due."""

    MEND = "MEND", "退回改正，还没有补报"
    DOUBT = "DOUBT", "主体存疑，还没有确认"
    LATE = "LATE", "迟报，已入库"


@dataclass(frozen=True, slots=True, kw_only=True)
class DueLine:
    """Rows of one batch with one deadline.

    ``due`` is the last day to report in time, inclusive; ``None`` where the item has none or the rows show no decision
    date. ``days`` are working days: left until ``due`` (0: today is the last one), or over it where ``is_late``.
    """

    kind: DueKind
    organ_code: str
    item_id: str
    number: str
    count: int
    due: date | None
    is_provisional: bool = False
    is_late: bool = False
    days: int = 0
    places: tuple[str, ...] = ()

    @property
    def key(self) -> str:
        """What tells this line apart on a day."""
        return f"{self.kind}:{self.number}:{self.due.isoformat() if self.due else ''}"

    @property
    def left(self) -> str:
        """The days in words."""
        if self.due is None:
            return "没有可算的期限"
        if self.is_late:
            return f"已过{self.days}个工作日" if self.days else "已过期限"
        return f"还有{self.days}个工作日" if self.days else "今天到期"


def urgency(line: DueLine) -> tuple[int, int, str, str]:
    """Return what lines are ordered by: late ones first, then by the days left; those without a deadline last."""
    if line.due is None:
        return (2, 0, line.number, "")
    return (0 if line.is_late else 1, -line.days if line.is_late else line.days, line.number, line.due.isoformat())
