"""The end of retention: the keys of old reports are destroyed, that they were issued stays on record (P17)."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, Final

from xinheng.audit.services import destroyed_and_told
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
    while portion := _destroyed(
        "SELECT reports_keys_destroy_due(%s, %s)",
        [issued_before, _AT_ONCE],
        target=f"<{issued_before.isoformat()}",
        actor=actor,
        now=now,
        ground=ground,
    ):
        gone += portion
    return gone


def report_key_destroy(*, number: str, ground: str, actor: str, now: datetime) -> bool:
    """Destroy the key of one report before its time, as the retention role; return whether there was one left."""
    one = "SELECT reports_key_destroy(%s, %s)"
    return bool(_destroyed(one, [number, ground], target=number, actor=actor, now=now, ground=ground))


def _destroyed(statement: str, values: Sequence[Any], *, target: str, actor: str, now: datetime, ground: str) -> int:
    return destroyed_and_told(
        statement,
        values,
        action="reports.keys.destroyed",
        actor=actor,
        target=("report", target),
        at=now,
        counted="count",
        ground=ground,
    )
