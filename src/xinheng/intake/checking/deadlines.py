"""The reporting deadline of a submission (报送期限), by the dated calendar of ``rules``."""

from datetime import date, timedelta

from xinheng.catalogue.domain import Catalogue, Item
from xinheng.intake.checking.model import Cell, CheckContext
from xinheng.kernel.dates import parse_date
from xinheng.rules.errors import NoReportingClock
from xinheng.rules.selectors import calendar, late_workdays, reporting_deadline, workdays_between

ONE_DAY = timedelta(days=1)
LONGEST = 400
"""Calendar days after which nothing is in time any more; terms are a few weeks at most."""


def organ_sectors(*, catalogue: Catalogue, organ_code: str | None) -> frozenset[str]:
    """Return the sectors of the sending organ; none where it is not in the catalogue."""
    if organ_code is None:
        return frozenset()
    return next((frozenset(organ.sectors) for organ in catalogue.organs if organ.code == organ_code), frozenset())


def on_time_since(*, item: Item, catalogue: Catalogue, context: CheckContext) -> date | None:
    """Return the earliest decision day whose deadline is not before the day of reporting; None without a deadline."""
    sectors = organ_sectors(catalogue=catalogue, organ_code=context.organ_code)
    day = context.on_date
    try:
        for _ in range(LONGEST):
            earlier = reporting_deadline(item.id, day - ONE_DAY, sectors=sectors, catalogue=catalogue)
            if earlier.date < context.on_date:
                return day
            day -= ONE_DAY
    except NoReportingClock:
        return None
    return day


def days_used(cell: Cell) -> tuple[int, int]:
    """Return on which working day after the decision a late row was reported, and how many are allowed."""
    decided = parse_date(cell.value)
    if decided is None:
        return 0, 0
    used = workdays_between(decided, cell.context.on_date, catalogue=cell.catalogue)
    sectors = organ_sectors(catalogue=cell.catalogue, organ_code=cell.context.organ_code)
    late = late_workdays(cell.item.id, decided, cell.context.on_date, sectors=sectors, catalogue=cell.catalogue)
    return used, used - late


BEYOND_THE_CALENDAR = "（放假安排还没有公布，按周一至周五推算，暂定）"


def calendar_reaches(cell: Cell) -> bool:
    """Return whether the calendar of working days covers the row's days from decision to report."""
    known = calendar(catalogue=cell.catalogue)
    decided = parse_date(cell.value)
    return known.covers(cell.context.on_date) and (decided is None or known.covers(decided))
