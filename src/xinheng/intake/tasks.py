"""Jobs of intake: the steps of a submission that need no person, and marked workbooks."""

from xinheng.adapters import clock
from xinheng.adapters.jobs import job
from xinheng.intake.services import ADVANCE, WORKBOOK, submission_advance_as_its_own, workbook_make


@job(name=ADVANCE)
def advance(*, number: str) -> None:
    """Take the submission through its steps. Run twice or killed in the middle, the outcome is one."""
    submission_advance_as_its_own(number=number, now=clock.now())


@job(name=WORKBOOK)
def workbook(*, order_id: int) -> None:
    """Make a marked workbook. Run twice or killed in the middle, there is one."""
    workbook_make(order_id=order_id, now=clock.now())
