"""Everything that writes records: publication of reported rows, marks, sealing, rebuilding."""

from xinheng.records.services.marks import (
    MarkResult,
    mark_add,
    marks_add,
    record_dispute,
    record_hold,
    record_move,
    record_release,
    record_undispute,
    submission_withdraw,
)
from xinheng.records.services.projection import current_rebuild
from xinheng.records.services.publish import drafts_table, publication_lock, versions_publish
from xinheng.records.services.sealing import person_fields_destroy, person_fields_destroy_due, person_fields_open

__all__ = [
    "MarkResult",
    "current_rebuild",
    "drafts_table",
    "mark_add",
    "marks_add",
    "person_fields_destroy",
    "person_fields_destroy_due",
    "person_fields_open",
    "publication_lock",
    "record_dispute",
    "record_hold",
    "record_move",
    "record_release",
    "record_undispute",
    "submission_withdraw",
    "versions_publish",
]
