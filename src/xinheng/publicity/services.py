"""Acts on one record that need the law's clocks; the marks themselves are the records'."""

from datetime import date, datetime
from uuid import UUID

from xinheng.kernel.dates import chinese_date
from xinheng.publicity.errors import DisputeTooLong
from xinheng.records import services as records
from xinheng.records.selectors import records_current
from xinheng.records.services import MarkResult
from xinheng.rules.selectors import clock_deadline

CHECK_CLOCK = "objection_check"
LONGEST_CLOCK = "objection_longest"


def dispute_open(
    *, record_id: UUID, received_date: date, until: date | None, ground: str, actor: str, now: datetime
) -> MarkResult:
    """Mark one record as disputed in every door at once, or extend the time of an open dispute (P9).

    Args:
        record_id: the record.
        received_date: the day the objection was received (Asia/Shanghai).
        until: last day of checking, inclusive; ``None``: the catalogue's ordinary term after ``received_date``.
        ground: the objection's number or reason.
        actor: who acts.
        now: the moment, aware.

    Raises:
        DisputeTooLong: ``until`` is past the longest term, counted from the first day of the open dispute.
        RecordNotFound, GroundMissing, DisputeEndMissing: as for ``records.services.marks_add``.
    """
    opened = records_current().filter(record_id=record_id).values_list("disputed_since", flat=True).first()
    since = opened or received_date
    last = until or clock_deadline(CHECK_CLOCK, since).date
    longest = clock_deadline(LONGEST_CLOCK, since).date
    if last > longest:
        raise DisputeTooLong(until=chinese_date(last), longest=chinese_date(longest), since=chinese_date(since))
    return records.record_dispute(
        record_id=record_id, event_date=received_date, until=last, ground=ground, actor=actor, now=now
    )
