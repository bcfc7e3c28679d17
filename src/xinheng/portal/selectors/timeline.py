"""The time-line of an organisation: its registration, and what is on display of it today (P8: nothing that has ended)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.urls import reverse

from xinheng.catalogue.domain import ItemKind
from xinheng.portal.domain import TimelineEntry
from xinheng.portal.selectors.addresses import address
from xinheng.publicity.selectors import corrections_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import date

    from xinheng.publicity.domain import PublicRecord
    from xinheng.subjects.models import Subject
    from xinheng.subjects.selectors import HistoryLine


def timeline(
    *, subject: Subject, history: Sequence[HistoryLine], records: Sequence[PublicRecord], on_date: date, query: str
) -> tuple[TimelineEntry, ...]:
    """Return what happened up to ``on_date``, newest first, of the register and of the given records. One query at most.

    Of a record: the decision or entry into a list, its first display, corrections, an open objection. An end of display
    is not told, as nothing that has ended is (P8).
    """
    urls = {record.record_id: address(reverse("portal:record", args=[record.record_id]), q=query) for record in records}
    titles = {record.record_id: f"{record.list_title or record.item_title} {record.document_no}" for record in records}
    lines = [*_registration(subject, history)]
    for record in records:
        lines += [TimelineEntry(on, text, urls[record.record_id]) for on, text in _of_record(record, titles[record.record_id])]
    lines += [
        TimelineEntry(found.on, f"{found.text}：{titles[found.record_id]}", urls[found.record_id])
        for found in corrections_of(records=records)
    ]
    return tuple(sorted((line for line in lines if line.on <= on_date), key=lambda line: line.on, reverse=True))


def _of_record(record: PublicRecord, title: str) -> Iterator[tuple[date, str]]:
    decided = {ItemKind.LIST_ENTRY.value: "列入", ItemKind.COMMITMENT.value: "作出承诺"}.get(record.item_kind, "作出决定")
    if record.decision_date == record.display_from:
        yield record.decision_date, f"{decided}并开始公示：{title}"
    else:
        yield record.decision_date, f"{decided}：{title}"
        yield record.display_from, f"开始公示：{title}"
    if record.disputed_since is not None:
        yield record.disputed_since, f"收到异议，开始核查：{title}"


def _registration(subject: Subject, history: Sequence[HistoryLine]) -> Iterator[TimelineEntry]:
    if subject.established_date is not None:
        yield TimelineEntry(subject.established_date, "成立")
    for line in history:
        if line.label == "登记状态" and line.valid_from is not None:
            yield TimelineEntry(line.valid_from, f"登记状态：{line.value}")
        elif line.label == "并入本主体" and line.valid_from is not None:
            yield TimelineEntry(line.valid_from, f"并入本主体：{line.value}")
        elif line.label != "登记状态" and line.valid_to is not None:
            yield TimelineEntry(line.valid_to, f"登记变更，{line.label}：{line.value}")
