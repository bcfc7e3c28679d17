"""What is only done while the clerk has a submission: checked or returned, not submitted."""

from xinheng.intake.errors import SubmissionNotInState
from xinheng.intake.models import Submission, SubmissionState
from xinheng.intake.selectors import WITH_CLERK


def refuse_unless_with_clerk(submission: Submission, *, wanted: str) -> None:
    """Refuse what is only done while the clerk has the submission.

    Raises:
        SubmissionNotInState: it is being checked, under review or over.
    """
    if submission.state not in WITH_CLERK:
        raise SubmissionNotInState(
            number=submission.number,
            state=SubmissionState(submission.state).label,
            wanted=wanted,
            next="检查完成、还没有提交审核的批次才能改；已提交的请先收回。",
        )
