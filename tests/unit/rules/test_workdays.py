"""The calendar of working days."""

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from xinheng.rules.domain import calendar_from

CALENDAR = calendar_from(
    holidays=[date(2026, 10, day) for day in range(1, 8)],
    workdays=[date(2026, 9, 20), date(2026, 10, 10)],
    years=[2026],
    version="test",
)
DAYS = st.dates(min_value=date(2024, 1, 1), max_value=date(2028, 12, 31))


@given(start=DAYS, count=st.integers(1, 30))
def test_the_term_holds_that_many_working_days(start, count):
    last = CALENDAR.add_workdays(start=start, count=count)
    assert CALENDAR.is_workday(last)
    assert CALENDAR.workdays_between(after=start, through=last) == count


@given(after=DAYS, through=DAYS)
def test_counting_by_year_equals_counting_by_day(after, through):
    by_day = sum(works for _, works in CALENDAR.days(first=after + timedelta(days=1), last=through))
    assert CALENDAR.workdays_between(after=after, through=through) == by_day


def test_only_the_years_of_the_catalogue_are_sure():
    assert CALENDAR.covers(date(2026, 12, 31))
    assert not CALENDAR.covers(date(2027, 1, 1))
    assert CALENDAR.is_workday(date(2027, 10, 1)), "beyond the calendar Monday to Friday count"


def test_new_year_s_day_counts_where_no_calendar_makes_it_a_holiday():
    friday = date(2027, 1, 1)
    # One of its own: what a calendar has counted it keeps.
    calendar = calendar_from(holidays=[], workdays=[], years=[], version="none")
    assert calendar.workdays_between(after=date(2026, 12, 31), through=friday) == 1
    assert calendar.workdays_between(after=friday, through=friday) == 0
    assert calendar.workdays_between(after=friday, through=date(2026, 12, 1)) == 0
