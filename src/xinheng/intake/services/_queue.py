"""Putting the steps of a submission into the queue."""

from typing import Final

from xinheng.adapters.jobs import job_defer

ADVANCE: Final = "intake.submission_advance"


WORKBOOK: Final = "intake.workbook_make"


def workbook_defer(*, order_id: int, number: str) -> None:
    """Let a worker make an ordered workbook, in the caller's transaction; one at a time of one submission."""
    job_defer(task=WORKBOOK, lock=f"workbook:{number}", order_id=order_id)


def advance_defer(*, number: str) -> None:
    """Let a worker take the submission through its steps, in the caller's transaction; one at a time of one submission."""
    job_defer(task=ADVANCE, lock=f"submission:{number}", number=number)
