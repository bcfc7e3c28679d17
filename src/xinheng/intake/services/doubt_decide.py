"""Decide whose a doubtful row is, and undo it (存疑确认、撤销). The platform lists candidates; a person decides (P7)."""

from datetime import datetime
from uuid import UUID

import polars as pl
from django.db import transaction

from xinheng.adapters.clock import CHINA
from xinheng.intake.errors import (
    DoubtNotInState,
    NotACandidate,
    PersonMissing,
    ReasonMissing,
    SamePerson,
)
from xinheng.intake.models import DECIDABLE, Doubt, DoubtDecision, DoubtState, RowOutcome, Submission, SubmissionState
from xinheng.intake.services._doubts import doubt_locked, row_opened
from xinheng.intake.services._law import catalogue_of
from xinheng.intake.services._publication import drafts_publish
from xinheng.intake.services._row_outcomes import row_outcomes_copy
from xinheng.intake.services._state import event_add
from xinheng.intake.services._telling import doubt_tell
from xinheng.intake.services.originals import submission_key
from xinheng.intake.services.step_match import sole_traders
from xinheng.records.domain import Event
from xinheng.records.services import mark_add
from xinheng.subjects.selectors import subject_kinds


@transaction.atomic
def doubt_decide(
    *,
    doubt_id: int,
    subject_id: int | None,
    actor: str,
    reason: str,
    now: datetime,
    confirmed_by: str = "",
) -> Doubt:
    """Decide whose the row is; ``subject_id`` of ``None`` says: none of them, back to the sender.

    Before certification the decision goes with the batch to the reviewer. After it a second person confirms the
    decision here and the row is published at once. Deciding the same again changes nothing.

    Raises:
        DoubtNotFound, DoubtNotInState: nothing to decide.
        NotACandidate: no such subject in the register.
        ReasonMissing, PersonMissing, SamePerson: the decision is not complete.
    """
    doubt = doubt_locked(doubt_id)
    wanted = DoubtState.REJECTED if subject_id is None else DoubtState.DECIDED
    if doubt.state == wanted and doubt.subject_id == subject_id:
        return doubt
    submission = doubt.submission
    if doubt.state != DoubtState.OPEN or submission.state not in DECIDABLE:
        raise DoubtNotInState(doubt=doubt_id, state=DoubtState(doubt.state).label, wanted="确认；先撤销原来的决定")
    if not reason.strip():
        raise ReasonMissing(what="存疑确认")
    if not actor.strip():
        raise PersonMissing(role="决定人")
    if subject_id is not None and subject_id not in subject_kinds(subject_ids=[subject_id]):
        raise NotACandidate(subject=subject_id)
    publishes = subject_id is not None and submission.state == SubmissionState.PUBLISHED
    if publishes and not confirmed_by.strip():
        raise PersonMissing(role="复核人")
    if actor == confirmed_by:
        raise SamePerson(first="决定人", second="复核人", person=actor)
    doubt.state, doubt.subject_id = wanted, subject_id
    DoubtDecision.objects.create(
        doubt=doubt,
        action=DoubtDecision.Action.REJECT if subject_id is None else DoubtDecision.Action.DECIDE,
        subject_id=subject_id,
        reason=reason,
        actor=actor,
        confirmed_by=confirmed_by,
        at=now,
    )
    if publishes:
        _publish(doubt, actor=confirmed_by, at=now)
    doubt.save(update_fields=["state", "subject_id", "record_id"])
    _count(submission, delta=-1)
    event_add(submission, action="doubt_decided", actor=actor, at=now, note=reason, doubt=doubt.pk, decision=doubt.state)
    action = DoubtDecision.Action.REJECT if subject_id is None else DoubtDecision.Action.DECIDE
    doubt_tell(doubt, action, actor=confirmed_by or actor, at=now, proposed_by=actor)
    return doubt


@transaction.atomic
def doubt_undo(*, doubt_id: int, actor: str, reason: str, now: datetime) -> Doubt:
    """Undo a decision (撤销确认): the doubt is open again; a record made from it is withdrawn at once, history stays.

    Raises:
        DoubtNotFound, DoubtNotInState: nothing to undo.
        ReasonMissing: not said why.
    """
    doubt = doubt_locked(doubt_id)
    if doubt.state == DoubtState.OPEN:
        return doubt
    if doubt.state == DoubtState.LAPSED or doubt.sealed_row is None:
        raise DoubtNotInState(doubt=doubt_id, state=DoubtState(doubt.state).label, wanted="撤销：来文该行已随原件销毁")
    if not reason.strip():
        raise ReasonMissing(what="撤销存疑确认")
    decided = doubt.decisions.last()
    if doubt.record_id is not None:
        mark_add(
            record_id=doubt.record_id,
            event=Event.WITHDRAWN,
            event_date=now.astimezone(CHINA).date(),
            ground=f"撤销主体确认：{reason}",
            actor=actor,
            now=now,
        )
    DoubtDecision.objects.create(
        doubt=doubt,
        action=DoubtDecision.Action.UNDO,
        subject_id=doubt.subject_id,
        reason=reason,
        actor=actor,
        at=now,
    )
    doubt.state, doubt.subject_id, doubt.record_id = DoubtState.OPEN, None, None
    doubt.save(update_fields=["state", "subject_id", "record_id"])
    _count(doubt.submission, delta=1)
    event_add(doubt.submission, action="doubt_undone", actor=actor, at=now, note=reason, doubt=doubt.pk)
    proposed_by = "" if decided is None else decided.actor
    doubt_tell(doubt, DoubtDecision.Action.UNDO, actor=actor, at=now, proposed_by=proposed_by)
    return doubt


def _count(submission: Submission, *, delta: int) -> None:
    submission.counts = submission.counts | {"doubtful": max(0, submission.counts.get("doubtful", 0) + delta)}
    submission.save(update_fields=["counts"])


def _publish(doubt: Doubt, *, actor: str, at: datetime) -> None:
    submission, subject_id = doubt.submission, doubt.subject_id
    row = row_opened(doubt, key=submission_key(submission=submission))
    table = pl.DataFrame([row]).with_columns(pl.col("_row").cast(pl.Int64))
    rows = pl.DataFrame(
        {
            "_sheet": [doubt.sheet],
            "_row": [doubt.row],
            "subject_id": [subject_id],
            "is_sole_trader": [subject_id in sole_traders(subject_ids=[subject_id] if subject_id else [])],
            "is_not_shown": [doubt.is_not_shown],
            "decision_date": [doubt.decision_date],
            "how": ["DECIDED"],
        },
        schema_overrides={"decision_date": pl.Date},
    )
    published = drafts_publish(
        submission, catalogue=catalogue_of(submission), rows=rows, batches=lambda: [table], at=at, actor=actor
    )
    row_outcomes_copy(submission, published.rows)
    outcome = RowOutcome(published.rows["outcome"][0])
    doubt.record_id = UUID(published.rows["record_id"][0])
    name = outcome.value.lower()
    submission.counts = submission.counts | {name: submission.counts.get(name, 0) + 1}
