"""What somebody was told. Everybody reads their own notices only; a contact address is read by nobody."""

from django.db.models import QuerySet

from xinheng.accounts.domain import Actor
from xinheng.notices.models import Contact, Notice


def notices_visible_to(*, actor: Actor) -> QuerySet[Notice]:
    """Return the notices of this person, newest first."""
    return Notice.objects.filter(account_id=actor.account_id).order_by("-id")


def unread_count(*, actor: Actor) -> int:
    """Return how many notices this person has not looked at. One query on an index of the unread."""
    return Notice.objects.filter(account_id=actor.account_id, read_at__isnull=True).count()


def contact_channels(*, actor: Actor) -> frozenset[str]:
    """Return by which channels this person wants to be told besides; the addresses themselves are shown to nobody."""
    return frozenset(Contact.objects.filter(account_id=actor.account_id).values_list("channel", flat=True))
