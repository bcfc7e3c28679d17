"""The figures of a day, stored as they were told: counts, the law they were counted under, when."""

from datetime import date, datetime, timedelta
from typing import Final

from django.db import transaction
from django.db.models import Max

from xinheng.catalogue.domain import Catalogue
from xinheng.catalogue.services import catalogue_store
from xinheng.kernel.dates import ONE_DAY
from xinheng.monitoring.domain import COUNT_NAMES, month_of
from xinheng.monitoring.models import QualityFigure
from xinheng.monitoring.selectors.quality import counts_of, span_of
from xinheng.monitoring.selectors.reach import SYSTEM, scope_of

CAUGHT_UP_DAYS: Final = 62
"""How far back days are made up for after a stop; what lies before is stored by ``--on``."""


@transaction.atomic
def figures_store(*, as_of: date, catalogue: Catalogue, now: datetime) -> int:
    """Store the counts of the day ``as_of`` and of its month up to that day, and return how many were new.

    A second call changes nothing: what was told stays as told. A day that is not over yet is refused.

    Raises:
        ValueError: the day is not over at ``now``.
    """
    scope = scope_of(actor=SYSTEM, catalogue=catalogue)
    catalogue_store(now=now, catalogue=catalogue)
    spans = {QualityFigure.Span.DAY: as_of, QualityFigure.Span.MONTH: month_of(as_of).first}
    figures = []
    for kind, first in spans.items():
        span = span_of(first=first, is_month=kind is QualityFigure.Span.MONTH, as_of=as_of)
        if now < span.end:
            raise ValueError(f"{as_of} is not over at {now}")
        for (organ_code, item_id), counts in counts_of(actor=SYSTEM, scope=scope, span=span).items():
            figures.append(
                QualityFigure(
                    as_of=as_of,
                    span=kind,
                    first_day=first,
                    organ_code=organ_code,
                    item_id=item_id,
                    catalogue_hash=catalogue.hash,
                    made_at=now,
                    **{name: getattr(counts, name) for name in COUNT_NAMES},
                )
            )
    before = QualityFigure.objects.filter(as_of=as_of).count()
    QualityFigure.objects.bulk_create(figures, ignore_conflicts=True)
    return QualityFigure.objects.filter(as_of=as_of).count() - before


def figures_catch_up(*, catalogue: Catalogue, now: datetime, today: date) -> list[tuple[date, int]]:
    """Store the figures of every day that is over and was not stored, and return how many were new of each such day.

    Whenever it is done, a day is counted as known at its end, from rows that are only added to (ADR 0046); the figures
    say when they were made and under which law. A day on which nothing was reported in its month has no figures and is
    looked at again. Killed in between, it goes on with the day at which it was; repeated, it changes nothing.
    """
    newest = QualityFigure.objects.filter(as_of__lt=today).aggregate(newest=Max("as_of"))["newest"]
    yesterday = today - ONE_DAY
    first = yesterday if newest is None else max(newest + ONE_DAY, today - timedelta(days=CAUGHT_UP_DAYS))
    days = [first + timedelta(days=index) for index in range((yesterday - first).days + 1)]
    return [(day, figures_store(as_of=day, catalogue=catalogue, now=now)) for day in days]
