"""What any door may say about a record, and why: no Django, no clock."""

from xinheng.publicity.domain.flat import FlatTable
from xinheng.publicity.domain.marks import MarkFacts, marks_against
from xinheng.publicity.domain.plain import BULK_COLUMNS, record_bulk, record_bulk_plain, record_plain, source_plain
from xinheng.publicity.domain.public import (
    Correction,
    Decision,
    DisplayPage,
    Explanation,
    Place,
    Provenance,
    PublicField,
    PublicRecord,
    SourceState,
    SubjectDisplays,
)

__all__ = [
    "BULK_COLUMNS",
    "Correction",
    "Decision",
    "DisplayPage",
    "Explanation",
    "FlatTable",
    "MarkFacts",
    "Place",
    "Provenance",
    "PublicField",
    "PublicRecord",
    "SourceState",
    "SubjectDisplays",
    "marks_against",
    "record_bulk",
    "record_bulk_plain",
    "record_plain",
    "source_plain",
]
