"""Take a submission through its steps (推进): each is one transaction, repeatable, and ends in exactly one next state."""

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from xinheng.adapters.memory import memory_return
from xinheng.intake.models import REVIEWED, Submission, SubmissionState
from xinheng.intake.selectors import submission_get
from xinheng.intake.services._artefacts import artefacts_remove
from xinheng.intake.services._giving_up import given_up
from xinheng.intake.services._leftovers import KEEPS_ARTEFACTS, leftovers_remove
from xinheng.intake.services._progress import StepStopped, step_stop_seen, step_told
from xinheng.intake.services._state import submission_locked
from xinheng.intake.services.step_check import step_check
from xinheng.intake.services.step_land import step_land
from xinheng.intake.services.step_match import step_match
from xinheng.intake.services.step_publish import step_publish
from xinheng.kernel.personal import mask_personal_numbers

_log = logging.getLogger(__name__)
_PROBLEM_CHARACTERS = 200

Step = Callable[..., None]
_STEPS: Mapping[str, Step] = {
    SubmissionState.RECEIVED: step_land,
    SubmissionState.LANDED: step_check,
    SubmissionState.CHECKED: step_match,
    SubmissionState.CERTIFIED: step_publish,
}


def submission_advance(*, number: str, actor: str, now: datetime) -> Submission:
    """Run every step that needs no person, until one does or the submission is finished; return it as it then is.

    Where somebody wants it given up (``submission_give_up``) a step ends at the next rows it counts, with nothing done, and
    no other begins.

    Safe to repeat and to run twice at once: a step holds the submission's row lock, does its work, writes its files
    whole or not at all and changes the state in one transaction. Killed anywhere, the next call starts that step again.

    Raises:
        SubmissionNotFound: no submission has this number.
    """
    while True:
        try:
            with transaction.atomic():
                submission = submission_locked(number)
                step = None if given_up(submission, at=now) else _STEPS.get(submission.state)
                if step is not None:
                    with step_told(submission):
                        step(submission, actor=actor, at=now)
                    memory_return()
        except StepStopped:
            step_stop_seen(number)
            continue
        if step is None:
            break
    if submission.state not in KEEPS_ARTEFACTS:
        artefacts_remove(number)
    return submission


def submission_advance_as_its_own(*, number: str, now: datetime) -> Submission:
    """Advance in the name of whoever moved the submission last: its clerk before the certification, then its reviewer.

    Raises:
        SubmissionNotFound: no submission has this number.
    """
    submission = submission_get(number=number)
    actor = submission.reviewer if submission.state in REVIEWED else submission.clerk
    return submission_advance(number=number, actor=actor, now=now)


@dataclass(frozen=True, slots=True, kw_only=True)
class Resumed:
    """One submission that was taken up again: its state now, and what stopped it once more, if anything did."""

    number: str
    state: SubmissionState
    problem: str = ""


def submissions_resume(*, actor: str, now: datetime) -> list[Resumed]:
    """Advance every submission that a stopped process left between two states.

    One that fails again stays in the state it was in and is told; the others go on. What a process killed after its last
    commit left in the files goes too.
    """
    waiting = Submission.objects.filter(state__in=list(_STEPS)).order_by("id").values_list("number", flat=True)
    resumed = []
    for number in list(waiting):
        problem = ""
        try:
            submission_advance(number=number, actor=actor, now=now)
        except Exception as error:  # noqa: BLE001 - one that fails must not stop the others; it is logged and told
            _log.exception("submission %s stopped again", number)
            problem = f"{type(error).__name__}：{mask_personal_numbers(str(error))[:_PROBLEM_CHARACTERS]}"
        state = SubmissionState(Submission.objects.values_list("state", flat=True).get(number=number))
        resumed.append(Resumed(number=number, state=state, problem=problem))
    leftovers_remove()
    return resumed
