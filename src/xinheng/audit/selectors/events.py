"""Read the event log."""

from datetime import date, datetime

from django.db import connection
from django.db.models import QuerySet

from xinheng.audit.models import Event


def events_of(*, kind: str, identifier: str) -> QuerySet[Event]:
    """Return the events of one target, oldest first."""
    return Event.objects.filter(target_kind=kind, target_id=identifier).order_by("at", "pk")


def event_newest(*, action: str) -> Event | None:
    """Return the newest event of an action, ``None`` where there is none."""
    return Event.objects.filter(action=action).order_by("-pk").first()


def event_first_at() -> datetime | None:
    """Return when the log began."""
    first: datetime | None = Event.objects.order_by("pk").values_list("at", flat=True).first()
    return first


def months_kept() -> list[date]:
    """Return the months of the trail that have a partition of their own, oldest first."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT DISTINCT to_date(right(c.relname, 6), 'YYYYMM') FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid"
            " WHERE i.inhparent = ANY (ARRAY['audit_change', 'audit_read', 'audit_readsent']::regclass[])"
            " AND c.relname ~ '_[0-9]{6}$' ORDER BY 1"
        )
        return [month for (month,) in cursor.fetchall()]
