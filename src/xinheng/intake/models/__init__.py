"""Tables of intake."""

from xinheng.intake.models.amendments import Amendment, Explanation, GivingUp
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
    PublishedSubmission,
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
    "Amendment",
    "Doubt",
    "DoubtDecision",
    "DoubtState",
    "Explanation",
    "GivingUp",
    "NumberCounter",
    "PublishedSubmission",
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
