"""Jobs of intake: the steps of a submission that need no person."""

from xinheng.adapters import clock
from xinheng.adapters.jobs import job
from xinheng.intake.services import ADVANCE, submission_advance_as_its_own


@job(name=ADVANCE)
def advance(*, number: str) -> None:
    """Take the submission through its steps. Run twice or killed in the middle, the outcome is one."""
    submission_advance_as_its_own(number=number, now=clock.now())
