"""Deadlines of rows under the calendar as it now is: what was stored when a row came is not believed."""

from dataclasses import dataclass
from datetime import date
from typing import Final

from xinheng.catalogue.domain import Catalogue
from xinheng.rules.domain import Deadline
from xinheng.rules.errors import NoReportingClock
from xinheng.rules.selectors import reporting_deadline, workdays_between

_Key = tuple[str, str, date]
_BELIEVED_FROM: Final = date(1949, 10, 1)
"""A decision day before it is a slip of the pen (the year 999, say): nobody is so many days late."""


@dataclass(frozen=True, slots=True)
class Left:
    """A deadline as seen on a day: the last day, whether the calendar reaches it, and working days left or over."""

    due: date
    is_provisional: bool
    is_late: bool
    days: int


class Clockwork:
    """The reporting deadlines of one law, each counted once."""

    def __init__(self, catalogue: Catalogue) -> None:
        self._catalogue = catalogue
        self._sectors = {organ.code: frozenset(organ.sectors) for organ in catalogue.organs}
        self._kept: dict[_Key, Deadline | None] = {}

    def deadline(self, *, organ_code: str, item_id: str, decided: date | None) -> Deadline | None:
        """Return the last day to report in time; ``None`` for an item without a deadline or a row without a believable day."""
        if decided is None or decided < _BELIEVED_FROM:
            return None
        key = (organ_code, item_id, decided)
        if key not in self._kept:
            try:
                sectors = self._sectors.get(organ_code, frozenset())
                self._kept[key] = reporting_deadline(item_id, decided, sectors=sectors, catalogue=self._catalogue)
            except (NoReportingClock, OverflowError):
                self._kept[key] = None
        return self._kept[key]

    def left(self, today: date, *, organ_code: str, item_id: str, decided: date | None) -> Left | None:
        """Return how long a decision may still be reported, as seen on ``today``.

        Days left do not count ``today``; days over count the working days after the deadline up to ``today``.
        """
        deadline = self.deadline(organ_code=organ_code, item_id=item_id, decided=decided)
        if deadline is None:
            return None
        is_late = deadline.date < today
        after, through = (deadline.date, today) if is_late else (today, deadline.date)
        days = workdays_between(after, through, catalogue=self._catalogue)
        return Left(due=deadline.date, is_provisional=deadline.provisional, is_late=is_late, days=days)

    def is_late(self, *, organ_code: str, item_id: str, decided: date | None, reported: date) -> bool:
        """Return whether what was reported on ``reported`` came after its deadline (standards.md §3.1, V17)."""
        deadline = self.deadline(organ_code=organ_code, item_id=item_id, decided=decided)
        return deadline is not None and deadline.date < reported
