"""Batches and their rows as they were known at the end of a day. Everything here is append-only underneath."""

from dataclasses import dataclass
from datetime import date, datetime, time

from django.db.models import Exists, Max, Min, OuterRef, Q, QuerySet, Subquery

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


def rows_incomplete(batches: QuerySet[Submission], *, end: datetime) -> QuerySet[ReturnedRow]:
    """Return the rows that came back because a required cell is empty."""
    lacking = SubmissionFinding.objects.filter(
        submission=OuterRef("submission"), sheet=OuterRef("sheet"), row=OuterRef("row"), rule=REQUIRED_RULE
    )
    return rows_returned(batches, end=end).filter(Exists(lacking))


def rows_duplicate(batches: QuerySet[Submission], span: Span) -> QuerySet[SubmissionRow]:
    """Return the rows that repeat what was stored, as told when their batch was published."""
    rows = SubmissionRow.objects.filter(submission__in=published(batches, span), outcome=RowOutcome.DUPLICATE)
    return rows.exclude(how=_DECIDED)


def versions_accepted(batches: QuerySet[Submission], span: Span) -> QuerySet[RecordVersion]:
    """Return the versions that the batches' rows became at once; rows that were doubtful first are not among them."""
    known = published(batches, span).exclude(first_seq=None)
    ends = known.aggregate(first=Min("first_seq"), last=Max("last_seq"))
    if ends["first"] is None:
        return RecordVersion.objects.none()
    decided = SubmissionRow.objects.filter(submission__in=batches, how=_DECIDED, seq__isnull=False)
    versions = versions_since(cursor=ends["first"] - 1, until=ends["last"]).filter(
        submission_id__in=list(known.values_list("number", flat=True)), event__in=_REPORTS
    )
    return versions.exclude(seq__in=list(decided.values_list("seq", flat=True)))
