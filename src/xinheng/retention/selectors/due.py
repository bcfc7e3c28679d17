"""Everything that is over, kind by kind, as of a moment."""

from datetime import date, datetime, timedelta
from typing import Any, Final

from django.conf import settings
from django.db.models import Min, QuerySet

from xinheng.adapters.clock import CHINA
from xinheng.audit.selectors import event_first_at, event_newest, months_kept
from xinheng.exchange.models import ReportDraft
from xinheng.exchange.selectors import KEPT_DAYS, drafts_lapsed
from xinheng.intake.domain import WORKBOOK_KEPT_DAYS
from xinheng.intake.models import RecordDraft, SubmissionOriginal, SubmissionState
from xinheng.intake.selectors import drafts_over, originals_over, workbooks_over
from xinheng.kernel.dates import add_months
from xinheng.notices.selectors import contacts_over
from xinheng.reports.models import IssuedReport
from xinheng.retention.domain import OVERDUE_DAYS, Due, Kind, Waiting
from xinheng.retention.selectors.person_fields import person_fields_told

RUN: Final = "retention.run"
"""Action of the event that a whole run writes at its end."""


def all_due(*, now: datetime) -> list[Due]:
    """Return what is over of every kind, what waits for what, and when more will be."""
    day = now.astimezone(CHINA).date()
    return [
        _originals(day),
        _drafts(day),
        _workbooks(now),
        person_fields_told(on_date=day),
        _reports(now),
        _system_reports(now),
        _contacts(day),
        _trail(day),
    ]


def overdue(*, now: datetime) -> list[Due]:
    """Return what has been over for so long that a daily run has failed."""
    day = now.astimezone(CHINA).date()
    return [due for due in all_due(now=now) if due.since is not None and due.since + timedelta(days=OVERDUE_DAYS) <= day]


def last_run(*, now: datetime) -> datetime:
    """Return when a run was last finished; where none was, when the platform began, or ``now`` if it has not yet."""
    newest = event_newest(action=RUN)
    return newest.at if newest is not None else event_first_at() or now


def report_data_before(*, now: datetime) -> datetime:
    """Return the moment before which issued reports are over: the beginning of a day in Asia/Shanghai."""
    today = now.astimezone(CHINA).replace(hour=0, minute=0, second=0, microsecond=0)
    return today - timedelta(days=settings.XINHENG_REPORT_DATA_DAYS)


def _first(rows: QuerySet[Any], name: str) -> Any:
    return rows.aggregate(first=Min(name))["first"]


def _day(moment: datetime | None, *, days: int) -> date | None:
    return None if moment is None else moment.astimezone(CHINA).date() + timedelta(days=days)


def _originals(day: date) -> Due:
    over = originals_over(on_date=day)
    certified = over.filter(submission__state=SubmissionState.CERTIFIED)
    due = over.exclude(submission__state=SubmissionState.CERTIFIED)
    waiting = certified.count()
    last = _first(due, "destroy_after")
    coming = _first(SubmissionOriginal.objects.filter(destroyed_at=None, destroy_after__gte=day), "destroy_after")
    return Due(
        kind=Kind.ORIGINALS,
        period=settings.XINHENG_ORIGINAL_RETENTION_DAYS,
        count=due.count(),
        since=None if last is None else last + timedelta(days=1),
        waiting=(Waiting(reason="两人已确认，还没有入库（运行 xinheng intake resume）", count=waiting),) if waiting else (),
        next_day=None if coming is None else coming + timedelta(days=1),
    )


def _drafts(day: date) -> Due:
    over = drafts_over(on_date=day)
    last, coming = _first(over, "keep_until"), _first(RecordDraft.objects.filter(keep_until__gte=day), "keep_until")
    return Due(
        kind=Kind.RECORD_DRAFTS,
        period=settings.XINHENG_ORIGINAL_RETENTION_DAYS,
        count=over.count(),
        since=None if last is None else last + timedelta(days=1),
        next_day=None if coming is None else coming + timedelta(days=1),
    )


def _workbooks(now: datetime) -> Due:
    over = workbooks_over(now=now)
    since = _day(_first(over, "finished_at"), days=WORKBOOK_KEPT_DAYS)
    day = now.astimezone(CHINA).date()
    return Due(
        kind=Kind.WORKBOOKS,
        period=WORKBOOK_KEPT_DAYS,
        count=over.count(),
        # One whose original went before its own time is over since then, which is not longer ago than today's run.
        since=None if since is None else min(since, day),
    )


def _reports(now: datetime) -> Due:
    kept = IssuedReport.objects.filter(wrapped_key__isnull=False)
    before, days = report_data_before(now=now), settings.XINHENG_REPORT_DATA_DAYS
    over = kept.filter(issued_at__lt=before)
    return Due(
        kind=Kind.REPORT_DATA,
        period=days,
        count=over.count(),
        since=_day(_first(over, "issued_at"), days=days + 1),
        next_day=_day(_first(kept.filter(issued_at__gte=before), "issued_at"), days=days + 1),
    )


def _system_reports(now: datetime) -> Due:
    before = now - timedelta(days=KEPT_DAYS)
    over = drafts_lapsed(before=before)
    coming = ReportDraft.objects.filter(state=ReportDraft.State.OPEN, made_at__gte=before)
    return Due(
        kind=Kind.SYSTEM_REPORTS,
        period=KEPT_DAYS,
        count=over.count(),
        since=_day(_first(over, "made_at"), days=KEPT_DAYS),
        next_day=_day(_first(coming, "made_at"), days=KEPT_DAYS),
    )


def _contacts(day: date) -> Due:
    # Since when somebody holds no role is not reckoned for the list; the run of the day takes them.
    over = contacts_over(on_date=day, days=settings.XINHENG_CONTACT_DAYS).count()
    late = contacts_over(on_date=day - timedelta(days=OVERDUE_DAYS), days=settings.XINHENG_CONTACT_DAYS).exists()
    since = day - timedelta(days=OVERDUE_DAYS) if late else day
    return Due(kind=Kind.CONTACTS, period=settings.XINHENG_CONTACT_DAYS, count=over, since=since if over else None)


def _trail(day: date) -> Due:
    months = months_kept()
    ends = [add_months(month, settings.XINHENG_TRAIL_MONTHS + 1) for month in months]
    over = [end for end in ends if end <= day]
    return Due(
        kind=Kind.TRAIL_MONTHS,
        period=settings.XINHENG_TRAIL_MONTHS,
        count=len(over),
        since=min(over, default=None),
        next_day=min((end for end in ends if end > day), default=None),
    )
