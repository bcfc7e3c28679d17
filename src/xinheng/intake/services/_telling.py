"""Who is told when a submission moves: its clerk, or the reviewers of its organ. In the transaction of the move."""

from datetime import date, datetime
from typing import Final

from xinheng.accounts.domain import Role
from xinheng.accounts.selectors import account_ids_of, accounts_holding
from xinheng.adapters.clock import CHINA
from xinheng.intake.models import Submission, SubmissionState
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
