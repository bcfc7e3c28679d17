"""What an examination of a deployment finds (检查结果)."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final


class State(StrEnum):
    """How a thing stands."""

    GOOD = "GOOD"
    ATTENTION = "ATTENTION"
    BAD = "BAD"
    NOT_EXAMINED = "NOT_EXAMINED"


STATE_LABELS: Final = {State.GOOD: "正常", State.ATTENTION: "留意", State.BAD: "有问题", State.NOT_EXAMINED: "没有查"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing that was looked at: its stable name, what it is called, how it stands, what was seen, what to do."""

    check: str
    title: str
    state: State
    seen: str
    remedy: str = ""


def is_sound(findings: list[Finding]) -> bool:
    """Return whether nothing is bad; what wants attention does not stop anybody from working."""
    return all(finding.state is not State.BAD for finding in findings)


APPEND_ONLY: Final = ("audit_event", "records_recordversion")
"""Tables that must be among those with triggers against change: the event log, the history of records."""

BACKUP_AGE_HOURS: Final = 26
"""A nightly backup and two hours for it to run late."""
DISK_LOW_SHARE: Final = 0.10
DISK_FULL_SHARE: Final = 0.03
CLOCK_OFF_SECONDS: Final = 5.0
CLOCK_WRONG_SECONDS: Final = 60.0
QUEUE_SLOW_SECONDS: Final = 600.0
QUEUE_STUCK_SECONDS: Final = 3600.0
CALENDAR_EXPECTED_FROM: Final = (11, 15)
"""Month and day from which the next year's calendar of working days is usually published (November; provisional)."""
