"""Read the event log."""

from django.db.models import QuerySet

from xinheng.audit.models import Event


def events_of(*, kind: str, identifier: str) -> QuerySet[Event]:
    """Return the events of one target, oldest first."""
    return Event.objects.filter(target_kind=kind, target_id=identifier).order_by("at", "pk")
