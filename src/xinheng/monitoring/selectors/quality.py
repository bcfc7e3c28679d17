"""Counts of an organ and item: made anew from the rows each time they are asked for, so that they can be recomputed."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from django.db.models import Count, QuerySet

from xinheng.accounts.domain import Actor
from xinheng.catalogue.domain import Catalogue
from xinheng.catalogue.selectors import catalogue_kept
from xinheng.intake.models import Submission
from xinheng.monitoring.domain import COUNT_NAMES, NOTHING, Counts, Month, month_of
from xinheng.monitoring.models import QualityFigure
from xinheng.monitoring.selectors.batches import (
    Span,
    batches_counted,
    rows_doubtful,
    rows_duplicate,
    rows_incomplete,
    rows_returned,
    versions_accepted,
)
from xinheng.monitoring.selectors.clockwork import Clockwork
from xinheng.monitoring.selectors.reach import Scope, scope_of

Key = tuple[str, str]
"""Organ code and item."""


def counts_of(*, actor: Actor, scope: Scope, span: Span) -> dict[Key, Counts]:
    """Return the counts by organ and item of what was reported in the time. Nine queries, whatever the number of rows."""
    found: dict[Key, Counts] = defaultdict(Counts)
    for (_, key), counts in counts_by_day(actor=actor, scope=scope, span=span).items():
        found[key] += counts
    return dict(found)


def counts_by_month(*, actor: Actor, scope: Scope, span: Span) -> dict[Month, Counts]:
    """Return the counts of all organs and items by month of reporting. Nine queries."""
    found: dict[Month, Counts] = defaultdict(Counts)
    for (reported, _), counts in counts_by_day(actor=actor, scope=scope, span=span).items():
        found[month_of(reported)] += counts
    return dict(found)


def counts_by_batch(*, actor: Actor, scope: Scope, span: Span) -> list[tuple[Submission, Counts]]:
    """Return every batch that counts with its counts, newest first."""
    batches = batches_counted(actor=actor, scope=scope, span=span)
    tally = _tally(batches, scope=scope, span=span)
    return [(batch, tally.get(batch.pk, NOTHING)) for batch in batches.order_by("-reported_date", "-id")]


def counts_by_day(*, actor: Actor, scope: Scope, span: Span) -> dict[tuple[date, Key], Counts]:
    """Return the counts by day of reporting, organ and item. Nine queries."""
    found: dict[tuple[date, Key], Counts] = defaultdict(Counts)
    batches = batches_counted(actor=actor, scope=scope, span=span)
    tally = _tally(batches, scope=scope, span=span)
    for pk, organ_code, item_id, reported in batches.values_list("pk", "organ_code", "item_id", "reported_date"):
        found[reported, (organ_code, item_id)] += tally.get(pk, NOTHING)
    return found


def _tally(batches: QuerySet[Submission], *, scope: Scope, span: Span) -> Mapping[int, Counts]:
    """Return the counts of each batch by its key."""
    clockwork = Clockwork(scope.catalogue)
    facts = {
        pk: (number, organ_code, item_id, reported)
        for pk, number, organ_code, item_id, reported in batches.values_list(
            "pk", "number", "organ_code", "item_id", "reported_date"
        )
    }
    keys = {number: pk for pk, (number, *_) in facts.items()}
    found: dict[int, Counts] = defaultdict(Counts)

    def late(pk: int, decided: date | None, count: int) -> int:
        _, organ_code, item_id, reported = facts[pk]
        return count * clockwork.is_late(organ_code=organ_code, item_id=item_id, decided=decided, reported=reported)

    days = ("submission", "decision_date")
    for pk, day, count in _counted(rows_returned(batches, end=span.end), *days):
        found[pk] += Counts(reported=count, returned=count, late=late(pk, day, count))
    for pk, day, count in _counted(rows_doubtful(batches), *days):
        found[pk] += Counts(reported=count, doubtful=count, late=late(pk, day, count))
    for number, day, count in _counted(versions_accepted(batches, span), "submission_id", "decision_date"):
        found[keys[number]] += Counts(reported=count, late=late(keys[number], day, count))
    for pk, count in _counted(rows_incomplete(batches, end=span.end), "submission"):
        found[pk] += Counts(incomplete=count)
    for pk, count in _counted(rows_duplicate(batches, span), "submission"):
        found[pk] += Counts(duplicate=count)
    return found


def _counted(rows: QuerySet[Any], *by: str) -> Iterable[tuple[Any, ...]]:
    """Return the rows counted by some of their columns: the columns, then the count."""
    counted: Iterable[tuple[Any, ...]] = rows.order_by().values_list(*by).annotate(count=Count("pk"))
    return counted


def figures_stored(*, actor: Actor, catalogue: Catalogue, organ_code: str = "") -> QuerySet[QualityFigure]:
    """Return the figures that were stored day by day, of the organs that a person sees, newest first."""
    codes = scope_of(actor=actor, catalogue=catalogue, organ_code=organ_code).codes
    return QualityFigure.objects.filter(organ_code__in=codes).order_by("-as_of", "-first_day", "organ_code", "item_id")


def span_of(*, first: date, is_month: bool, as_of: date) -> Span:
    """Return the day or the month that begins on ``first``, as known at the end of ``as_of``."""
    return Span(first=first, last=Month(first).last if is_month else first, as_of=as_of)


def figures_checked(*, actor: Actor, catalogue: Catalogue, first: date, as_of: date) -> tuple[int, int]:
    """Return how many figures of a month were stored at the end of ``as_of``, and how many differ counted again today.

    Counted again under the law and calendar they were counted under. None differs unless rows were tampered with.

    Raises:
        CatalogueNotKept: no snapshot of that law was stored.
    """
    stored = figures_stored(actor=actor, catalogue=catalogue).filter(
        as_of=as_of, span=QualityFigure.Span.MONTH, first_day=first
    )
    again: dict[str, dict[Key, Counts]] = {}
    differing = 0
    figures = list(stored)
    for figure in figures:
        if figure.catalogue_hash not in again:
            kept = catalogue_kept(content_hash=figure.catalogue_hash)
            again[figure.catalogue_hash] = counts_of(
                actor=actor,
                scope=scope_of(actor=actor, catalogue=kept),
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
