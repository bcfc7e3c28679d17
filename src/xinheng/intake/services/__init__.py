"""What intake does (归集): receive, read, check, match, submit, certify, publish, return, withdraw, decide doubts."""

from xinheng.intake.services._artefacts import arrival_place
from xinheng.intake.services._progress import submission_progress
from xinheng.intake.services._queue import ADVANCE, WORKBOOK
from xinheng.intake.services.advance import (
    Resumed,
    submission_advance,
    submission_advance_as_its_own,
    submissions_resume,
)
from xinheng.intake.services.amend import cell_amend, findings_explain, row_cells, submission_recheck
from xinheng.intake.services.columns_read import columns_read
from xinheng.intake.services.doubt_decide import doubt_decide, doubt_undo
from xinheng.intake.services.doubt_propose import doubt_confirm, doubt_decline, doubt_propose
from xinheng.intake.services.drafts import draft_discard, draft_save, draft_values
from xinheng.intake.services.file_check import FileCheck, file_check
from xinheng.intake.services.give_up import submission_give_up
from xinheng.intake.services.load import LoadResult, submission_load
from xinheng.intake.services.originals import PurgeReport, original_erase, original_read, originals_purge
from xinheng.intake.services.practice import PracticeResult, practice_check
from xinheng.intake.services.receipt import Receipt, receipt_of, receipt_text
from xinheng.intake.services.receive import Declarations, submission_receive
from xinheng.intake.services.record_form import (
    FieldHelp,
    field_help,
    fields_asked,
    record_check,
    record_send,
    values_masked,
)
from xinheng.intake.services.record_read import RecordReport, record_read
from xinheng.intake.services.returned_workbook import findings_file_write, returned_workbook_write
from xinheng.intake.services.review import COMPARED_ROWS, LastBatch, Review, ReviewRow, review_of
from xinheng.intake.services.submit import (
    submission_certify,
    submission_return,
    submission_submit,
    submission_unlock,
    submission_withdraw,
)
from xinheng.intake.services.waivers import rules_waivable, waiver_ask, waiver_decide, waiver_revoke
from xinheng.intake.services.workbook_order import (
    MARKED_FINDINGS,
    workbook_ask,
    workbook_make,
    workbook_order_of,
    workbook_progress,
    workbook_read,
)

__all__ = [
    "ADVANCE",
    "COMPARED_ROWS",
    "MARKED_FINDINGS",
    "WORKBOOK",
    "Declarations",
    "FieldHelp",
    "FileCheck",
    "LastBatch",
    "LoadResult",
    "PracticeResult",
    "PurgeReport",
    "Receipt",
    "RecordReport",
    "Resumed",
    "Review",
    "ReviewRow",
    "arrival_place",
    "cell_amend",
    "columns_read",
    "doubt_confirm",
    "doubt_decide",
    "doubt_decline",
    "doubt_propose",
    "doubt_undo",
    "draft_discard",
    "draft_save",
    "draft_values",
    "field_help",
    "fields_asked",
    "file_check",
    "findings_explain",
    "findings_file_write",
    "original_erase",
    "original_read",
    "originals_purge",
    "practice_check",
    "receipt_of",
    "receipt_text",
    "record_check",
    "record_read",
    "record_send",
    "returned_workbook_write",
    "review_of",
    "row_cells",
    "rules_waivable",
    "submission_advance",
    "submission_advance_as_its_own",
    "submission_certify",
    "submission_give_up",
    "submission_load",
    "submission_progress",
    "submission_receive",
    "submission_recheck",
    "submission_return",
    "submission_submit",
    "submission_unlock",
    "submission_withdraw",
    "submissions_resume",
    "values_masked",
    "waiver_ask",
    "waiver_decide",
    "waiver_revoke",
    "workbook_ask",
    "workbook_make",
    "workbook_order_of",
    "workbook_progress",
    "workbook_read",
]
