"""Counts of an organ and item: made anew from the rows each time they are asked for, so that they can be recomputed."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from django.db.models import CharField, Count, DateField, F, IntegerField, QuerySet, Value

from xinheng.accounts.domain import Actor
from xinheng.catalogue.domain import Catalogue
from xinheng.catalogue.selectors import catalogue_kept
from xinheng.intake.models import Submission
from xinheng.monitoring.domain import COUNT_NAMES, NOTHING, Counts, Month, month_of
from xinheng.monitoring.models import QualityFigure
from xinheng.monitoring.selectors.batches import (
    Batch,
    Span,
    batches_counted,
    batches_read,
    is_incomplete,
    rows_doubtful,
    rows_duplicate,
    rows_returned,
    versions_accepted,
)
from xinheng.monitoring.selectors.clockwork import Clockwork
from xinheng.monitoring.selectors.reach import Scope, scope_of

Key = tuple[str, str]
"""Organ code and item."""


def counts_of(*, actor: Actor, scope: Scope, span: Span) -> dict[Key, Counts]:
    """Return the counts by organ and item of what was reported in the time. Three queries, whatever the number of rows."""
    found: dict[Key, Counts] = defaultdict(Counts)
    for (_, key), counts in counts_by_day(actor=actor, scope=scope, span=span).items():
        found[key] += counts
    return dict(found)


def counts_by_month(*, actor: Actor, scope: Scope, span: Span) -> dict[Month, Counts]:
    """Return the counts of all organs and items by month of reporting. Three queries."""
    found: dict[Month, Counts] = defaultdict(Counts)
    for (reported, _), counts in counts_by_day(actor=actor, scope=scope, span=span).items():
        found[month_of(reported)] += counts
    return dict(found)


def counts_by_batch(*, actor: Actor, scope: Scope, span: Span) -> list[tuple[Batch, Counts]]:
    """Return every batch that counts with its counts, newest first. Three queries."""
    batches = batches_counted(actor=actor, scope=scope, span=span)
    listed = batches_read(batches)
    tally = _tally(batches, listed, scope=scope, span=span) if listed else {}
    return [(batch, tally.get(batch.pk, NOTHING)) for batch in listed]


def counts_by_day(*, actor: Actor, scope: Scope, span: Span) -> dict[tuple[date, Key], Counts]:
    """Return the counts by day of reporting, organ and item. Three queries."""
    found: dict[tuple[date, Key], Counts] = defaultdict(Counts)
    for batch, counts in counts_by_batch(actor=actor, scope=scope, span=span):
        found[batch.reported, (batch.organ_code, batch.item_id)] += counts
    return found


def _tally(batches: QuerySet[Submission], listed: Sequence[Batch], *, scope: Scope, span: Span) -> Mapping[int, Counts]:
    """Return the counts of each batch by its key. Two queries: the rows that are no records yet, and the records."""
    clockwork = Clockwork(scope.catalogue)
    facts = {batch.pk: batch for batch in listed}
    keys = {batch.number: batch.pk for batch in listed}
    found: dict[int, Counts] = defaultdict(Counts)

    def late(pk: int, decided: date | None, count: int) -> int:
        batch = facts[pk]
        is_late = clockwork.is_late(
            organ_code=batch.organ_code, item_id=batch.item_id, decided=decided, reported=batch.reported
        )
        return count * is_late

    for pk, day, kind, count, incomplete in _no_records(batches, span):
        if kind == _DUPLICATE:
            found[pk] += Counts(duplicate=count)
        elif kind == _DOUBTFUL:
            found[pk] += Counts(reported=count, doubtful=count, late=late(pk, day, count))
        else:
            found[pk] += Counts(reported=count, returned=count, incomplete=incomplete, late=late(pk, day, count))
    versions = versions_accepted(listed, span).order_by().values_list("submission_id", "decision_date")
    for number, day, count in versions.annotate(count=Count("pk")):
        found[keys[number]] += Counts(reported=count, late=late(keys[number], day, count))
    return found


_RETURNED, _DOUBTFUL, _DUPLICATE = "RETURNED", "DOUBTFUL", "DUPLICATE"
_Line = tuple[int, date | None, str, int, int]


def _no_records(batches: QuerySet[Submission], span: Span) -> Iterable[_Line]:
    """Return the rows that became no record of their own: batch, decision day, which kind, how many, how many incomplete.

    One query: a page of figures asks for all three kinds at once.
    """
    nought, no_day = Value(0, output_field=IntegerField()), Value(None, output_field=DateField())

    def counted(rows: QuerySet[Any], kind: str, day: F | Value, incomplete: Count | Value) -> QuerySet[Any]:
        grouped = rows.order_by().values_list("submission_id").annotate(day=day)
        told = grouped.annotate(kind=Value(kind, output_field=CharField()), count=Count("pk"), incomplete=incomplete)
        lines: QuerySet[Any] = told.values_list("submission_id", "day", "kind", "count", "incomplete")
        return lines

    returned = counted(rows_returned(batches, end=span.end), _RETURNED, F("decision_date"), Count("pk", filter=is_incomplete()))
    doubtful = counted(rows_doubtful(batches), _DOUBTFUL, F("decision_date"), nought)
    duplicate = counted(rows_duplicate(batches, span), _DUPLICATE, no_day, nought)
    every: Iterable[_Line] = returned.union(doubtful, duplicate, all=True)
    return every


def figures_stored(*, actor: Actor, catalogue: Catalogue, organ_code: str = "") -> QuerySet[QualityFigure]:
    """Return the figures that were stored day by day, of the organs that a person sees, newest first."""
    codes = scope_of(actor=actor, catalogue=catalogue, organ_code=organ_code).codes
    return QualityFigure.objects.filter(organ_code__in=codes).order_by("-as_of", "-first_day", "organ_code", "item_id")


def span_of(*, first: date, is_month: bool, as_of: date) -> Span:
    """Return the day or the month that begins on ``first``, as known at the end of ``as_of``."""
    return Span(first=first, last=Month(first).last if is_month else first, as_of=as_of)


def figures_checked(
    *,
    actor: Actor,
    catalogue: Catalogue,
    first: date,
    as_of: date,
    organ_code: str = "",
    counted: Mapping[Key, Counts] | None = None,
) -> tuple[int, int]:
    """Return how many figures of a month were stored at the end of ``as_of``, and how many differ counted again today.

    Counted again under the law and calendar they were counted under. None differs unless rows were tampered with.

    Args:
        actor: who looks.
        catalogue: the law in use.
        first: the first day of the month.
        as_of: the day up to whose end the figures were known.
        organ_code: one organ only.
        counted: the counts of the month as of that day and of these organs under ``catalogue``, where they are at hand.

    Raises:
        CatalogueNotKept: no snapshot of that law was stored.
    """
    stored = figures_stored(actor=actor, catalogue=catalogue, organ_code=organ_code).filter(
        as_of=as_of, span=QualityFigure.Span.MONTH, first_day=first
    )
    again: dict[str, Mapping[Key, Counts]] = {} if counted is None else {catalogue.hash: counted}
    differing = 0
    figures = list(stored)
    for figure in figures:
        if figure.catalogue_hash not in again:
            kept = catalogue_kept(content_hash=figure.catalogue_hash)
            again[figure.catalogue_hash] = counts_of(
                actor=actor,
                scope=scope_of(actor=actor, catalogue=kept, organ_code=organ_code),
                span=span_of(first=first, is_month=True, as_of=as_of),
            )
        told = Counts(**{name: getattr(figure, name) for name in COUNT_NAMES})
        differing += told != again[figure.catalogue_hash].get((figure.organ_code, figure.item_id), NOTHING)
    return len(figures), differing


def figure_recomputed(*, actor: Actor, figure: QualityFigure) -> Counts:
    """Return the counts of a stored figure, made anew: as of its day, under the law and calendar of its day.

    Raises:
        CatalogueNotKept: no snapshot of that law was stored.
    """
    catalogue = catalogue_kept(content_hash=figure.catalogue_hash)
    scope = scope_of(actor=actor, catalogue=catalogue, organ_code=figure.organ_code)
    span = span_of(first=figure.first_day, is_month=figure.span == QualityFigure.Span.MONTH, as_of=figure.as_of)
    found = counts_of(actor=actor, scope=scope, span=span)
    return found.get((figure.organ_code, figure.item_id), NOTHING)
