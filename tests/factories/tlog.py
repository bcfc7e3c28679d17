"""A history of records that has everything the transparency log logs, and the plain tree that it must come to."""

from datetime import date
from typing import Any

from tests.factories.displays import make_record
from tests.factories.records import BATCH, NOW, draft, make_subject, publish
from xinheng.catalogue.services import catalogue_store
from xinheng.records import services as records
from xinheng.records.domain import Event
from xinheng.records.models import CurrentRecord

ACT: dict[str, Any] = {"event_date": date(2026, 3, 20), "ground": "演示依据", "actor": "officer-1", "now": NOW}


def make_history(*, more: int = 300) -> tuple[CurrentRecord, CurrentRecord]:
    """Publish, correct, dispute, list, delist, load a catalogue, publish ``more``, withdraw; return the record and the list entry.

    The record has four leaves, the list entry three.
    """
    subject = make_subject()
    record = make_record(subject_id=subject)
    make_record(subject_id=subject, fine_fen=1)
    records.record_dispute(record_id=record.pk, until=date(2026, 4, 20), **ACT)
    listed = make_record(item_id="serious_list_entry", subject_id=subject, document_no="演示名单1号", list_type="B01")
    records.mark_add(record_id=listed.pk, event=Event.DELISTED, **ACT)
    catalogue_store(now=NOW)
    publish(
        *(draft(subject_id=subject, document_no=f"演示{number}号") for number in range(more)), submission_id="FJ-20260320-0002"
    )
    records.submission_withdraw(submission_id=BATCH.submission_id, **ACT)
    return record, listed
