"""Moving a submission from one state to the next, with its line in the time-line: shared by the services here."""

from datetime import datetime
from typing import Any

from xinheng.audit import services as audit
from xinheng.intake.errors import SubmissionNotFound
from xinheng.intake.models import Submission, SubmissionEvent, SubmissionState
from xinheng.intake.services._telling import move_tell


def submission_locked(number: str) -> Submission:
    """Return the submission, locked until the transaction ends.

    Raises:
        SubmissionNotFound: no submission has this number.
    """
    try:
        return Submission.objects.select_for_update(of=("self",)).get(number=number)
    except Submission.DoesNotExist:
        raise SubmissionNotFound(number=number) from None


def event_add(
    submission: Submission,
    *,
    action: str,
    actor: str,
    at: datetime,
    from_state: str = "",
    note: str = "",
    **facts: Any,
) -> None:
    """Add one line to the submission's time-line and one event to the audit log; ``facts`` hold no personal values."""
    SubmissionEvent.objects.create(
        submission=submission,
        at=at,
        actor=actor,
        action=action,
        from_state=from_state,
        to_state=submission.state,
        note=note,
        facts=facts,
    )
    audit.event_record(
        action=f"intake.submission.{action}",
        actor=actor,
        target=("submission", submission.number),
        at=at,
        note=note,
        **facts,
    )


def state_move(submission: Submission, *, to: SubmissionState, actor: str, at: datetime, note: str = "", **facts: Any) -> None:
    """Save the submission in its next state, say so in the time-line and tell those whom it concerns.

    The database refuses illegal transitions.
    """
    before = submission.state
    submission.state = to
    submission.save()
    event_add(submission, action=to.value.lower(), actor=actor, at=at, from_state=before, note=note, **facts)
    move_tell(submission, before=before, actor=actor, at=at)
