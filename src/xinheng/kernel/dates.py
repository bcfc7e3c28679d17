"""Days as people write them. All days are days in Asia/Shanghai."""

import calendar
import re
import unicodedata
from datetime import date, timedelta
from zoneinfo import ZoneInfo

CHINA = ZoneInfo("Asia/Shanghai")
"""The one time zone in which days begin and end."""

ONE_DAY = timedelta(days=1)

LONG_TERM = date(2099, 12, 31)
"""2099/12/31 in the national template means 长期, without an end (standards.md §3.1 #22)."""

_SEPARATED = re.compile(
    r"^(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?(?:[ T]\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?)?$",
    re.ASCII,
)
_COMPACT = re.compile(r"^(\d{4})(\d{2})(\d{2})$", re.ASCII)


def parse_date(text: str) -> date | None:
    """Return the day that ``text`` writes, or ``None`` if it writes none.

    Reads ``2026-04-09``, ``2026/4/9``, ``2026.4.9``, ``20260409``, ``2026年4月9日``, each optionally with a time of day.
    The year is not judged here: 0999 is a day that a rule refuses.

    >>> parse_date("2026年4月9日")
    datetime.date(2026, 4, 9)
    >>> parse_date("2026-02-30") is None
    True
    """
    text = unicodedata.normalize("NFKC", text).strip()
    match = _SEPARATED.match(text) or _COMPACT.match(text)
    if match is None:
        return None
    try:
        return date(int(match[1]), int(match[2]), int(match[3]))
    except ValueError:
        return None


def add_months(day: date, months: int) -> date:
    """Return the same day ``months`` later; where that month is shorter, its last day.

    >>> add_months(date(2026, 8, 31), 3)
    datetime.date(2026, 11, 30)
    """
    index = day.year * 12 + day.month - 1 + months
    year, month = divmod(index, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def chinese_date(day: date) -> str:
    """Return ``2026年3月12日``."""
    return f"{day.year}年{day.month}月{day.day}日"


def chinese_period(start: date | None, end: date | None) -> str:
    """Return a period as people read it, its open side left open; nothing where neither day is known.

    >>> chinese_period(date(2026, 3, 12), None)
    '2026年3月12日起'
    """
    if start is not None and end is not None:
        return f"{chinese_date(start)}至{chinese_date(end)}"
    if start is not None:
        return f"{chinese_date(start)}起"
    return f"到{chinese_date(end)}" if end is not None else ""
