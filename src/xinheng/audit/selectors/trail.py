"""Look for entries of the trail: newest first, a page at a time, from where the page before ended."""

from collections.abc import Iterator
from datetime import datetime, time, timedelta
from typing import Final

from django.db import DEFAULT_DB_ALIAS
from django.db.models import Exists, OuterRef, Q, QuerySet

from xinheng.audit.domain import Kept, TrailQuery
from xinheng.audit.models import Change, Read, ReadSent
from xinheng.kernel.dates import CHINA

EXPORTED_AT_MOST: Final = 100_000
"""Rows of one exported file; more are told to be narrowed down."""


def trail_search(
    query: TrailQuery, *, limit: int, using: str = DEFAULT_DB_ALIAS
) -> tuple[list[Read | Change], tuple[datetime, int] | None]:
    """Return the newest entries before ``query.before``, and the place of the last one where there are more. One query.

    ``using``: who reads.
    """
    rows = (read_rows(query) if query.kept is Kept.READS else change_rows(query)).using(using)
    found: list[Read | Change] = list(rows[: limit + 1])
    shown = found[:limit]
    return shown, (shown[-1].at, shown[-1].pk) if len(found) > limit else None


def read_rows(query: TrailQuery) -> QuerySet[Read]:
    """Return the reads that a query means, newest first; each knows whether its answer ``was_sent``."""
    rows = Read.objects.filter(_within(query))
    if query.target:
        rows = rows.filter(object_id=query.target)
    sent = ReadSent.objects.filter(at=OuterRef("at"), pk=OuterRef("pk"))
    rows = rows.annotate(was_sent=Exists(sent))
    if query.unconfirmed:
        rows = rows.filter(was_sent=False)
    if query.what:
        rows = rows.filter(what=query.what)
    return rows.order_by("-at", "-pk")


def change_rows(query: TrailQuery) -> QuerySet[Change]:
    """Return the changes that a query means, newest first. ``what`` is a table, or the page or command that changed it."""
    rows = Change.objects.filter(_within(query))
    if query.target:
        rows = rows.filter(Q(first_key=query.target) | Q(case_no__endswith=f":{query.target}"))
    if query.what:
        rows = rows.filter(Q(table_name=query.what) | Q(what=query.what))
    return rows.order_by("-at", "-pk")


def _within(query: TrailQuery) -> Q:
    since = datetime.combine(query.first_day, time(), CHINA)
    until = datetime.combine(query.last_day, time(), CHINA) + timedelta(days=1)
    wanted = Q(at__gte=since, at__lt=until)
    if query.before is not None:
        at, number = query.before
        wanted &= Q(at__lte=at) & (Q(at__lt=at) | Q(pk__lt=number))
    for name, value in (("actor", query.actor), ("purpose", query.purpose), ("request_id", query.request)):
        if value:
            wanted &= Q(**{name: value})
    if query.organ:
        wanted &= Q(organ_codes__contains=query.organ)
    return wanted


def streamed(rows: QuerySet[Read] | QuerySet[Change]) -> Iterator[Read | Change]:
    """Yield rows for a file without holding them all, :data:`EXPORTED_AT_MOST` at most."""
    yield from rows[:EXPORTED_AT_MOST].iterator(chunk_size=2000)
