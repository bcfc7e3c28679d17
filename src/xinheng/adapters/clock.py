"""The real clock. Only interfaces (cli, views) read it; everything below is given the day or the moment."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, time, timedelta

from xinheng.kernel.dates import CHINA

__all__ = ["CHINA", "advance", "fixed", "now", "today"]

_fixed: datetime | None = None


def now() -> datetime:
    """Return this moment, aware, in Asia/Shanghai."""
    return _fixed or datetime.now(CHINA)


def today() -> date:
    """Return this day in Asia/Shanghai."""
    return now().date()


@contextmanager
def fixed(moment: date | datetime) -> Iterator[None]:
    """Stop the clock at ``moment`` for the whole process (tests; a plain day means its noon in Asia/Shanghai)."""
    global _fixed  # one clock for all threads, so that a test's live server tells the same time
    before = _fixed
    if not isinstance(moment, datetime):
        moment = datetime.combine(moment, time(12), CHINA)
    _fixed = moment.astimezone(CHINA)
    try:
        yield
    finally:
        _fixed = before


def advance(days: int) -> None:
    """Move a fixed clock by ``days``.

    Raises:
        RuntimeError: the clock is running; only a fixed clock can be moved.
    """
    global _fixed
    if _fixed is None:
        raise RuntimeError("only a fixed clock can be moved")
    _fixed += timedelta(days=days)
