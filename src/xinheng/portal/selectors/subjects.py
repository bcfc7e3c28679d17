"""The page of one organisation, and of one record."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from xinheng.portal.domain import (
    LIST_KINDS,
    Change,
    Fact,
    ListKind,
    RecordCard,
    RecordSection,
    ReportOrder,
    SubjectHead,
    SubjectListPage,
    SubjectPage,
    Tag,
    Tone,
    list_kind_of,
)
from xinheng.portal.selectors.addresses import place_named, subject_address, subject_list_address
from xinheng.portal.selectors.cards import card, found_exactly
from xinheng.portal.selectors.timeline import timeline
from xinheng.publicity.selectors import (
    display_get,
    display_list_of_subject,
    displays_newest_of_subject,
    displays_of_subject,
    law_current,
)
from xinheng.subjects.domain import KIND_LABELS, STATUS_LABELS, RegistrationStatus, SubjectKind
from xinheng.subjects.selectors import subject_get, subject_history, subject_registration

if TYPE_CHECKING:
    from datetime import date
    from uuid import UUID

    from xinheng.publicity.domain import PublicRecord, SubjectDisplays
    from xinheng.subjects.models import Subject

RECORDS_PER_SECTION: Final = 50
RECORDS_OF_EACH: Final = 10
"""So many records of a kind stand on the organisation page; the others are on pages of their own."""
TIMELINE_AT_MOST: Final = 30


def subject_page(*, subject_id: int, query: str, on_date: date) -> SubjectPage | None:
    """Return the page of an organisation as of the Asia/Shanghai day ``on_date``; ``None`` if there is none.

    ``query`` is what the reader came with. Of a sole trader, adverse records are told only if it is the full name or a
    code (P2); whether there are any is not told either. An organisation that was merged is shown as the one it is now.
    Only the newest records of each kind are read, the others are counted. Seven queries at most.
    """
    subject = subject_get(subject_id=subject_id)
    if subject is None:
        return None
    exactly = _is_exact(subject, query)
    shown = displays_newest_of_subject(
        subject_id=subject.pk,
        on_date=on_date,
        found_exactly=exactly,
        each=RECORDS_OF_EACH,
        law=law_current(),
        known=subject,
    )
    history = subject_history(subject_id=subject.pk)
    lines = timeline(subject=subject, history=history, records=shown.records, on_date=on_date, query=query)
    withholds = subject.is_sole_trader and not exactly
    return SubjectPage(
        head=_head(subject),
        registration=_registration(subject),
        changes=tuple(Change(line.label, line.value, line.period) for line in history),
        sections=_sections(subject, shown, on_date=on_date, query=query, withholds=withholds),
        shows_adverse=any(record.adverse for record in shown.records),
        withholds=withholds,
        timeline=lines[:TIMELINE_AT_MOST],
        timeline_cut=len(lines) > TIMELINE_AT_MOST,
    )


def subject_list_page(
    *, subject_id: int, kind: ListKind, query: str, after: str, before: str, on_date: date
) -> SubjectListPage | None:
    """Return one page of an organisation's records of one kind, as of ``on_date``; ``None`` if there is no organisation.

    ``query`` as for :func:`subject_page`; ``after`` and ``before`` are places in the list, as addresses carry them.
    """
    subject = subject_get(subject_id=subject_id)
    if subject is None:
        return None
    exactly = _is_exact(subject, query)
    found = display_list_of_subject(
        subject_id=subject.pk,
        item_ids=kind.item_ids,
        on_date=on_date,
        found_exactly=exactly,
        after=place_named(after),
        before=place_named(before),
        limit=RECORDS_PER_SECTION,
        law=law_current(),
    )
    return SubjectListPage(
        head=_head(subject),
        kind=kind,
        records=tuple(card(record, on_date=on_date, query=query) for record in found.records),
        withheld=kind.adverse and subject.is_sole_trader and not exactly,
        older_url=subject_list_address(subject.pk, kind.slug, query=query, after=found.older.text) if found.older else "",
        newer_url=subject_list_address(subject.pk, kind.slug, query=query, before=found.newer.text) if found.newer else "",
    )


def subject_shown(*, subject_id: int, query: str, on_date: date) -> tuple[Subject, tuple[PublicRecord, ...]] | None:
    """Return an organisation and everything that its pages show on ``on_date``; ``None`` if there is no organisation.

    ``query`` as for :func:`subject_page`.
    """
    subject = subject_get(subject_id=subject_id)
    if subject is None:
        return None
    shown = displays_of_subject(
        subject_id=subject.pk, on_date=on_date, found_exactly=_is_exact(subject, query), law=law_current(), known=subject
    )
    return subject, shown


def report_order(*, subject_id: int, query: str) -> ReportOrder | None:
    """Return whom a report is ordered of; ``None`` if there is no organisation.

    A report of a sole trader tells what is adverse too, so it is given for the full name or a code only (P2).
    """
    subject = subject_get(subject_id=subject_id)
    if subject is None:
        return None
    return ReportOrder(head=_head(subject), may_be_made=not subject.is_sole_trader or _is_exact(subject, query))


def record_card(*, record_id: UUID, query: str, on_date: date) -> RecordCard | None:
    """Return one record on display, ``None`` alike for one that never was and one that is no longer shown (P8)."""
    law = law_current()
    record = display_get(record_id=record_id, on_date=on_date, found_exactly=True, law=law)
    if record is None:
        return None
    if record.is_sole_trader and record.adverse:
        subject = subject_get(subject_id=record.subject_id)
        if subject is None or not _is_exact(subject, query):
            return None
    return card(record, on_date=on_date, query=query)


def _is_exact(subject: Subject, query: str) -> bool:
    return found_exactly(query=query, names=(subject.name,), codes=subject.borne_codes)


def _head(subject: Subject) -> SubjectHead:
    return SubjectHead(
        subject_id=subject.pk,
        url=subject_address(subject.pk),
        name=subject.name,
        code=subject.shown_code,
        kind=KIND_LABELS[SubjectKind(subject.kind)],
        status=status_tag(subject.status),
        township=subject.township,
        is_sole_trader=subject.is_sole_trader,
        is_demo=subject.is_demo,
    )


def status_tag(status: str) -> Tag:
    """Return a registration status as a quiet tag: being dissolved is a fact, not an alarm."""
    return Tag(STATUS_LABELS[RegistrationStatus(status)], Tone.DONE)


def _registration(subject: Subject) -> tuple[Fact, ...]:
    return tuple(Fact(label, value) for label, value in subject_registration(subject=subject))


def _sections(
    subject: Subject, shown: SubjectDisplays, *, on_date: date, query: str, withholds: bool
) -> tuple[RecordSection, ...]:
    kinds = sorted(LIST_KINDS, key=lambda kind: kind.adverse)  # stable: adverse last, otherwise in their own order
    return tuple(_section(subject, kind, shown, on_date=on_date, query=query, withholds=withholds) for kind in kinds)


def _section(
    subject: Subject, kind: ListKind, shown: SubjectDisplays, *, on_date: date, query: str, withholds: bool
) -> RecordSection:
    of_kind = [record for record in shown.records if list_kind_of(record.item_id) is kind]
    of_kind.sort(key=lambda record: (record.decision_date, record.record_id), reverse=True)
    total = sum(shown.totals.get(item_id, 0) for item_id in kind.item_ids)
    return RecordSection(
        anchor=kind.slug,
        url=subject_list_address(subject.pk, kind.slug, query=query) if total > RECORDS_OF_EACH else "",
        title=kind.title,
        records=tuple(card(record, on_date=on_date, query=query) for record in of_kind[:RECORDS_OF_EACH]),
        total=total,
        adverse=kind.adverse,
        withheld=kind.adverse and withholds,
    )
