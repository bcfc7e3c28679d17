"""The end of retention: the keys of old reports are destroyed, that they were issued stays on record (P17)."""

from datetime import datetime, timedelta
from typing import Final

from xinheng.adapters.database import RETENTION_ALIAS, as_retention
from xinheng.audit.services import event_record
from xinheng.reports.errors import ReportKeptLonger

LEAST_DAYS: Final = 30
"""No report goes sooner, whatever is set; the database holds it by its own clock."""
_AT_ONCE: Final = 1_000


def report_keys_destroy(*, issued_before: datetime, actor: str, now: datetime, ground: str = "留存期满") -> int:
    """Destroy the keys of all reports issued before a moment, as the retention role; return how many. Safe to repeat.

    In portions, each one transaction with its event.

    Raises:
        ReportKeptLonger: the moment is less than ``LEAST_DAYS`` days ago.
    """
    if issued_before > now - timedelta(days=LEAST_DAYS):
        raise ReportKeptLonger(days=LEAST_DAYS)
    gone = 0
    while True:
        with as_retention() as cursor:
            cursor.execute("SELECT reports_keys_destroy_due(%s, %s)", [issued_before, _AT_ONCE])
            portion: int = cursor.fetchone()[0]
            if not portion:
                return gone
            _told(("report", f"<{issued_before.isoformat()}"), actor=actor, now=now, count=portion, ground=ground)
        gone += portion


def report_key_destroy(*, number: str, ground: str, actor: str, now: datetime) -> bool:
    """Destroy the key of one report before its time, as the retention role; return whether there was one left."""
    with as_retention() as cursor:
        cursor.execute("SELECT reports_key_destroy(%s, %s)", [number, ground])
        gone: int = cursor.fetchone()[0]
        if gone:
            _told(("report", number), actor=actor, now=now, count=gone, ground=ground)
    return bool(gone)


def _told(target: tuple[str, str], *, actor: str, now: datetime, count: int, ground: str) -> None:
    event_record(
        action="reports.keys.destroyed", actor=actor, target=target, at=now, using=RETENTION_ALIAS, count=count, ground=ground
    )
