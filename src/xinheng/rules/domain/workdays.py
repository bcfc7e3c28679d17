"""Working days (工作日) and the reporting deadline.

The calendar is catalogue data, one file a year from the State Council's notice. Outside the years it covers, Monday
to Friday count as working days and the answer is marked provisional.
"""

from bisect import bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date

from xinheng.kernel.dates import ONE_DAY

SATURDAY = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkdayCalendar:
    """The dated calendar of working days.

    ``holidays`` are weekdays off, ``workdays`` are weekend days on which people work (调休); ``years`` are the years
    that the catalogue covers.
    """

    holidays: frozenset[date]
    workdays: frozenset[date]
    years: frozenset[int]
    version: str
    _counts: dict[int, list[date]] = field(default_factory=dict, compare=False, repr=False)

    def covers(self, day: date) -> bool:
        """Return whether the catalogue has the official calendar of that year."""
        return day.year in self.years

    def is_workday(self, day: date) -> bool:
        """Return whether people work on ``day``; outside the covered years, whether it is Monday to Friday."""
        if day in self.holidays:
            return False
        return day.weekday() < SATURDAY or day in self.workdays

    def days(self, *, first: date, last: date) -> Iterator[tuple[date, bool]]:
        """Yield every day from ``first`` to ``last``, both included, with whether it is a working day."""
        day = first
        while day <= last:
            yield day, self.is_workday(day)
            day += ONE_DAY

    def add_workdays(self, *, start: date, count: int) -> date:
        """Return the ``count``-th working day after ``start``; the day itself is not counted (行政处罚法 art 85)."""
        day, left = start, count
        while left > 0:
            day += ONE_DAY
            left -= self.is_workday(day)
        return day

    def workdays_between(self, *, after: date, through: date) -> int:
        """Return how many working days lie after ``after`` up to and including ``through``; 0 if none or reversed."""
        if through <= after:
            return 0
        total = 0
        for year in range(after.year, through.year + 1):
            days = self._year(year)
            total += bisect_right(days, through) - bisect_right(days, after)
        return total

    def _year(self, year: int) -> list[date]:
        # Counting day by day for two million rows is slow; the working days of a year are listed once.
        if year not in self._counts:
            span = self.days(first=date(year, 1, 1), last=date(year, 12, 31))
            self._counts[year] = [day for day, works in span if works]
        return self._counts[year]


def calendar_from(*, holidays: Iterable[date], workdays: Iterable[date], years: Iterable[int], version: str) -> WorkdayCalendar:
    """Return a calendar; holidays on weekends and workdays on weekdays are harmless repetitions."""
    working = frozenset(workdays)
    return WorkdayCalendar(holidays=frozenset(holidays) - working, workdays=working, years=frozenset(years), version=version)
