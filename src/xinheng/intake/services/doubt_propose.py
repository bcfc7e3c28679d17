"""Two persons for a doubt after certification (提出、复核): the first says whose the row is, the second publishes it."""

from datetime import datetime

from django.db import transaction

from xinheng.intake.errors import DoubtNotInState, NotACandidate, PersonMissing, ReasonMissing, SamePerson
from xinheng.intake.models import DECIDABLE, Doubt, DoubtDecision, DoubtState
from xinheng.intake.services._doubts import doubt_locked
from xinheng.intake.services._state import event_add
from xinheng.intake.services._telling import doubt_tell
from xinheng.intake.services.doubt_decide import doubt_decide
from xinheng.subjects.selectors import subject_kinds

Action = DoubtDecision.Action


@transaction.atomic
def doubt_propose(*, doubt_id: int, subject_id: int, actor: str, reason: str, now: datetime) -> Doubt:
    """Say whose the row is, for another person to confirm (:func:`doubt_confirm`). Nothing follows from it yet.

    Proposing the same again changes nothing.

    Raises:
        DoubtNotFound, DoubtNotInState: nothing to decide, or another proposal waits.
        NotACandidate: no such subject in the register.
        ReasonMissing, PersonMissing: the proposal is not complete.
    """
    doubt = doubt_locked(doubt_id)
    waiting = proposal_of(doubt)
    if waiting is not None and (waiting.subject_id, waiting.actor) == (subject_id, actor):
        return doubt
    if doubt.state != DoubtState.OPEN or doubt.submission.state not in DECIDABLE:
        raise DoubtNotInState(doubt=doubt_id, state=DoubtState(doubt.state).label, wanted="确认；先撤销原来的决定")
    if waiting is not None:
        raise DoubtNotInState(doubt=doubt_id, state="已提出，等另一人复核", wanted="再提出；先由复核人同意或不同意")
    if not reason.strip():
        raise ReasonMissing(what="存疑确认")
    if not actor.strip():
        raise PersonMissing(role="决定人")
    if subject_id not in subject_kinds(subject_ids=[subject_id]):
        raise NotACandidate(subject=subject_id)
    _line(doubt, Action.PROPOSE, subject_id=subject_id, reason=reason, actor=actor, now=now)
    doubt_tell(doubt, Action.PROPOSE, actor=actor, at=now)
    return doubt


@transaction.atomic
def doubt_confirm(*, doubt_id: int, actor: str, now: datetime) -> Doubt:
    """Confirm what another person proposed (复核同意): the row is published at once.

    Raises:
        DoubtNotFound, DoubtNotInState: nothing waits to be confirmed.
        SamePerson: the one who proposed it.
    """
    doubt = doubt_locked(doubt_id)
    newest = doubt.decisions.last()
    if doubt.state == DoubtState.DECIDED and newest is not None and newest.confirmed_by == actor:
        return doubt
    waiting = proposal_of(doubt)
    if waiting is None:
        raise DoubtNotInState(doubt=doubt_id, state=DoubtState(doubt.state).label, wanted="复核；没有等待复核的意见")
    if waiting.actor == actor:
        raise SamePerson(first="提出人", second="复核人", person=actor)
    return doubt_decide(
        doubt_id=doubt_id,
        subject_id=waiting.subject_id,
        actor=waiting.actor,
        confirmed_by=actor,
        reason=waiting.reason,
        now=now,
    )


@transaction.atomic
def doubt_decline(*, doubt_id: int, actor: str, reason: str, now: datetime) -> Doubt:
    """Do not confirm what was proposed (复核不同意), or take one's own proposal back: the doubt waits as before.

    Raises:
        DoubtNotFound, DoubtNotInState: nothing waits to be confirmed.
        ReasonMissing: not said why.
    """
    doubt = doubt_locked(doubt_id)
    waiting = proposal_of(doubt)
    if waiting is None:
        raise DoubtNotInState(doubt=doubt_id, state=DoubtState(doubt.state).label, wanted="复核；没有等待复核的意见")
    if not reason.strip():
        raise ReasonMissing(what="不同意")
    _line(doubt, Action.DECLINE, subject_id=waiting.subject_id, reason=reason, actor=actor, now=now)
    doubt_tell(doubt, Action.DECLINE, actor=actor, at=now, proposed_by=waiting.actor)
    return doubt


def proposal_of(doubt: Doubt) -> DoubtDecision | None:
    """Return what was proposed and waits for a second person, if anything does."""
    newest = doubt.decisions.last() if doubt.state == DoubtState.OPEN else None
    return newest if newest is not None and newest.action == Action.PROPOSE else None


def _line(doubt: Doubt, action: str, *, subject_id: int | None, reason: str, actor: str, now: datetime) -> None:
    DoubtDecision.objects.create(doubt=doubt, action=action, subject_id=subject_id, reason=reason, actor=actor, at=now)
    event_add(doubt.submission, action=f"doubt_{action.lower()}d", actor=actor, at=now, note=reason, doubt=doubt.pk)
