"""What somebody was told. Everybody reads their own notices only; a contact address is read by nobody."""

from datetime import date, datetime, time, timedelta

from django.db.models import Exists, OuterRef, Q, QuerySet

from xinheng.accounts.domain import Actor
from xinheng.accounts.models import RoleGrant
from xinheng.adapters.clock import CHINA
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


def contacts_over(*, on_date: date, days: int) -> QuerySet[Contact]:
    """Return the addresses of people who have held no role for ``days`` days on ``on_date``, or whose account is closed as long.

    One that was set since stays.
    """
    since = on_date - timedelta(days=days)
    moment = datetime.combine(since, time(), CHINA)
    held = RoleGrant.objects.filter(
        Q(revoked_at=None) | Q(revoked_at__gte=moment),
        Q(valid_until=None) | Q(valid_until__gte=since),
        account_id=OuterRef("account_id"),
    )
    closed = Q(account__is_active=False, account__closed_at__lt=moment)
    return Contact.objects.filter(~Exists(held) | closed, set_at__lt=moment)
