"""Batches and their rows as they were known at the end of a day. Everything here is append-only underneath."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time

from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery

from xinheng.accounts.domain import Actor
from xinheng.intake.models import (
    Doubt,
    ReturnedRow,
    RowOutcome,
    Submission,
    SubmissionEvent,
    SubmissionFinding,
    SubmissionRow,
    SubmissionState,
)
from xinheng.intake.selectors import submissions_visible_to
from xinheng.kernel.dates import CHINA, ONE_DAY
from xinheng.monitoring.selectors.reach import Scope, items_reported
from xinheng.records.domain import Event
from xinheng.records.models import RecordVersion
from xinheng.records.selectors import versions_since

REQUIRED_RULE = "C01"
"""The check that says: a required cell is empty (docs/reference/checks.md)."""
_DECIDED = "DECIDED"
_REPORTS = (Event.REPORTED.value, Event.CORRECTED.value)


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """Batches reported from ``first`` to ``last`` (inclusive), as known at the end of ``as_of``."""

    first: date
    last: date
    as_of: date

    @property
    def end(self) -> datetime:
        """The first moment that is no longer known."""
        return datetime.combine(self.as_of + ONE_DAY, time.min, CHINA)


def batches_counted(*, actor: Actor, scope: Scope, span: Span) -> QuerySet[Submission]:
    """Return the batches whose rows count: published, or come back whole, and not withdrawn by then."""
    events = SubmissionEvent.objects.filter(submission=OuterRef("pk"), at__lt=span.end)
    returned = events.filter(action=SubmissionState.RETURNED.value.lower())
    withdrawn = events.filter(action=SubmissionState.WITHDRAWN.value.lower())
    return submissions_visible_to(actor=actor).filter(
        Q(published_at__lt=span.end) | Exists(returned),
        ~Exists(withdrawn),
        organ_code__in=scope.codes,
        item_id__in=[item.id for item in items_reported(scope.catalogue)],
        is_legacy=False,
        reported_date__range=(span.first, span.last),
        received_at__lt=span.end,
    )


def published(batches: QuerySet[Submission], span: Span) -> QuerySet[Submission]:
    """Return those of the batches that were published by then."""
    return batches.filter(published_at__lt=span.end)


def rows_returned(batches: QuerySet[Submission], *, end: datetime) -> QuerySet[ReturnedRow]:
    """Return the rows that came back, of each batch those of its newest matching before ``end``."""
    matched = SubmissionEvent.objects.filter(submission=OuterRef("submission"), action="matched", at__lt=end)
    newest = Subquery(matched.order_by("-at").values("at")[:1])
    return ReturnedRow.objects.filter(submission__in=batches, matched_at=newest)


def rows_doubtful(batches: QuerySet[Submission]) -> QuerySet[Doubt]:
    """Return the rows of which nobody knew at once whose they are, whatever was decided since."""
    return Doubt.objects.filter(submission__in=batches)


def is_incomplete() -> Exists:
    """Return the condition on a row that came back: a required cell of it is empty."""
    lacking = SubmissionFinding.objects.filter(
        submission=OuterRef("submission"), sheet=OuterRef("sheet"), row=OuterRef("row"), rule=REQUIRED_RULE
    )
    return Exists(lacking)


def rows_incomplete(batches: QuerySet[Submission], *, end: datetime) -> QuerySet[ReturnedRow]:
    """Return the rows that came back because a required cell is empty."""
    return rows_returned(batches, end=end).filter(is_incomplete())


def rows_duplicate(batches: QuerySet[Submission], span: Span) -> QuerySet[SubmissionRow]:
    """Return the rows that repeat what was stored, as told when their batch was published."""
    rows = SubmissionRow.objects.filter(submission__in=published(batches, span), outcome=RowOutcome.DUPLICATE)
    return rows.exclude(how=_DECIDED)


@dataclass(frozen=True, slots=True)
class Batch:
    """What counting needs to know of a batch: read once, asked of by every count."""

    pk: int
    number: str
    organ_code: str
    item_id: str
    reported: date
    published_at: datetime | None
    first_seq: int | None
    last_seq: int | None


def batches_read(batches: QuerySet[Submission]) -> tuple[Batch, ...]:
    """Return the batches, the newest report first. One query."""
    columns = ("pk", "number", "organ_code", "item_id", "reported_date", "published_at", "first_seq", "last_seq")
    return tuple(Batch(*values) for values in batches.order_by("-reported_date", "-id").values_list(*columns))


def versions_accepted(listed: Iterable[Batch], span: Span) -> QuerySet[RecordVersion]:
    """Return the versions that the batches' rows became at once; rows that were doubtful first are not among them."""
    known = {
        batch.number: (batch.pk, batch.first_seq, batch.last_seq)
        for batch in listed
        if batch.published_at is not None and batch.published_at < span.end and batch.first_seq and batch.last_seq
    }
    if not known:
        return RecordVersion.objects.none()
    decided = SubmissionRow.objects.filter(
        submission_id__in=[pk for pk, _, _ in known.values()], how=_DECIDED, seq__isnull=False
    )
    first, last = min(first for _, first, _ in known.values()), max(last for _, _, last in known.values())
    versions = versions_since(cursor=first - 1, until=last).filter(submission_id__in=list(known), event__in=_REPORTS)
    return versions.exclude(seq__in=decided.values("seq"))
