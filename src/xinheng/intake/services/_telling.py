"""Who is told when a submission, a doubt or a waiver moves: whom it concerns. In the transaction of the move."""

from datetime import date, datetime
from typing import Final

from xinheng.accounts.domain import Role
from xinheng.accounts.selectors import account_ids_of, accounts_holding, officers_on_duty
from xinheng.adapters.clock import CHINA
from xinheng.intake.models import Doubt, DoubtDecision, Submission, SubmissionState, Waiver
from xinheng.notices.domain import NoticeKind
from xinheng.notices.services import notices_send

_TO_CLERK: Final = {
    SubmissionState.MATCHED: NoticeKind.CHECKED,
    SubmissionState.REFUSED: NoticeKind.REFUSED,
    SubmissionState.RETURNED: NoticeKind.RETURNED,
    SubmissionState.PUBLISHED: NoticeKind.PUBLISHED,
    SubmissionState.WITHDRAWN: NoticeKind.WITHDRAWN,
}
_ENDS_WAITING: Final = {SubmissionState.MATCHED: NoticeKind.UNLOCKED, SubmissionState.WITHDRAWN: NoticeKind.WITHDRAWN}
_BY_ITSELF: Final = frozenset({SubmissionState.RECEIVED, SubmissionState.LANDED, SubmissionState.CHECKED})
"""From these a submission moves without a person: its clerk is told though the job works in the clerk's name."""

_HAS_DUE: Final = frozenset({SubmissionState.MATCHED, SubmissionState.RETURNED, SubmissionState.PUBLISHED})

_Action = DoubtDecision.Action
_DOUBTS: Final = {
    _Action.DECIDE: NoticeKind.DOUBT_DECIDED,
    _Action.REJECT: NoticeKind.DOUBT_REJECTED,
    _Action.UNDO: NoticeKind.DOUBT_UNDONE,
    _Action.DECLINE: NoticeKind.DOUBT_DECLINED,
}
_WAIVERS: Final = {
    Waiver.Decision.APPROVED: NoticeKind.WAIVER_APPROVED,
    Waiver.Decision.REFUSED: NoticeKind.WAIVER_REFUSED,
    Waiver.Decision.REVOKED: NoticeKind.WAIVER_REVOKED,
}


def move_tell(submission: Submission, *, before: str, actor: str, at: datetime) -> None:
    """Tell those whom a move concerns. Who did it is not told, nobody outside ``accounts`` can be."""
    state = SubmissionState(submission.state)
    kind = _TO_CLERK.get(state)
    is_told = submission.clerk != actor or before in _BY_ITSELF
    # A file of which nothing can go on is returned in the moment in which it is checked: told once.
    if kind is not None and is_told and (before, state) != (SubmissionState.MATCHED, SubmissionState.RETURNED):
        _send(submission, submission.clerk, kind, at=at, due=due_of(submission))
    if state == SubmissionState.SUBMITTED:
        _reviewers_tell(submission, NoticeKind.SUBMITTED, actor=actor, at=at)
    elif before == SubmissionState.SUBMITTED and state in _ENDS_WAITING:
        _reviewers_tell(submission, _ENDS_WAITING[state], actor=actor, at=at)
    elif before == SubmissionState.PUBLISHED and submission.reviewer != actor:
        _send(submission, submission.reviewer, NoticeKind.WITHDRAWN, at=at, due=None)


def due_of(submission: Submission) -> date | None:
    """Return the nearest day by which rows that stay behind must be reported again, ``None`` where there is none."""
    if submission.state not in _HAS_DUE:
        return None
    text = submission.counts.get("mend_by", "")
    return date.fromisoformat(text) if text else None


def _send(submission: Submission, login_name: str, kind: NoticeKind, *, at: datetime, due: date | None) -> None:
    ids = account_ids_of(login_names=[login_name])
    notices_send(account_ids=ids, kind=kind, number=submission.number, now=at, due=due)


def _reviewers_tell(submission: Submission, kind: NoticeKind, *, actor: str, at: datetime) -> None:
    day = at.astimezone(CHINA).date()
    holders = accounts_holding(role=Role.REVIEWER, organ_code=submission.organ_code, on_date=day)
    ids = holders.exclude(login_name__in=[actor, submission.clerk]).values_list("pk", flat=True)
    notices_send(account_ids=ids, kind=kind, number=submission.number, now=at)


def doubt_tell(doubt: Doubt, action: str, *, actor: str, at: datetime, proposed_by: str = "") -> None:
    """Tell whom a decision about a doubt concerns: its clerk and its proposer; of a proposal those who may confirm it.

    One notice of a kind for a batch until it is looked at: a batch may have many doubts.
    """
    submission = doubt.submission
    if action == _Action.PROPOSE:
        day = at.astimezone(CHINA).date()
        reviewers = accounts_holding(role=Role.REVIEWER, organ_code=submission.organ_code, on_date=day)
        ids = list(reviewers.exclude(login_name=actor).values_list("pk", flat=True))
        if not ids:  # nobody else in the organ: the credit office confirms it
            ids = list(officers_on_duty(on_date=day).exclude(login_name=actor).values_list("pk", flat=True))
        kind = NoticeKind.DOUBT_PROPOSED
    else:
        ids = account_ids_of(login_names={submission.clerk, proposed_by} - {actor})
        kind = _DOUBTS[_Action(action)]
    notices_send(account_ids=ids, kind=kind, number=submission.number, now=at, until_read=True)


def waiver_tell(waiver: Waiver, *, actor: str, at: datetime) -> None:
    """Tell the credit office that a waiver is asked for, or who asked what was decided about it."""
    if not waiver.decision:
        officers = officers_on_duty(on_date=at.astimezone(CHINA).date()).exclude(login_name=actor)
        ids, kind = list(officers.values_list("pk", flat=True)), NoticeKind.WAIVER_ASKED
    else:
        ids, kind = account_ids_of(login_names=[waiver.asked_by]), _WAIVERS[Waiver.Decision(waiver.decision)]
    notices_send(account_ids=ids, kind=kind, number=str(waiver.pk), now=at)
