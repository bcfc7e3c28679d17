"""What is due and what came late, by batch and deadline, counted anew under the calendar as it now is."""

from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import CharField, Count, Exists, OuterRef, Q, QuerySet, Value

from xinheng.accounts.domain import Actor
from xinheng.catalogue.domain import Catalogue
from xinheng.intake.models import Doubt, DoubtState, ReturnedRow, Submission, SubmissionState
from xinheng.intake.selectors import submissions_visible_to
from xinheng.kernel.text import document_no_key
from xinheng.monitoring.domain import DueKind, DueLine, urgency
from xinheng.monitoring.selectors.batches import Span, batches_counted, batches_read, rows_returned, versions_accepted
from xinheng.monitoring.selectors.clockwork import Clockwork
from xinheng.monitoring.selectors.reach import Scope, items_reported, scope_of
from xinheng.records.selectors import records_current

LATE_SHOWN_DAYS = 31
"""How long a late row that was published stays in the list, in days since it was reported."""

_OVER = (SubmissionState.WITHDRAWN, SubmissionState.SUPERSEDED, SubmissionState.REFUSED)
_NOT_THEIRS = (DoubtState.REJECTED, DoubtState.LAPSED)


def due_lines(
    *, actor: Actor, catalogue: Catalogue, now: datetime, today: date, organ_code: str = "", with_published: bool = True
) -> tuple[DueLine, ...]:
    """Return what is due and late of the organs that a person sees, the most urgent first.

    Rows that came back and were not reported again under the same number, doubts nobody decided, and ``with_published``
    late rows that were published in the last month. ``organ_code`` narrows it to one organ.
    """
    scope = scope_of(actor=actor, catalogue=catalogue, organ_code=organ_code)
    if not scope.organs:
        return ()
    clockwork = Clockwork(catalogue)
    alive = submissions_visible_to(actor=actor).filter(
        organ_code__in=scope.codes,
        item_id__in=[item.id for item in items_reported(catalogue)],
        is_legacy=False,
    )
    alive = alive.exclude(state__in=_OVER)
    lines = [
        *_lines(_waiting(alive, now=now), clockwork, today),
        *(_late(actor, scope, clockwork, today) if with_published else ()),
    ]
    return tuple(sorted(lines, key=urgency))


_BY = ("submission__number", "submission__organ_code", "submission__item_id", "decision_date")
_Group = tuple[DueKind, str, str, str, date | None]


def _waiting(alive: QuerySet[Submission], *, now: datetime) -> Counter[_Group]:
    """Count the rows that nobody has seen to: came back and not again, doubtful and not decided. Three queries at most."""
    opened = _counted(Doubt.objects.filter(submission__in=alive, state=DoubtState.OPEN), DueKind.DOUBT)
    returned = _counted(_not_again(rows_returned(alive, end=now + timedelta(seconds=1))), DueKind.MEND)
    found: Counter[_Group] = Counter()
    for number, organ_code, item_id, decided, kind, count in returned.union(opened, all=True):
        found[DueKind(kind), number, organ_code, item_id, decided] += count
    return found + _rejected(alive)


def _counted(rows: QuerySet[Doubt] | QuerySet[ReturnedRow], kind: DueKind) -> QuerySet[Any]:
    """Return the rows counted by batch, organ, item and decision day, with the word for why they are due."""
    grouped: QuerySet[Any] = rows.order_by().values_list(*_BY)
    counted: QuerySet[Any] = grouped.annotate(kind=Value(kind.value, output_field=CharField()), count=Count("pk"))
    return counted


def _not_again(rows: QuerySet[ReturnedRow]) -> QuerySet[ReturnedRow]:
    """Return the rows that came back and did not come again: no record since, no later batch in which they came back."""
    record = records_current().filter(
        organ_code=OuterRef("submission__organ_code"),
        item_id=OuterRef("submission__item_id"),
        document_no_key=OuterRef("document_no_key"),
        withdrawn=False,
        recorded_at__gt=OuterRef("submission__received_at"),
    )
    record = record.exclude(submission_id=OuterRef("submission__number"))
    again = ReturnedRow.objects.filter(
        document_no_key=OuterRef("document_no_key"),
        submission__organ_code=OuterRef("submission__organ_code"),
        submission__item_id=OuterRef("submission__item_id"),
        submission_id__gt=OuterRef("submission_id"),
    )
    again = again.exclude(submission__state__in=_OVER)
    return rows.filter(Q(document_no_key="") | ~Exists(record) & ~Exists(again))


def _rejected(alive: QuerySet[Submission]) -> Counter[_Group]:
    """Count the doubts that were sent back to the organ, or lapsed, and were not reported again. They are few."""
    found: Counter[_Group] = Counter()
    doubts = list(Doubt.objects.filter(submission__in=alive, state__in=_NOT_THEIRS).select_related("submission"))
    numbers = {document_no_key(doubt.document_no) for doubt in doubts if doubt.document_no}
    records = records_current().filter(document_no_key__in=numbers, withdrawn=False) if numbers else records_current().none()
    reported: dict[tuple[str, str, str], list[tuple[datetime, str]]] = defaultdict(list)
    columns = ("organ_code", "item_id", "document_no_key", "recorded_at", "submission_id")
    for organ_code, item_id, number, recorded_at, submission in records.values_list(*columns):
        reported[organ_code, item_id, number].append((recorded_at, submission))
    for doubt in doubts:
        batch = doubt.submission
        key = (batch.organ_code, batch.item_id, document_no_key(doubt.document_no))
        again = any(at > batch.received_at and number != batch.number for at, number in reported[key])
        if not doubt.document_no or not again:
            found[DueKind.MEND, batch.number, batch.organ_code, batch.item_id, doubt.decision_date] += 1
    return found


def _lines(groups: Counter[_Group], clockwork: Clockwork, today: date) -> Iterator[DueLine]:
    for (kind, number, organ_code, item_id, decided), count in groups.items():
        left = clockwork.left(today, organ_code=organ_code, item_id=item_id, decided=decided)
        yield DueLine(
            kind=kind,
            organ_code=organ_code,
            item_id=item_id,
            number=number,
            count=count,
            due=None if left is None else left.due,
            is_provisional=left is not None and left.is_provisional,
            is_late=left is not None and left.is_late,
            days=0 if left is None else left.days,
        )


def _late(actor: Actor, scope: Scope, clockwork: Clockwork, today: date) -> Iterator[DueLine]:
    """Yield what came late and was published in the last month; the days over are those until it was reported."""
    span = Span(first=today - timedelta(days=LATE_SHOWN_DAYS), last=today, as_of=today)
    listed = batches_read(batches_counted(actor=actor, scope=scope, span=span))
    facts = {batch.number: (batch.organ_code, batch.item_id, batch.reported) for batch in listed}
    versions = versions_accepted(listed, span).order_by().values_list("submission_id", "decision_date")
    for number, decided, count in versions.annotate(count=Count("pk")):
        organ_code, item_id, reported = facts[number]
        left = clockwork.left(reported, organ_code=organ_code, item_id=item_id, decided=decided)
        if left is not None and left.is_late:
            yield DueLine(
                kind=DueKind.LATE,
                organ_code=organ_code,
                item_id=item_id,
                number=number,
                count=count,
                due=left.due,
                is_provisional=left.is_provisional,
                is_late=True,
                days=left.days,
            )
