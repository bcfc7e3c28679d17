"""The switch: publishing is stopped and resumed by a named person with a reason, or stopped by a check."""

from datetime import datetime

from django.db import transaction

from xinheng.audit.services import event_record
from xinheng.tlog.errors import NotStopped, ReasonMissing
from xinheng.tlog.models import PublishingStop
from xinheng.tlog.selectors import stops_open


@transaction.atomic
def publishing_stop(
    *, actor: str, reason: str, now: datetime, cause: PublishingStop.Cause = PublishingStop.Cause.PERSON
) -> PublishingStop:
    """Stop everything that would show more (停止公示); reading, taking down and disputes go on.

    Stopped for the same cause already: nothing changes, the first reason stands.

    Raises:
        ReasonMissing: no reason or no actor.
    """
    if not actor.strip() or not reason.strip():
        raise ReasonMissing(act="停止公示")
    stop, is_new = PublishingStop.objects.get_or_create(
        cause=cause, resumed_at=None, defaults={"stopped_at": now, "stopped_by": actor, "reason": reason}
    )
    if is_new:
        event_record(
            action="tlog.publishing.stopped",
            actor=actor,
            target=("publishing", str(stop.pk)),
            at=now,
            cause=cause.value,
            reason=reason,
        )
    return stop


@transaction.atomic
def publishing_resume(*, actor: str, reason: str, now: datetime) -> int:
    """Resume publishing (恢复公示), whatever had stopped it, and return how many stops ended.

    Raises:
        ReasonMissing: no reason or no actor.
        NotStopped: there is nothing to resume.
    """
    if not actor.strip() or not reason.strip():
        raise ReasonMissing(act="恢复公示")
    stops = list(stops_open().select_for_update(of=("self",), no_key=True))
    if not stops:
        raise NotStopped
    for stop in stops:
        stop.resumed_at, stop.resumed_by, stop.resume_reason = now, actor, reason
        stop.save(update_fields=["resumed_at", "resumed_by", "resume_reason"])
        event_record(
            action="tlog.publishing.resumed",
            actor=actor,
            target=("publishing", str(stop.pk)),
            at=now,
            cause=stop.cause,
            reason=reason,
        )
    return len(stops)
