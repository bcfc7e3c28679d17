"""The whole journey of one file in one call, for the command line: receive, check, match, submit, certify, publish."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from xinheng.intake.models import SubmissionState
from xinheng.intake.services.advance import submission_advance
from xinheng.intake.services.receipt import Receipt, receipt_of
from xinheng.intake.services.receive import Declarations, submission_receive
from xinheng.intake.services.returned_workbook import returned_workbook_write
from xinheng.intake.services.submit import submission_certify, submission_submit
from xinheng.intake.workbooks import MarkedWorkbook


@dataclass(frozen=True, slots=True, kw_only=True)
class LoadResult:
    """The receipt, and the marked workbook where rows came back."""

    receipt: Receipt
    marked: MarkedWorkbook | None


def submission_load(
    *,
    path: Path,
    organ_code: str,
    clerk: str,
    reviewer: str,
    now: datetime,
    item_id: str | None = None,
    declarations: Declarations | None = None,
    supersedes: str | None = None,
    out_dir: Path | None = None,
) -> LoadResult:
    """Take a file from its arrival to its records, clerk and reviewer acting one after the other.

    Run again after a stop it goes on where it stopped; run again after the end every row is a duplicate. Where rows
    come back, the marked workbook is written into ``out_dir``.

    Raises:
        FileRefused: the file is no table at all; nothing is stored.
        OrganUnknown, PersonMissing, SamePerson, SubmissionInProgress: the declaration is not complete.
    """
    submission = submission_receive(
        path=path,
        organ_code=organ_code,
        clerk=clerk,
        reviewer=reviewer,
        item_id=item_id,
        declarations=declarations,
        supersedes=supersedes,
        now=now,
    )
    number = submission.number
    # What was certified before a stop is published as the reviewer's act, whoever starts it again.
    actor = reviewer if submission.state == SubmissionState.CERTIFIED else clerk
    submission = submission_advance(number=number, actor=actor, now=now)
    if submission.state == SubmissionState.MATCHED and submission.counts.get("accepted"):
        submission = submission_submit(number=number, clerk=clerk, now=now)
    if submission.state == SubmissionState.SUBMITTED:
        submission = submission_certify(number=number, reviewer=reviewer, now=now)
    marked = None
    if out_dir is not None and submission.state != SubmissionState.REFUSED:
        marked = returned_workbook_write(number=number, out_dir=out_dir)
    return LoadResult(receipt=receipt_of(number=number), marked=marked)
