"""What a person can do with a submission now: by the roles held in its organ, and by where it is."""

from collections.abc import Mapping
from typing import Final

from xinheng.accounts.domain import Actor, Role
from xinheng.intake.errors import SubmissionNotFound
from xinheng.intake.models import Amendment, Submission, SubmissionState
from xinheng.intake.selectors import WITH_CLERK, clerks_of, has_rows_for_review, submission_visible_to
from xinheng.workbench.domain import Act

WORKING: Final = (SubmissionState.RECEIVED, SubmissionState.LANDED, SubmissionState.CHECKED, SubmissionState.CERTIFIED)
"""States that a job takes on; the page looks again by itself."""

ROLES: Final[Mapping[Act, Role]] = {
    Act.SUBMIT: Role.CLERK,
    Act.CERTIFY: Role.REVIEWER,
    Act.RETURN: Role.REVIEWER,
    Act.UNLOCK: Role.CLERK,
    Act.WITHDRAW: Role.REVIEWER,
    Act.GIVE_UP: Role.CLERK,
    Act.AMEND: Role.CLERK,
    Act.RECHECK: Role.CLERK,
}
"""Whose act it is, in the submission's own organ."""

_STATES: Final[Mapping[Act, tuple[SubmissionState, ...]]] = {
    Act.SUBMIT: WITH_CLERK,
    Act.CERTIFY: (SubmissionState.SUBMITTED,),
    Act.RETURN: (SubmissionState.SUBMITTED,),
    Act.UNLOCK: (SubmissionState.SUBMITTED,),
    Act.WITHDRAW: (SubmissionState.PUBLISHED,),
    Act.GIVE_UP: (SubmissionState.RECEIVED, SubmissionState.LANDED, SubmissionState.CHECKED, *WITH_CLERK),
    Act.AMEND: WITH_CLERK,
    Act.RECHECK: WITH_CLERK,
}


def may(actor: Actor, act: Act, submission: Submission) -> bool:
    """Return whether the act is this person's in the submission's organ and item, whatever its state."""
    return actor.may(ROLES[act], organ_code=submission.organ_code, item_id=submission.item_id)


def acts_of(*, actor: Actor, submission: Submission) -> frozenset[Act]:
    """Return what this person can do now. Three queries at most."""
    mine = {act for act in Act if may(actor, act, submission) and submission.state in _STATES[act]}
    if Act.SUBMIT in mine and not has_rows_for_review(submission):
        mine.discard(Act.SUBMIT)
    if Act.RECHECK in mine and not Amendment.objects.filter(submission=submission).exists():
        mine.discard(Act.RECHECK)
    if mine & {Act.CERTIFY, Act.RETURN} and actor.login_name in clerks_of(submission):
        mine.discard(Act.CERTIFY)
    return frozenset(mine)


def submission_for(*, actor: Actor, number: str, act: Act) -> Submission:
    """Return the submission for an act of this person's. Whether its state allows the act the service says.

    Raises:
        SubmissionNotFound: there is none, or not for this person, or the act is not this person's there.
    """
    submission = submission_visible_to(actor=actor, number=number)
    if not may(actor, act, submission):
        raise SubmissionNotFound(number=number)
    return submission
