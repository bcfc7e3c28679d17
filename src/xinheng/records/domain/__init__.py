"""What a record is and how it changes: no Django, no clock, no database."""

from xinheng.records.domain.drafts import DRAFT_COLUMNS, Outcome, PublishResult, RecordDraft, ReportBatch
from xinheng.records.domain.history import RecordEvent, RecordState, apply, fold, validity
from xinheng.records.domain.values import (
    DATED_MARKS,
    EVENT_LABELS,
    MARK_EVENTS,
    PERSON_KEY_PURPOSE,
    REPORT_EVENTS,
    TAKES_DOWN,
    Event,
)

__all__ = [
    "DATED_MARKS",
    "DRAFT_COLUMNS",
    "EVENT_LABELS",
    "MARK_EVENTS",
    "PERSON_KEY_PURPOSE",
    "REPORT_EVENTS",
    "TAKES_DOWN",
    "Event",
    "Outcome",
    "PublishResult",
    "RecordDraft",
    "RecordEvent",
    "RecordState",
    "ReportBatch",
    "apply",
    "fold",
    "validity",
]
