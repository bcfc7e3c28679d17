"""What intake does (归集): receive, read, check, match, submit, certify, publish, return, withdraw, decide doubts."""

from xinheng.intake.services.advance import Resumed, submission_advance, submissions_resume
from xinheng.intake.services.columns_read import columns_read
from xinheng.intake.services.doubt_decide import doubt_decide, doubt_undo
from xinheng.intake.services.file_check import FileCheck, file_check
from xinheng.intake.services.load import LoadResult, submission_load
from xinheng.intake.services.originals import PurgeReport, original_read, originals_purge
from xinheng.intake.services.receipt import Receipt, receipt_of, receipt_text
from xinheng.intake.services.receive import Declarations, submission_receive
from xinheng.intake.services.returned_workbook import returned_workbook_write
from xinheng.intake.services.submit import (
    submission_certify,
    submission_return,
    submission_submit,
    submission_withdraw,
)

__all__ = [
    "Declarations",
    "FileCheck",
    "LoadResult",
    "PurgeReport",
    "Receipt",
    "Resumed",
    "columns_read",
    "doubt_decide",
    "doubt_undo",
    "file_check",
    "original_read",
    "originals_purge",
    "receipt_of",
    "receipt_text",
    "returned_workbook_write",
    "submission_advance",
    "submission_certify",
    "submission_load",
    "submission_receive",
    "submission_return",
    "submission_submit",
    "submission_withdraw",
    "submissions_resume",
]
