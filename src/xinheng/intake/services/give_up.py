"""Give a submission up while it is read and checked (放弃): at once, or before its next step."""

from datetime import datetime

from django.db import OperationalError, transaction

from xinheng.intake.errors import ReasonMissing, SubmissionNotInState
from xinheng.intake.models import ABANDONABLE, GivingUp, Submission, SubmissionState
from xinheng.intake.selectors import submission_get
from xinheng.intake.services._artefacts import artefacts_remove
from xinheng.intake.services._giving_up import given_up
from xinheng.intake.services._progress import step_stop
from xinheng.intake.services._queue import advance_defer


def submission_give_up(*, number: str, actor: str, reason: str, now: datetime) -> Submission:
    """Give it up and return it: withdrawn already, or about to be where a step has it in hand. Repeating changes nothing.

    Nobody waits for the step: the wish is stored beside the submission, the step ends at the next rows it counts, and a job
    sees to the rest.

    Raises:
        SubmissionNotFound, SubmissionNotInState, ReasonMissing: there is nothing to give up, or not said why.
    """
    submission = submission_get(number=number)
    if submission.state == SubmissionState.WITHDRAWN:
        return submission
    if submission.state not in ABANDONABLE:
        raise SubmissionNotInState(
            number=number,
            state=SubmissionState(submission.state).label,
            wanted="放弃",
            next="已经入库的批次请由审核人整批撤回。",
        )
    if not reason.strip():
        raise ReasonMissing(what="放弃批次")
    with transaction.atomic():
        wish = {"actor": actor, "reason": reason, "at": now}
        _, is_new = GivingUp.objects.get_or_create(submission=submission, defaults=wish)
        if is_new:
            advance_defer(number=number)
            transaction.on_commit(lambda: step_stop(number))
    try:
        with transaction.atomic():
            submission = Submission.objects.select_for_update(of=("self",), nowait=True).get(pk=submission.pk)
            given_up(submission, at=now)
    except OperationalError as error:
        if "could not obtain lock" not in str(error):
            raise
        return submission
    artefacts_remove(number)
    return submission
