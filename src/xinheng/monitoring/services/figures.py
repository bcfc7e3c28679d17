"""The figures of a day, stored as they were told: counts, the law they were counted under, when."""

from datetime import date, datetime

from django.db import transaction

from xinheng.catalogue.domain import Catalogue
from xinheng.catalogue.services import catalogue_store
from xinheng.monitoring.domain import COUNT_NAMES, month_of
from xinheng.monitoring.models import QualityFigure
from xinheng.monitoring.selectors.quality import counts_of, span_of
from xinheng.monitoring.selectors.reach import SYSTEM, scope_of


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
