"""The doors' questions: a list, a subject's records, one record, a document number, counts."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache, reduce
from operator import or_
from uuid import UUID

from django.db.models import Count, F, Q, QuerySet, Window
from django.db.models.functions import RowNumber

from xinheng.kernel.text import document_no_key
from xinheng.publicity.domain import Correction, DisplayPage, Place, PublicRecord, SubjectDisplays
from xinheng.publicity.selectors import public
from xinheng.publicity.selectors.displays import displays, in_list_order, is_sole_traders, without_sole_traders
from xinheng.publicity.selectors.law import DisplayLaw, law_current
from xinheng.records.domain import Event
from xinheng.records.models import CurrentRecord
from xinheng.records.selectors import record_ids_by_beginning, records_unsealed, versions_of
from xinheng.subjects.models import Subject

PAGE_SIZE = 50
SHORTEST_DOCUMENT_PREFIX = 4
NUMBERS_LOOKED_AT = 200
FEW = 40
"""So many records of a subject are read at once."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ListFilter:
    """How a reader narrows a list; everything is optional. Days are inclusive.

    ``licence_categories``: any of the texts that files write for a category, or one that begins like “其他-”;
    ``penalty_mask``: any of these kinds of penalty (``kinds_to_mask``).
    """

    organ_code: str = ""
    township: str = ""
    licence_categories: tuple[str, ...] = ()
    penalty_mask: int = 0
    list_type: str = ""
    decided_from: date | None = None
    decided_until: date | None = None

    def apply(self, records: QuerySet[CurrentRecord]) -> QuerySet[CurrentRecord]:
        """Return the records that pass."""
        conditions = {
            "organ_code": self.organ_code,
            "subject__township": self.township,
            "list_type": self.list_type,
            "decision_date__gte": self.decided_from,
            "decision_date__lte": self.decided_until,
        }
        records = records.filter(**{name: value for name, value in conditions.items() if value})
        if self.penalty_mask:
            records = records.alias(of_kind=F("penalty_mask").bitand(self.penalty_mask)).filter(of_kind__gt=0)
        if self.licence_categories:
            texts = [
                Q(**{f"fields__licence_category{'__startswith' if text.endswith('-') else ''}": text})
                for text in self.licence_categories
            ]
            records = records.filter(reduce(or_, texts))
        return records


NO_FILTER = ListFilter()


def display_list(
    *,
    item_ids: Sequence[str],
    on_date: date,
    narrow: ListFilter = NO_FILTER,
    after: Place | None = None,
    before: Place | None = None,
    limit: int = PAGE_SIZE,
    law: DisplayLaw | None = None,
) -> DisplayPage:
    """Return one page of a public list, newest decision first; adverse records of sole traders are never in it (P2).

    ``after``: the page of older records that follows a place; ``before``: the page of newer ones that ends before it.
    Two queries.
    """
    law = law or law_current()
    records = narrow.apply(without_sole_traders(records=displays(on_date=on_date, item_ids=item_ids, law=law), law=law))
    return _page(records, on_date=on_date, after=after, before=before, limit=limit, law=law)


def _page(
    records: QuerySet[CurrentRecord], *, on_date: date, after: Place | None, before: Place | None, limit: int, law: DisplayLaw
) -> DisplayPage:
    backwards = before is not None
    if before is not None:
        records = in_list_order(records=records.filter(_newer_than(before)), newest_first=False)
    elif after is not None:
        records = records.filter(_older_than(after))
    found = list(records[: limit + 1])
    more = len(found) > limit
    found = found[:limit]
    if backwards:
        found.reverse()
    return DisplayPage(
        records=public.public_records(records=found, on_date=on_date, law=law),
        older=_place(found[-1]) if found and (more or backwards) else None,
        newer=_place(found[0]) if found and (after is not None or (backwards and more)) else None,
    )


def displays_of_subject(
    *,
    subject_id: int,
    on_date: date,
    found_exactly: bool,
    law: DisplayLaw | None = None,
    known: Subject | None = None,
) -> tuple[PublicRecord, ...]:
    """Return everything shown of one subject, with what came to it by mergers, newest decision first. Three or four queries.

    ``found_exactly``: the reader gave the full name or a code; otherwise nothing adverse of a sole trader is told (P2).
    ``known``: the subject itself, where it has been read already.
    """
    law = law or law_current()
    few = _few_of_subject(subject_id, on_date=on_date, found_exactly=found_exactly, law=law, known=known)
    if few is not None:
        return few
    records = _of_subject(subject_id, on_date=on_date, item_ids=None, found_exactly=found_exactly, law=law)
    return public.public_records(records=records, on_date=on_date, law=law)


def displays_newest_of_subject(
    *,
    subject_id: int,
    on_date: date,
    found_exactly: bool,
    each: int,
    law: DisplayLaw | None = None,
    known: Subject | None = None,
) -> SubjectDisplays:
    """Return the newest ``each`` records shown of every item of one subject, and how many of each there are. Three or four queries.

    For a page that shows some of each; ``found_exactly`` and ``known`` as for :func:`displays_of_subject`, which returns
    all. Nearly every subject has so few that they are read at once; of the others the database numbers and counts them.
    """
    law = law or law_current()
    few = _few_of_subject(subject_id, on_date=on_date, found_exactly=found_exactly, law=law, known=known)
    if few is not None:
        places: Counter[str] = Counter()
        first = tuple(record for record in few if _next_place(places, record) <= each)
        return SubjectDisplays(records=first, totals=places)
    records = _of_subject(subject_id, on_date=on_date, item_ids=None, found_exactly=found_exactly, law=law)
    by_item = [F("item_id")]
    place = Window(RowNumber(), partition_by=by_item, order_by=[F("decision_date").desc(), F("record_id").desc()])
    total = Window(Count("record_id"), partition_by=by_item)
    newest = list(records.annotate(place=place, total=total).filter(place__lte=each))
    return SubjectDisplays(
        records=public.public_records(records=newest, on_date=on_date, law=law),
        totals={record.item_id: record.total for record in newest},
    )


def _next_place(places: Counter[str], record: PublicRecord) -> int:
    places[record.item_id] += 1
    return places[record.item_id]


_TOLD_OF_A_DISPLAY = {Event.CORRECTED: "更正", Event.RELEASED: "核查后恢复公示", Event.SUBJECT_MOVED: "更正：改记在本单位名下"}


def corrections_of(*, records: Sequence[PublicRecord]) -> tuple[Correction, ...]:
    """Return when the given records, all on display, were corrected, oldest first. One query, none for no records.

    Only that it happened: what a record said before is no longer on display, and so in no public door (P8).
    """
    shown = [record.record_id for record in records if record.provenance.version_no > 1]
    if not shown:
        return ()
    versions = versions_of(record_ids=shown, events=list(_TOLD_OF_A_DISPLAY))
    return tuple(
        Correction(record_id=record_id, on=day, text=_TOLD_OF_A_DISPLAY[Event(event)])
        for record_id, event, day in versions.values_list("record_id", "event", "event_date")
    )


def display_list_of_subject(
    *,
    subject_id: int,
    item_ids: Sequence[str],
    on_date: date,
    found_exactly: bool,
    after: Place | None = None,
    before: Place | None = None,
    limit: int = PAGE_SIZE,
    law: DisplayLaw | None = None,
) -> DisplayPage:
    """Return one page of what is shown of one subject under some items: ``displays_of_subject`` for those with many records.

    ``after`` and ``before`` as for :func:`display_list`. Two queries.
    """
    law = law or law_current()
    records = _of_subject(subject_id, on_date=on_date, item_ids=item_ids, found_exactly=found_exactly, law=law)
    return _page(records, on_date=on_date, after=after, before=before, limit=limit, law=law)


def _few_of_subject(
    subject_id: int, *, on_date: date, found_exactly: bool, law: DisplayLaw, known: Subject | None
) -> tuple[PublicRecord, ...] | None:
    """Return what is shown of a subject that has few records in all, each decided by itself; ``None`` where it has more.

    The same answer as :func:`displays` in less than half the time: the text that decides in SQL is tens of thousands of
    characters, which Django, the driver and the database each have to read. One query to three; ``known`` spares one.
    """
    few = list(CurrentRecord.objects.raw(_few_question(), [subject_id, subject_id]))
    if len(few) > FEW:
        return None
    # Not joined with the records: of three the columns of one organisation would be read and built six times.
    by_id = {known.pk: known} if known is not None else {}
    if unknown := {record.subject_id for record in few} - by_id.keys():
        by_id |= Subject.objects.in_bulk(unknown | {subject_id})
    for subject in by_id.values():
        if subject.merged_into_id in by_id:
            subject.merged_into = by_id[subject.merged_into_id]
    for record in few:
        record.subject = by_id[record.subject_id]
    told = [
        record
        for record in few
        if found_exactly or record.item_id not in law.adverse_items or not is_sole_traders(record=record)
    ]
    return public.public_records(records=told, on_date=on_date, law=law)


@cache
def _few_question() -> str:
    """Return the text that finds a subject's first records, as Django writes it, written once: writing takes longer than answering."""
    same = Subject.objects.filter(Q(pk=0) | Q(merged_into_id=0))
    everything = records_unsealed().filter(subject_id__in=same.values("pk"))
    text, _ = in_list_order(records=everything, newest_first=True)[: FEW + 1].query.sql_with_params()
    return str(text)


def _of_subject(
    subject_id: int, *, on_date: date, item_ids: Sequence[str] | None, found_exactly: bool, law: DisplayLaw
) -> QuerySet[CurrentRecord]:
    # A list of subjects, not a condition over two tables: so that the index on the subject is used.
    same = Subject.objects.filter(Q(pk=subject_id) | Q(merged_into_id=subject_id))
    records = displays(on_date=on_date, item_ids=item_ids, law=law).filter(subject_id__in=same.values("pk"))
    return records if found_exactly else without_sole_traders(records=records, law=law)


def display_get(
    *, record_id: UUID, on_date: date, found_exactly: bool = False, law: DisplayLaw | None = None
) -> PublicRecord | None:
    """Return one record if it is shown, else ``None``: the same answer for "never was" and "no longer". Two queries.

    ``found_exactly`` as for :func:`displays_of_subject`.
    """
    law = law or law_current()
    found = list(displays(on_date=on_date, law=law).filter(record_id=record_id))
    if not found_exactly:
        found = [r for r in found if not (r.item_id in law.adverse_items and is_sole_traders(record=r))]
    return next(iter(public.public_records(records=found, on_date=on_date, law=law)), None)


def displays_by_document_no(
    *, text: str, on_date: date, limit: int = PAGE_SIZE, law: DisplayLaw | None = None
) -> tuple[PublicRecord, ...]:
    """Return the shown records whose document number is, or begins with, ``text`` in its normal form. Three queries at most.

    Fewer than four characters find nothing. Of a beginning that is many records' the first 200 in the order of their
    numbers are looked at. Adverse records of sole traders are not found this way (P2).
    """
    if len(document_no_key(text)) < SHORTEST_DOCUMENT_PREFIX:
        return ()
    found_ids = record_ids_by_beginning(document_no=text, limit=NUMBERS_LOOKED_AT)
    if not found_ids:
        return ()
    law = law or law_current()
    records = displays(on_date=on_date, law=law).filter(record_id__in=found_ids)
    found = without_sole_traders(records=records, law=law)[:limit]
    return public.public_records(records=found, on_date=on_date, law=law)


def public_records(
    *, records: Sequence[CurrentRecord], on_date: date, law: DisplayLaw | None = None
) -> tuple[PublicRecord, ...]:
    """Return what may be said of records that :func:`displays` gave, leaving out any that may not be shown."""
    return public.public_records(records=records, on_date=on_date, law=law or law_current())


def bulk_records(*, records: Sequence[CurrentRecord], on_date: date, law: DisplayLaw) -> tuple[PublicRecord, ...]:
    """Return what bulk doors may say of ``records``: what is shown, and nothing adverse of sole traders (P2). At most one query.

    ``records`` come with their subjects, and those with the ones they merged into.
    """
    allowed = [one for one in records if not (one.item_id in law.adverse_items and is_sole_traders(record=one))]
    return public.public_records(records=[one for one in allowed if one.item_id in law.items], on_date=on_date, law=law)


def _place(record: CurrentRecord) -> Place:
    return Place(record.decision_date, record.record_id)


def _older_than(place: Place) -> Q:
    day, record = place.decision_date, place.record_id
    return Q(decision_date__lte=day) & (Q(decision_date__lt=day) | Q(record_id__lt=record))


def _newer_than(place: Place) -> Q:
    day, record = place.decision_date, place.record_id
    return Q(decision_date__gte=day) & (Q(decision_date__gt=day) | Q(record_id__gt=record))
