"""The two clocks of retention: the platform's, and the database's own, which only the owner can turn."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, time
from typing import Any

import psycopg

from xinheng.adapters import clock
from xinheng.adapters.clock import CHINA

_AS_IT_IS = "SELECT now()"


def database_clock(owner: "psycopg.Connection[Any]", moment: datetime | None) -> None:
    """Let the database destroy by this moment, or by its clock again."""
    body = _AS_IT_IS if moment is None else f"SELECT '{moment.isoformat()}'::timestamptz"
    owner.execute(f"CREATE OR REPLACE FUNCTION retention_now() RETURNS timestamptz LANGUAGE sql STABLE AS $${body}$$")


@contextmanager
def on_day(owner: "psycopg.Connection[Any]", day: date) -> Iterator[datetime]:
    """Set both clocks to a day's noon in Asia/Shanghai and give that moment."""
    moment = datetime.combine(day, time(12), CHINA)
    database_clock(owner, moment)
    with clock.fixed(moment):
        yield moment
    database_clock(owner, None)
