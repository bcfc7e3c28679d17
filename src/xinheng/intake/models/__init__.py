"""Tables of intake."""

from xinheng.intake.models.desk import WAIVABLE, RecordDraft, Waiver
from xinheng.intake.models.submissions import (
    ABANDONABLE,
    DECIDABLE,
    REVIEWED,
    UNFINISHED,
    Doubt,
    DoubtDecision,
    DoubtState,
    NumberCounter,
    ReturnedRow,
    RowOutcome,
    Submission,
    SubmissionEvent,
    SubmissionFinding,
    SubmissionOriginal,
    SubmissionRow,
    SubmissionState,
)

__all__ = [
    "ABANDONABLE",
    "DECIDABLE",
    "REVIEWED",
    "UNFINISHED",
    "WAIVABLE",
    "Doubt",
    "DoubtDecision",
    "DoubtState",
    "NumberCounter",
    "RecordDraft",
    "ReturnedRow",
    "RowOutcome",
    "Submission",
    "SubmissionEvent",
    "SubmissionFinding",
    "SubmissionOriginal",
    "SubmissionRow",
    "SubmissionState",
    "Waiver",
]
