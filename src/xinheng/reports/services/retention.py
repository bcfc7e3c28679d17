"""The end of retention: the keys of old reports are destroyed, that they were issued stays on record (P17)."""

from datetime import datetime

from django.db import transaction

from xinheng.audit.services import event_record
from xinheng.reports.models import IssuedReport


def report_keys_destroy(*, issued_before: datetime, actor: str, now: datetime) -> int:
    """Destroy the keys of all reports issued before a moment; return how many. Safe to repeat."""
    with transaction.atomic():
        gone = IssuedReport.objects.filter(issued_at__lt=issued_before, wrapped_key__isnull=False).update(wrapped_key=None)
        if gone:
            event_record(
                action="reports.keys.destroyed",
                actor=actor,
                target=("report", f"<{issued_before.isoformat()}"),
                at=now,
                count=gone,
            )
    return gone
