"""Erase one thing before its time, on a ground of its own (依法提前销毁)."""

from datetime import datetime
from typing import Final
from uuid import UUID

from xinheng.adapters.clock import CHINA
from xinheng.intake.services import original_erase
from xinheng.records.services import person_fields_destroy
from xinheng.reports.services import report_key_destroy
from xinheng.retention.errors import NothingToErase

ERASABLE: Final = ("record", "original", "report")


def erase(*, what: str, number: str, ground: str, actor: str, now: datetime) -> None:
    """Destroy the key of a record's person-related fields, of a submission's original, or of a report's content.

    Args:
        what: one of ``ERASABLE``.
        number: of the record (UUID), the submission or the report.
        ground: the claim and the decision on it; it stays in the event log.
        actor: who does it.
        now: the moment.

    Raises:
        NothingToErase: there is none of this number, it is gone already, or the submission is not finished.
        GroundMissing: no ground or no actor.
    """
    gone: bool | int
    if what == "record":
        try:
            record_id = UUID(number)
        except ValueError:
            raise NothingToErase(number=number) from None
        day = now.astimezone(CHINA).date()
        gone = person_fields_destroy(record_id=record_id, on_date=day, ground=ground, actor=actor, now=now)
    elif what == "original":
        gone = original_erase(number=number, ground=ground, actor=actor, now=now)
    else:
        gone = report_key_destroy(number=number, ground=ground, actor=actor, now=now)
    if not gone:
        raise NothingToErase(number=number)
