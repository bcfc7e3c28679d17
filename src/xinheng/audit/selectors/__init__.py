"""Read the event log and the trail."""

from xinheng.audit.selectors.events import event_first_at, event_newest, events_of, months_kept
from xinheng.audit.selectors.lines import (
    actor_text,
    asked_text,
    heading_of,
    line_of,
    operation_text,
    purpose_text,
    sent_text,
    shown_text,
)
from xinheng.audit.selectors.trail import EXPORTED_AT_MOST, change_rows, read_rows, streamed, trail_search

__all__ = [
    "EXPORTED_AT_MOST",
    "actor_text",
    "asked_text",
    "change_rows",
    "event_first_at",
    "event_newest",
    "events_of",
    "heading_of",
    "line_of",
    "months_kept",
    "operation_text",
    "purpose_text",
    "read_rows",
    "sent_text",
    "shown_text",
    "streamed",
    "trail_search",
]
