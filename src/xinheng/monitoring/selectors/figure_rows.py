"""The rows behind a figure, and the checks that fail most."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from itertools import islice
from typing import Final

from django.db.models import Count, QuerySet

from xinheng.accounts.domain import Actor
from xinheng.intake.domain import FindingSeverity
from xinheng.intake.models import Submission, SubmissionFinding
from xinheng.intake.selectors import rule_titles
from xinheng.monitoring.domain import Part
from xinheng.monitoring.selectors.batches import (
    Span,
    batches_counted,
    batches_read,
    rows_doubtful,
    rows_duplicate,
    rows_incomplete,
    rows_returned,
    versions_accepted,
)
from xinheng.monitoring.selectors.clockwork import Clockwork
from xinheng.monitoring.selectors.reach import Scope

_RULES: Final = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class FigureRow:
    """One row that a figure counts: where it stands in which batch, its number and days."""

    number: str
    sheet: str
    row: int
    document_no: str
    decided: date | None
    reported: date
    due: date | None
    what: str


def figure_rows(
    *, actor: Actor, scope: Scope, span: Span, part: Part, item_id: str, limit: int | None = None
) -> tuple[FigureRow, ...]:
    """Return the rows that a count is the number of; as many as it says, or the first ``limit``."""
    batches = batches_counted(actor=actor, scope=scope, span=span).filter(item_id=item_id)
    return tuple(islice(_rows(batches, scope, span, part), limit))


def _rows(batches: QuerySet[Submission], scope: Scope, span: Span, part: Part) -> Iterator[FigureRow]:
    if part is Part.RETURNED:
        yield from _of_batch(rows_returned(batches, end=span.end), "document_no_key", "退回改正", scope)
    elif part is Part.INCOMPLETE:
        yield from _of_batch(rows_incomplete(batches, end=span.end), "document_no_key", "必填没有填", scope)
    elif part is Part.DOUBTFUL:
        yield from _of_batch(rows_doubtful(batches), "document_no", "主体存疑", scope)
    elif part is Part.DUPLICATE:
        found = rows_duplicate(batches, span).order_by("submission_id", "sheet", "row")
        for number, sheet, row, reported in found.values_list(
            "submission__number", "sheet", "row", "submission__reported_date"
        ):
            yield FigureRow(
                number=number, sheet=sheet, row=row, document_no="", decided=None, reported=reported, due=None, what="重复"
            )
    else:
        every = _every(batches, scope, span)
        yield from every if part is Part.REPORTED else (row for row in every if row.due and row.due < row.reported)


def _every(batches: QuerySet[Submission], scope: Scope, span: Span) -> Iterator[FigureRow]:
    yield from _rows(batches, scope, span, Part.RETURNED)
    yield from _rows(batches, scope, span, Part.DOUBTFUL)
    clockwork = Clockwork(scope.catalogue)
    columns = ("submission_id", "sheet", "row_no", "document_no", "decision_date", "reported_date", "organ_code", "item_id")
    accepted = versions_accepted(batches_read(batches), span).values_list(*columns)
    for number, sheet, row, document, decided, reported, organ, item in accepted:
        deadline = clockwork.deadline(organ_code=organ, item_id=item, decided=decided)
        yield FigureRow(
            number=number,
            sheet=sheet,
            row=row,
            document_no=document,
            decided=decided,
            reported=reported,
            due=None if deadline is None else deadline.date,
            what="已入库",
        )


def _of_batch(rows: QuerySet, number_column: str, what: str, scope: Scope) -> Iterator[FigureRow]:  # type: ignore[type-arg] # two tables
    clockwork = Clockwork(scope.catalogue)
    columns = (
        "submission__number", "sheet", "row", number_column, "decision_date",
        "submission__reported_date", "submission__organ_code", "submission__item_id",
    )  # fmt: skip
    found = rows.order_by("submission_id", "sheet", "row").values_list(*columns)
    for number, sheet, row, document, decided, reported, organ, item in found:
        deadline = clockwork.deadline(organ_code=organ, item_id=item, decided=decided)
        yield FigureRow(
            number=number,
            sheet=sheet,
            row=row,
            document_no=document,
            decided=decided,
            reported=reported,
            due=None if deadline is None else deadline.date,
            what=what,
        )


def rules_failing(*, actor: Actor, scope: Scope, span: Span) -> tuple[tuple[str, str, int], ...]:
    """Return the checks by which most cells came back: rule, what it is about, cells; the most frequent first."""
    titles = rule_titles()
    batches = batches_counted(actor=actor, scope=scope, span=span)
    findings = SubmissionFinding.objects.filter(
        submission__in=batches, severity=FindingSeverity.REFUSE, row__gt=0, rule__in=titles
    )
    counted = findings.order_by().values_list("rule").annotate(count=Count("id")).order_by("-count", "rule")[:_RULES]
    return tuple((rule, titles[rule], count) for rule, count in counted)
