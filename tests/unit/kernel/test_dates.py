"""Days as people write them."""

from datetime import date

import pytest

from xinheng.kernel.dates import add_months, chinese_date, chinese_period, parse_date


@pytest.mark.parametrize(
    "text",
    [
        "2026-04-09",
        "2026/4/9",
        "2026.4.9",
        "20260409",
        "2026年4月9日",
        "2026年4月9",
        "2026 - 04 - 09",
        " 2026-04-09\t",
        "２０２６－０４－０９",
        "2026-04-09 00:00",
        "2026-04-09 9:30:00",
        "2026-04-09T00:00:00",
        "2026-04-09 00:00:00.000",
    ],
)
def test_every_way_of_writing_a_day_is_read(text):
    assert parse_date(text) == date(2026, 4, 9)


@pytest.mark.parametrize(
    "text",
    ["", "2026", "2026-04", "26-04-09", "2026-13-01", "2026-02-30", "2026040", "202604091", "2026-04-09 noon", "x2026-04-09"],
)
def test_what_is_no_day_is_none(text):
    assert parse_date(text) is None


def test_the_year_is_not_judged():
    assert parse_date("0999-12-31") == date(999, 12, 31)


@pytest.mark.parametrize(
    ("day", "months", "later"),
    [
        (date(2026, 8, 31), 3, date(2026, 11, 30)),
        (date(2026, 8, 31), 0, date(2026, 8, 31)),
        (date(2026, 12, 1), 1, date(2027, 1, 1)),
        (date(2026, 11, 30), 1, date(2026, 12, 30)),
        (date(2023, 2, 28), 12, date(2024, 2, 28)),
        (date(2024, 2, 29), 12, date(2025, 2, 28)),
        (date(2023, 11, 30), 3, date(2024, 2, 29)),
        (date(2026, 1, 31), 36, date(2029, 1, 31)),
        (date(2026, 3, 15), -3, date(2025, 12, 15)),
    ],
)
def test_months_later_is_the_same_day_or_the_month_s_last(day, months, later):
    assert add_months(day, months) == later


def test_a_day_in_chinese_has_no_leading_zeros():
    assert chinese_date(date(2026, 3, 2)) == "2026年3月2日"


@pytest.mark.parametrize(
    ("start", "end", "words"),
    [
        (date(2026, 1, 2), date(2027, 3, 4), "2026年1月2日至2027年3月4日"),
        (date(2026, 1, 2), None, "2026年1月2日起"),
        (None, date(2027, 3, 4), "到2027年3月4日"),
        (None, None, ""),
    ],
)
def test_a_period_says_what_is_known_of_it(start, end, words):
    assert chinese_period(start, end) == words
