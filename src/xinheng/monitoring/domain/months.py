"""Months of Asia/Shanghai, as people ask for them (2026-11)."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from xinheng.kernel.dates import ONE_DAY, add_months

_WRITTEN = re.compile(r"^(\d{4})-(\d{2})$", re.ASCII)
_YEARS = range(1990, 2100)


@dataclass(frozen=True, slots=True, order=True)
class Month:
    """One calendar month; ``first`` is its first day."""

    first: date

    @property
    def last(self) -> date:
        """Its last day."""
        return add_months(self.first, 1) - ONE_DAY

    @property
    def text(self) -> str:
        """As in addresses: ``2026-11``."""
        return f"{self.first:%Y-%m}"

    @property
    def label(self) -> str:
        """As people read it: ``2026年11月``."""
        return f"{self.first.year}年{self.first.month}月"

    def back(self, months: int) -> "Month":
        """Return the month so many months before."""
        return Month(add_months(self.first, -months))


def month_of(day: date) -> Month:
    """Return the month of a day."""
    return Month(day.replace(day=1))


def month_read(text: str) -> Month | None:
    """Return the month that ``text`` writes, ``None`` if it writes none.

    >>> month_read("2026-11").last, month_read("2026-13")
    (datetime.date(2026, 11, 30), None)
    """
    match = _WRITTEN.match(text)
    if match is None or int(match[1]) not in _YEARS or not 1 <= int(match[2]) <= 12:
        return None
    return Month(date(int(match[1]), int(match[2]), 1))


def months_until(last: Month, *, count: int) -> Iterator[Month]:
    """Yield ``count`` months, the newest, ``last``, first."""
    for back in range(count):
        yield last.back(back)
