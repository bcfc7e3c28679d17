"""The events in a record's life (记录事件)."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Final

PERSON_KEY_PURPOSE: Final = "records.person_key"
"""What the material of a record's key is for: whoever wraps it anew must say the same as whoever sealed with it."""


class Event(StrEnum):
    """What made a version. Stored as written here, shown by :data:`EVENT_LABELS`."""

    REPORTED = "REPORTED"
    CORRECTED = "CORRECTED"
    REVOKED = "REVOKED"
    WITHDRAWN = "WITHDRAWN"
    HELD = "HELD"
    RELEASED = "RELEASED"
    DISPUTED = "DISPUTED"
    DISPUTE_ENDED = "DISPUTE_ENDED"
    REPAIRED = "REPAIRED"
    DELISTED = "DELISTED"
    REINSTATED = "REINSTATED"
    SUBJECT_MOVED = "SUBJECT_MOVED"

    @property
    def label(self) -> str:
        """The Chinese words shown to people."""
        return EVENT_LABELS[self]


EVENT_LABELS: Mapping[Event, str] = {
    Event.REPORTED: "报送",
    Event.CORRECTED: "更正",
    Event.REVOKED: "原决定被变更或撤销",
    Event.WITHDRAWN: "撤回报送",
    Event.HELD: "暂停公示",
    Event.RELEASED: "恢复公示",
    Event.DISPUTED: "收到异议",
    Event.DISPUTE_ENDED: "异议核查结束",
    Event.REPAIRED: "信用修复",
    Event.DELISTED: "移出名单",
    Event.REINSTATED: "撤销、修复或移出的标记被取消",
    Event.SUBJECT_MOVED: "改归另一主体",
}

REPORT_EVENTS = frozenset({Event.REPORTED, Event.CORRECTED})
"""Events that carry content, written by a certified submission."""

MARK_EVENTS = frozenset(Event) - REPORT_EVENTS
"""Events that only change marks; the content stays the one last reported."""

TAKES_DOWN = frozenset({Event.REVOKED, Event.WITHDRAWN, Event.HELD, Event.DISPUTED, Event.REPAIRED, Event.DELISTED})
"""Events that end a display or warn of it. They are never refused where publishing is stopped; all others then are."""

DATED_MARKS: Mapping[Event, str] = {
    Event.REVOKED: "revoked_date",
    Event.REPAIRED: "repaired_date",
    Event.DELISTED: "delisted_date",
}
"""Marks that name the day from which they count, with the column that keeps it; ``REINSTATED`` takes one of them back."""
