"""Where the log stands, and whether publishing may go on."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.db import connection
from django.db.models import F, QuerySet

from xinheng.kernel.dates import CHINA
from xinheng.tlog.errors import LeafNotFound, LogBehind, PublishingStopped
from xinheng.tlog.models import LogBatch, LogCheckpoint, PublishingStop

# Batches are signed whole, so that one of which the first leaf is not signed waits, and no other does. By the server's clock
# on both sides: how long something has waited must not depend on ours.
_STATE = """
WITH newest AS (SELECT size, signed_at FROM tlog_logcheckpoint ORDER BY size DESC LIMIT 1),
waiting AS (
    SELECT first, last, queued_at FROM tlog_logbatch WHERE first_index IS NULL
    UNION ALL
    SELECT first, last, queued_at FROM tlog_logbatch WHERE first_index >= coalesce((SELECT size FROM newest), 0)
), stop AS (
    SELECT stopped_at, reason FROM tlog_publishingstop WHERE resumed_at IS NULL ORDER BY stopped_at, id LIMIT 1
)
SELECT (SELECT size FROM newest), (SELECT signed_at FROM newest), (SELECT sum(last - first + 1) FROM waiting),
    (SELECT max(now() - queued_at) FROM waiting), (SELECT stopped_at FROM stop), (SELECT reason FROM stop)
"""
_OF_RECORD = """
SELECT b.first_index + r.position - b.first FROM records_logged r
JOIN tlog_logbatch b ON b.source = 'RECORDS' AND b.name = r.name AND b.first <= r.position AND b.last >= r.position
WHERE r.record = %s AND b.first_index IS NOT NULL ORDER BY r.position
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class LogState:
    """How many entries are signed, since when, how many wait, for how long the oldest of them has, and the stop, if there is one."""

    size: int
    signed_at: datetime | None
    waiting: int
    waited: timedelta
    stopped_at: datetime | None
    stop_reason: str

    @property
    def is_behind(self) -> bool:
        """Whether something has waited longer than ``XINHENG_LOG_HOURS``."""
        return self.waited > timedelta(hours=settings.XINHENG_LOG_HOURS)


def checkpoint_latest() -> LogCheckpoint | None:
    """Return the newest checkpoint, ``None`` before the first."""
    return LogCheckpoint.objects.order_by("-size").first()


def log_state() -> LogState:
    """Return where the log stands, and whether publishing is stopped. One short query."""
    with connection.cursor() as cursor:
        cursor.execute(_STATE)
        size, signed_at, waiting, waited, stopped_at, reason = cursor.fetchone()
    return LogState(
        size=size or 0,
        signed_at=signed_at,
        waiting=int(waiting or 0),
        waited=waited or timedelta(0),
        stopped_at=stopped_at,
        stop_reason=reason or "",
    )


def stops_open() -> QuerySet[PublishingStop]:
    """Return why publishing is stopped now, the oldest reason first; empty: it is not."""
    return PublishingStop.objects.filter(resumed_at=None).order_by("stopped_at", "pk")


def publishing_require() -> None:
    """Let nothing pass that shows more while publishing is stopped or what was published cannot be anchored.

    Called by whoever adds to what is shown, before the work; a trigger stops what passes here at the same moment as the
    switch is pulled. What takes down or warns does not ask.

    Raises:
        PublishingStopped: a person or a check has stopped publishing.
        LogBehind: something has waited for the log longer than ``XINHENG_LOG_HOURS``.
    """
    state = log_state()
    if state.stopped_at is not None:
        since = f"{state.stopped_at.astimezone(CHINA):%Y年%m月%d日%H时%M分}"
        raise PublishingStopped(since=since, reason=state.stop_reason)
    if state.is_behind:
        raise LogBehind(hours=settings.XINHENG_LOG_HOURS, waiting=state.waiting)


def leaf_of(*, source: str, name: str = "", position: int = 0) -> int:
    """Return which leaf something is: a version of a record by its publication number, a catalogue by its hash.

    Raises:
        LeafNotFound: it is not in the log yet, or never was.
    """
    batch = (
        LogBatch.objects.filter(source=source, name=name, last__gte=position, first__lte=position)
        .annotate(leaf=F("first_index") + position - F("first"))
        .order_by("last")
        .first()
    )
    if batch is None or batch.first_index is None:
        raise LeafNotFound(what=name or str(position))
    leaf: int = batch.leaf
    return leaf


def leaves_of_record(*, record_id: UUID) -> list[int]:
    """Return the leaves of all versions of a record, oldest first; what waits for the log is not among them."""
    with connection.cursor() as cursor:
        cursor.execute(_OF_RECORD, [record_id])
        return [index for (index,) in cursor.fetchall()]
