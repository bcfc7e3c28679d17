"""Numbers of submissions: FJ-20261122-0007, counted from 1 every day."""

from datetime import date

from django.conf import settings
from django.db import connection


def number_take(*, day: date) -> str:
    """Return the day's next number, in the caller's transaction: a rolled back submission leaves no gap."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO intake_numbercounter AS counter (day, last) VALUES (%s, 1)"
            " ON CONFLICT (day) DO UPDATE SET last = counter.last + 1 RETURNING last",
            [day],
        )
        (last,) = cursor.fetchone()
    return f"{settings.XINHENG_SUBMISSION_PREFIX}-{day:%Y%m%d}-{last:04d}"
