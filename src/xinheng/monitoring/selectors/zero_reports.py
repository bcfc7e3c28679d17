"""Zero reports, and whether records contradict them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import Count, QuerySet
from django.db.models.functions import TruncMonth

from xinheng.accounts.domain import Actor, Role
from xinheng.accounts.models import Account
from xinheng.catalogue.domain import Catalogue
from xinheng.monitoring.domain import Month
from xinheng.monitoring.errors import NothingFound
from xinheng.monitoring.models import OPEN_ZERO, ZeroReport, ZeroReportState
from xinheng.monitoring.selectors.reach import scope_of
from xinheng.records.selectors import records_current

_SIGNATURE = "account:"


@dataclass(frozen=True, slots=True, kw_only=True)
class ZeroReportLine:
    """One zero report as a person reads it; ``records`` are those that contradict it."""

    report: ZeroReport
    month: Month
    clerk: str
    reviewer: str
    ended_by: str
    records: int
    may_certify: bool
    may_withdraw: bool


def zero_reports_visible_to(*, actor: Actor, catalogue: Catalogue) -> QuerySet[ZeroReport]:
    """Return the zero reports that a person may see: those of the organs this person follows."""
    return ZeroReport.objects.filter(organ_code__in=scope_of(actor=actor, catalogue=catalogue).codes)


def zero_report_visible_to(*, actor: Actor, catalogue: Catalogue, report_id: int) -> ZeroReport:
    """Return one zero report.

    Raises:
        NothingFound: there is none, or not for this person.
    """
    found = zero_reports_visible_to(actor=actor, catalogue=catalogue).filter(pk=report_id).first()
    if found is None:
        raise NothingFound
    return found


def zero_report_lines(*, actor: Actor, catalogue: Catalogue, limit: int = 100) -> tuple[ZeroReportLine, ...]:
    """Return the newest zero reports with names and contradictions. Three queries."""
    reports = list(zero_reports_visible_to(actor=actor, catalogue=catalogue).order_by("-stated_at", "-id")[:limit])
    counted = _records(reports)
    names = names_of({name for report in reports for name in (report.clerk, report.reviewer, report.ended_by)})
    return tuple(
        ZeroReportLine(
            report=report,
            month=Month(report.month),
            clerk=names.get(report.clerk, report.clerk),
            reviewer=names.get(report.reviewer, report.reviewer),
            ended_by=names.get(report.ended_by, report.ended_by),
            records=counted.get((report.organ_code, report.item_id, report.month), 0) if report.state in OPEN_ZERO else 0,
            may_certify=report.state == ZeroReportState.STATED
            and report.clerk != actor.signature
            and actor.may(Role.REVIEWER, organ_code=report.organ_code, item_id=report.item_id),
            may_withdraw=report.state in OPEN_ZERO
            and actor.may(Role.CLERK, organ_code=report.organ_code, item_id=report.item_id),
        )
        for report in reports
    )


def zero_months(*, actor: Actor, catalogue: Catalogue, months: Sequence[Month]) -> frozenset[tuple[str, str, date]]:
    """Return organ, item and first day of the month of every certified zero report of some months."""
    reports = zero_reports_visible_to(actor=actor, catalogue=catalogue)
    found = reports.filter(month__in=[month.first for month in months], state=ZeroReportState.CERTIFIED)
    return frozenset(found.values_list("organ_code", "item_id", "month"))


def records_of_month(*, organ_code: str, item_id: str, month: Month) -> int:
    """Return how many records, not withdrawn, an organ decided under an item in a month."""
    found = records_current().filter(organ_code=organ_code, item_id=item_id, withdrawn=False)
    return found.filter(decision_date__range=(month.first, month.last)).count()


def _records(reports: list[ZeroReport]) -> dict[tuple[str, str, date], int]:
    if not reports:
        return {}
    months = [Month(report.month) for report in reports]
    found = records_current().filter(
        organ_code__in={report.organ_code for report in reports},
        item_id__in={report.item_id for report in reports},
        withdrawn=False,
        decision_date__range=(min(months).first, max(months).last),
    )
    by = found.order_by().annotate(month=TruncMonth("decision_date")).values_list("organ_code", "item_id", "month")
    return {(organ, item, month): count for organ, item, month, count in by.annotate(count=Count("pk"))}


def names_of(signatures: set[str]) -> dict[str, str]:
    """Return the names of the accounts that signed, by signature. One query."""
    numbers = [int(text.removeprefix(_SIGNATURE)) for text in signatures if text.startswith(_SIGNATURE)]
    return {f"{_SIGNATURE}{pk}": name for pk, name in Account.objects.filter(pk__in=numbers).values_list("pk", "display_name")}
