"""What another law would change in what is shown: counted over the records as they are, nothing is written (模拟).

Both sides are the display right of :mod:`xinheng.publicity.selectors.displays`, compiled from two catalogues and asked in one
query; ``decide`` under either of them says the same of a single record.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final
from uuid import UUID

from django.db import connection
from django.db.models import BooleanField, Case, DateField, ExpressionWrapper, F, Q, QuerySet, Value, When

from xinheng.publicity.expressions import ALWAYS, NEVER, display_end
from xinheng.publicity.selectors.displays import displayable, without_sole_traders
from xinheng.publicity.selectors.law import DisplayLaw
from xinheng.records.models import CurrentRecord
from xinheng.records.selectors import records_current


@dataclass(frozen=True, slots=True, kw_only=True)
class DisplayEffect:
    """What would change for the records of one organ and item; ``records`` are all that are stored."""

    organ_code: str
    item_id: str
    records: int
    appear: int
    disappear: int
    longer: int
    shorter: int

    @property
    def changed(self) -> int:
        """Return how many records would be shown otherwise."""
        return self.appear + self.disappear + self.longer + self.shorter


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangedDisplay:
    """A record that is shown now and would be shown otherwise; ends are exclusive, None means long-term.

    ``after`` that is not after the day asked about means: no longer shown (``is_shown_after`` false).
    """

    record_id: UUID
    document_no: str
    decision_date: date
    before: date | None
    after: date | None
    is_shown_after: bool


# The two laws are judged once for each record, and only then counted: written as one expression they would be worked out again
# for every count.
_COUNT: Final = """
WITH judged AS MATERIALIZED ({judged}),
ends AS (
    SELECT organ_code, item_id,
           CASE WHEN may_before AND law_before > %s THEN law_before END AS before,
           CASE WHEN may_after AND law_after > %s THEN law_after END AS after
    FROM judged
)
SELECT organ_code, item_id, count(*),
       count(*) FILTER (WHERE before IS NULL AND after IS NOT NULL),
       count(*) FILTER (WHERE before IS NOT NULL AND after IS NULL),
       count(*) FILTER (WHERE after > before),
       count(*) FILTER (WHERE after < before)
FROM ends GROUP BY organ_code, item_id
"""


def display_effects(*, before: DisplayLaw, after: DisplayLaw, on_date: date) -> tuple[DisplayEffect, ...]:
    """Return by organ and item what is shown otherwise under ``after`` than under ``before`` as read on ``on_date``.

    Groups in which nothing changes are left out. One query over all current records, nothing is written and nothing
    remembered.
    """
    if before.catalogue.hash == after.catalogue.hash:
        return ()
    columns = ["organ_code", "item_id", *(f"{what}_{name}" for name in _BOTH for what in ("law", "may"))]
    judged = _laws(before=before, after=after, on_date=on_date).order_by().values(*columns)
    text, values = judged.query.sql_with_params()
    with connection.cursor() as cursor:
        cursor.execute(_COUNT.format(judged=text), [*values, on_date, on_date])
        rows = cursor.fetchall()
    effects = (
        DisplayEffect(
            organ_code=organ_code,
            item_id=item_id,
            records=records,
            appear=appear,
            disappear=disappear,
            longer=longer,
            shorter=shorter,
        )
        for organ_code, item_id, records, appear, disappear, longer, shorter in rows
    )
    return tuple(sorted((e for e in effects if e.changed), key=lambda e: (-e.changed, e.organ_code, e.item_id)))


def displays_changed(
    *, before: DisplayLaw, after: DisplayLaw, on_date: date, organ_code: str, item_id: str, limit: int
) -> Sequence[ChangedDisplay]:
    """Return records of one organ and item that are shown now and would be shown otherwise, newest decision first.

    What is not public now is counted only (P11), and so is what speaks against sole traders (P2).
    """
    judged = _judged(before=before, after=after, on_date=on_date).filter(organ_code=organ_code, item_id=item_id)
    found = without_sole_traders(records=judged.filter(_DISAPPEAR | (_STAY & ~Q(end_after=F("end_before")))), law=before)
    return [_changed(record, on_date) for record in found.order_by("-decision_date", "-record_id")[:limit]]


def _changed(record: CurrentRecord, on_date: date) -> ChangedDisplay:
    before: date = getattr(record, "end_before")  # noqa: B009 - an annotation, unknown to the type
    after: date = getattr(record, "end_after")  # noqa: B009 - as above
    return ChangedDisplay(
        record_id=record.record_id,
        document_no=record.document_no,
        decision_date=record.decision_date,
        before=_told(before),
        after=_told(after),
        is_shown_after=after > on_date,
    )


_SHOWN_BEFORE = Q(end_before__gt=Value(NEVER))
_SHOWN_AFTER = Q(end_after__gt=Value(NEVER))
_DISAPPEAR = _SHOWN_BEFORE & ~_SHOWN_AFTER
_STAY = _SHOWN_BEFORE & _SHOWN_AFTER
_BOTH: Final = ("before", "after")


def _laws(*, before: DisplayLaw, after: DisplayLaw, on_date: date) -> QuerySet[CurrentRecord]:
    """Return all current records with ``law_…`` (the end of display) and ``may_…`` (nothing else stops it) under either law."""
    records = records_current()
    for name, law in zip(_BOTH, (before, after), strict=True):
        records = records.annotate(
            **{
                f"law_{name}": display_end(book=law.book, on_date=on_date, organs_of=law.organs_of),
                f"may_{name}": ExpressionWrapper(displayable(law=law, on_date=on_date), output_field=BooleanField()),
            }
        )
    return records


def _judged(*, before: DisplayLaw, after: DisplayLaw, on_date: date) -> QuerySet[CurrentRecord]:
    """Return all current records with ``end_before`` and ``end_after``: the end of display where shown, else ``NEVER``."""
    records = _laws(before=before, after=after, on_date=on_date)
    for name in _BOTH:
        shown = When(Q(**{f"may_{name}": True, f"law_{name}__gt": on_date}), then=F(f"law_{name}"))
        records = records.annotate(**{f"end_{name}": Case(shown, default=Value(NEVER), output_field=DateField())})
    return records


def _told(end: date) -> date | None:
    return None if end == ALWAYS else end
