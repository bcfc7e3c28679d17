"""The decisions of persons: submit for review, certify, return, withdraw (提交、收回、确认、退回、撤回)."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from xinheng.adapters.clock import CHINA
from xinheng.adapters.database import statements_unbounded
from xinheng.catalogue.domain import ItemKind
from xinheng.intake.errors import (
    NotExplained,
    PersonMissing,
    ReasonMissing,
    ReviewedByClerk,
    SamePerson,
    SubmissionNotInState,
)
from xinheng.intake.models import DoubtDecision, DoubtState, Submission, SubmissionState
from xinheng.intake.selectors import clerks_of, doubts_decided, has_rows_for_review, rules_unexplained
from xinheng.intake.services._artefacts import artefacts_remove
from xinheng.intake.services._law import catalogue_of
from xinheng.intake.services._queue import advance_defer
from xinheng.intake.services._state import state_move, submission_locked
from xinheng.intake.services._targets import CORRECTION
from xinheng.intake.services.advance import submission_advance
from xinheng.records import services as records
from xinheng.records.domain import Event
from xinheng.records.selectors import versions_since
from xinheng.tlog.services import publishing_require


@transaction.atomic
def submission_submit(*, number: str, clerk: str, now: datetime, explained: bool = False) -> Submission:
    """Submit what can go on for review (提交审核) and lock it. Does nothing where that was done before.

    With ``explained`` every rule that asks for an explanation must have one (:func:`findings_explain`). Rows to be mended and undecided doubts stay behind: the first come back mended in a new file, the second are
    published one by one once decided.

    Raises:
        SubmissionNotFound: no such submission.
        SubmissionNotInState: it is not checked yet, or finished.
        PersonMissing: no clerk is named.
        NotExplained: a rule still waits for its explanation.
    """
    submission = submission_locked(number)
    if submission.state in (SubmissionState.SUBMITTED, SubmissionState.CERTIFIED, SubmissionState.PUBLISHED):
        return submission
    if submission.state not in (SubmissionState.MATCHED, SubmissionState.RETURNED) or not has_rows_for_review(submission):
        raise _not_in_state(submission, wanted="提交审核", next_step="没有可以提交的行；改好标记表后重新报送整份文件。")
    _named(clerk, role="经办人")
    waiting = rules_unexplained(submission) if explained else ()
    if waiting:
        raise NotExplained(count=len(waiting), rules="、".join(waiting))
    submission.submitted_at = now
    accepted = submission.counts.get("accepted", 0) + doubts_decided(submission)
    state_move(submission, to=SubmissionState.SUBMITTED, actor=clerk, at=now, accepted=accepted)
    return submission


def submission_certify(*, number: str, reviewer: str, now: datetime, publish_later: bool = False) -> Submission:
    """Certify (确认) a submitted batch and publish it. A second call by anybody changes nothing.

    The certification is one transaction, the publication the next: killed between them, ``submission_advance``
    publishes what was certified. With ``publish_later`` a job publishes it, put into the queue with the certification.

    Raises:
        SubmissionNotFound, SubmissionNotInState: there is nothing to certify.
        SamePerson: the reviewer is the clerk (the database refuses it too), or decided whose a doubtful row of it is.
        ReviewedByClerk: the reviewer received, amended, explained or submitted it or what it was amended from.
        PublishingStopped, LogBehind: nothing may be published now; revocations, repairs and removals may.
    """
    with transaction.atomic():
        submission = submission_locked(number)
        if submission.state not in (SubmissionState.CERTIFIED, SubmissionState.PUBLISHED):
            if submission.state != SubmissionState.SUBMITTED:
                raise _not_in_state(submission, wanted="确认", next_step="经办人提交审核后才能确认。")
            _named(reviewer, role="审核人")
            if reviewer == submission.clerk:
                raise SamePerson(first="经办人", second="审核人", person=reviewer)
            if _decided_by(submission, reviewer):
                raise SamePerson(first="存疑确认人", second="审核人", person=reviewer)
            if reviewer in clerks_of(submission):
                raise ReviewedByClerk(number=number)
            if _shows_more(submission):
                publishing_require()
            submission.reviewer, submission.certified_at = reviewer, now
            state_move(submission, to=SubmissionState.CERTIFIED, actor=reviewer, at=now)
            if publish_later:
                advance_defer(number=number)
    if publish_later:
        return submission
    return submission_advance(number=number, actor=reviewer, now=now)


def _shows_more(submission: Submission) -> bool:
    """Return whether publishing the batch would show something that was not shown: every kind but acts that take down."""
    item = catalogue_of(submission).item(submission.item_id)
    return item.kind is not ItemKind.ACT or item.id == CORRECTION


@transaction.atomic
def submission_return(*, number: str, reviewer: str, reason: str, now: datetime) -> Submission:
    """Return a submitted batch to its clerk (退回经办人) with the reason.

    Raises:
        SubmissionNotFound, SubmissionNotInState, ReasonMissing: nothing to return, or not said why.
    """
    submission = submission_locked(number)
    if submission.state == SubmissionState.RETURNED:
        return submission
    if submission.state != SubmissionState.SUBMITTED:
        raise _not_in_state(submission, wanted="退回", next_step="已入库的批次请整批撤回。")
    if not reason.strip():
        raise ReasonMissing(what="退回经办人")
    state_move(submission, to=SubmissionState.RETURNED, actor=reviewer, at=now, note=reason)
    return submission


@transaction.atomic
def submission_unlock(*, number: str, actor: str, reason: str, now: datetime) -> Submission:
    """Take a submitted batch back to its clerk (收回修改) before it is certified, with the reason. Repeating changes nothing.

    Raises:
        SubmissionNotFound, SubmissionNotInState, ReasonMissing: nothing to take back, or not said why.
    """
    submission = submission_locked(number)
    if submission.state == SubmissionState.MATCHED:
        return submission
    if submission.state != SubmissionState.SUBMITTED:
        raise _not_in_state(submission, wanted="收回修改", next_step="只有等待审核的批次可以收回；已入库的请整批撤回。")
    if not reason.strip():
        raise ReasonMissing(what="收回修改")
    submission.submitted_at = None
    state_move(submission, to=SubmissionState.MATCHED, actor=actor, at=now, note=reason)
    return submission


def submission_withdraw(*, number: str, actor: str, reason: str, now: datetime) -> Submission:
    """Withdraw a whole submission (整批撤回): at once out of every door, in one transaction. Repeating changes nothing.

    Records whose newest content it brought, new or corrected, are withdrawn whole (ADR 0016); of an act exactly the marks
    are taken back that it set itself. Sent again, the same file puts the records back.

    Raises:
        SubmissionNotFound, SubmissionNotInState, ReasonMissing: nothing to withdraw, or not said why.
    """
    with transaction.atomic():
        statements_unbounded()
        submission = submission_locked(number)
        if submission.state == SubmissionState.WITHDRAWN:
            return submission
        if submission.state in (SubmissionState.REFUSED, SubmissionState.SUPERSEDED):
            raise _not_in_state(submission, wanted="撤回", next_step="它没有记录在库里。")
        if not reason.strip():
            raise ReasonMissing(what="整批撤回")
        withdrawn = 0
        if submission.state == SubmissionState.PUBLISHED:
            withdrawn = _records_withdraw(submission, actor=actor, reason=reason, now=now)
        submission.counts = submission.counts | {"withdrawn": withdrawn}
        state_move(submission, to=SubmissionState.WITHDRAWN, actor=actor, at=now, note=reason, withdrawn=withdrawn)
    artefacts_remove(number)
    return submission


def _records_withdraw(submission: Submission, *, actor: str, reason: str, now: datetime) -> int:
    today = now.astimezone(CHINA).date()
    ground = f"{reason}（整批撤回{submission.number}）"
    item = catalogue_of(submission).item(submission.item_id)
    if item.kind is not ItemKind.ACT or item.id == CORRECTION:
        return records.submission_withdraw(
            submission_id=submission.number, event_date=today, ground=ground, actor=actor, now=now
        ).marked
    return sum(
        records.marks_add(
            record_ids=marked,
            event=Event.REINSTATED,
            takes_back=mark,
            event_date=today,
            ground=ground,
            actor=actor,
            now=now,
        ).marked
        for mark, marked in _marks_set(submission).items()
    )


def _marks_set(submission: Submission) -> dict[Event, list[UUID]]:
    """Return the marks that an act really set, with their records: a record that had the mark before is not among them."""
    if submission.first_seq is None or submission.last_seq is None:
        return {}
    versions = versions_since(cursor=submission.first_seq - 1, until=submission.last_seq)
    marks: dict[Event, list[UUID]] = {}
    for event, record_id in versions.values_list("event", "record_id"):
        marks.setdefault(Event(event), []).append(record_id)
    return marks


def _decided_by(submission: Submission, person: str) -> bool:
    """Return whether the person decided a doubt that goes into the records with this certification."""
    decided = DoubtDecision.objects.filter(doubt__submission=submission, doubt__state=DoubtState.DECIDED)
    return decided.filter(action=DoubtDecision.Action.DECIDE, actor=person).exists()


def _named(person: str, *, role: str) -> None:
    if not person.strip():
        raise PersonMissing(role=role)


def _not_in_state(submission: Submission, *, wanted: str, next_step: str) -> SubmissionNotInState:
    return SubmissionNotInState(
        number=submission.number,
        state=SubmissionState(submission.state).label,
        wanted=wanted,
        next=next_step,
    )
