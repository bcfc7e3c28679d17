"""Ending what is signed in (结束登录): after a leak, whoever holds a stolen session is out at once."""

from datetime import datetime

from django.contrib.sessions.models import Session
from django.db import transaction

from xinheng.audit import services as audit


@transaction.atomic
def sessions_end_from_server(*, ground: str, person: str, now: datetime) -> int:
    """End every session of every account; return how many there were. Everybody signs in anew.

    Args:
        ground: why, for the log.
        person: who did it at the server.
        now: the moment.
    """
    ended, _ = Session.objects.all().delete()
    audit.event_record(
        action="accounts.sessions.ended", actor=person, target=("accounts", "sessions"), at=now, ground=ground, ended=ended
    )
    return ended
