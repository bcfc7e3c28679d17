"""Pure rules: no Django, no database, no clock."""

from xinheng.catalogue.domain import ClockStart, Confidence, EndRule, Severity
from xinheng.rules.domain.display import applies, class_of, display_term, regimes_applying, result_under
from xinheng.rules.domain.facts import Deadline, DisplayFacts, DisplayTerm, ExplainStep
from xinheng.rules.domain.regimes import (
    ALL_KINDS,
    SEVERITY_RANK,
    ClassRule,
    DisplayRule,
    ListRule,
    Regime,
    Term,
    kinds_to_mask,
    mask_to_kinds,
)
from xinheng.rules.domain.wording import months_text
from xinheng.rules.domain.workdays import WorkdayCalendar, calendar_from

__all__ = [
    "ALL_KINDS",
    "SEVERITY_RANK",
    "ClassRule",
    "ClockStart",
    "Confidence",
    "Deadline",
    "DisplayFacts",
    "DisplayRule",
    "DisplayTerm",
    "EndRule",
    "ExplainStep",
    "ListRule",
    "Regime",
    "Severity",
    "Term",
    "WorkdayCalendar",
    "applies",
    "calendar_from",
    "class_of",
    "display_term",
    "kinds_to_mask",
    "mask_to_kinds",
    "months_text",
    "regimes_applying",
    "result_under",
]
