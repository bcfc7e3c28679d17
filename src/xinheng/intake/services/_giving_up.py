"""Giving a submission up while a step works at it (放弃): the wish is noted beside it, and the next step does not begin."""

from datetime import datetime

from xinheng.intake.models import ABANDONABLE, GivingUp, Submission, SubmissionState
from xinheng.intake.services._state import state_move


def given_up(submission: Submission, *, at: datetime) -> bool:
    """Withdraw the locked submission where somebody wished it; return whether it is so.

    What two persons certified is not given up by one of them.
    """
    if submission.state not in ABANDONABLE:
        return False
    wish = GivingUp.objects.filter(submission=submission).first()
    if wish is None:
        return False
    submission.counts = submission.counts | {"withdrawn": 0}
    state_move(submission, to=SubmissionState.WITHDRAWN, actor=wish.actor, at=at, note=wish.reason)
    return True
