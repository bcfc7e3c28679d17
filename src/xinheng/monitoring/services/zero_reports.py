"""Zero reports (零报告): a clerk states that there is nothing, another person certifies it; either can be undone with a reason."""

from datetime import date, datetime

from django.db import IntegrityError, transaction

from xinheng.accounts.domain import ROLE_LABELS, Actor, Role
from xinheng.adapters.database import constraint_of
from xinheng.audit.services import event_record
from xinheng.catalogue.domain import Catalogue, Item
from xinheng.monitoring.domain import Month, month_of
from xinheng.monitoring.errors import (
    NotOfThisOrgan,
    ReasonNeeded,
    SamePersonCertifies,
    ZeroReportNotInState,
    ZeroReportNotPossible,
)
from xinheng.monitoring.models import OPEN_ZERO, ZeroReport, ZeroReportState
from xinheng.monitoring.selectors.reach import is_responsible, items_reported
from xinheng.monitoring.selectors.zero_reports import records_of_month, zero_report_visible_to

MONTHS_BACK = 12
"""How far back a month may be reported as empty."""

_ONE_OPEN = "zero_report_one_open"


def post_held(*, actor: Actor, role: Role, organ_code: str, item_id: str, catalogue: Catalogue) -> None:
    """Refuse who does not hold the post.

    Raises:
        NotOfThisOrgan: the person is not in this role, in this organ and for this item.
    """
    if not actor.may(role, organ_code=organ_code, item_id=item_id):
        names = {organ.code: organ.name for organ in catalogue.organs}
        raise NotOfThisOrgan(organ=names.get(organ_code, "本单位"), role=ROLE_LABELS[role])


def zero_report_state(
    *, organ_code: str, item_id: str, month: Month, actor: Actor, catalogue: Catalogue, now: datetime, today: date
) -> ZeroReport:
    """State that an organ decided nothing under an item in a month that is over. Stating the same again changes nothing.

    Raises:
        NotOfThisOrgan: the person is no clerk there.
        ZeroReportNotPossible: the month is not over or too far back, the item is not reported by the organ, or there are
            records of the month.
    """
    post_held(actor=actor, role=Role.CLERK, organ_code=organ_code, item_id=item_id, catalogue=catalogue)
    item = _item(organ_code=organ_code, item_id=item_id, month=month, catalogue=catalogue, today=today)
    count = records_of_month(organ_code=organ_code, item_id=item_id, month=month)
    if count:
        raise _impossible(item, month, f"这个月已经有{count}条记录；记录报错了的，先撤回或更正")
    found = ZeroReport.objects.filter(organ_code=organ_code, item_id=item_id, month=month.first, state__in=OPEN_ZERO)
    try:
        with transaction.atomic():
            before = found.first()
            if before is not None:
                return before
            report = ZeroReport.objects.create(
                organ_code=organ_code, item_id=item_id, month=month.first, clerk=actor.signature, stated_at=now
            )
            _event(report, "stated", actor=actor, at=now)
    except IntegrityError as error:
        if constraint_of(error) != _ONE_OPEN:
            raise
        return found.get()  # somebody else stated it between our look and our insert
    return report


@transaction.atomic
def zero_report_certify(*, report_id: int, actor: Actor, catalogue: Catalogue, now: datetime) -> ZeroReport:
    """Certify a stated zero report; certifying it again changes nothing.

    Raises:
        NothingFound: there is none, or not for this person.
        NotOfThisOrgan: the person is no reviewer there.
        SamePersonCertifies: who stated it cannot certify it; the database refuses it too.
        ZeroReportNotInState: it was returned or withdrawn.
        ZeroReportNotPossible: records of the month have come since.
    """
    report = _locked(report_id, actor, catalogue)
    post_held(actor=actor, role=Role.REVIEWER, organ_code=report.organ_code, item_id=report.item_id, catalogue=catalogue)
    if report.state == ZeroReportState.CERTIFIED:
        return report
    _in_state(report, ZeroReportState.STATED, wanted="确认")
    if report.clerk == actor.signature:
        raise SamePersonCertifies
    month = Month(report.month)
    count = records_of_month(organ_code=report.organ_code, item_id=report.item_id, month=month)
    if count:
        item = next(item for item in catalogue.items if item.id == report.item_id)
        raise _impossible(item, month, f"声明以后入库了{count}条这个月的记录；请退回经办人核对")
    report.state, report.reviewer, report.certified_at = ZeroReportState.CERTIFIED, actor.signature, now
    report.save(update_fields=["state", "reviewer", "certified_at"])
    _event(report, "certified", actor=actor, at=now)
    return report


@transaction.atomic
def zero_report_return(*, report_id: int, reason: str, actor: Actor, catalogue: Catalogue, now: datetime) -> ZeroReport:
    """Return a stated zero report to the clerk, with the reason.

    Raises:
        NothingFound, NotOfThisOrgan, ZeroReportNotInState, ReasonNeeded: there is nothing to return, or not said why.
    """
    report = _locked(report_id, actor, catalogue)
    post_held(actor=actor, role=Role.REVIEWER, organ_code=report.organ_code, item_id=report.item_id, catalogue=catalogue)
    _in_state(report, ZeroReportState.STATED, wanted="退回")
    return _end(report, ZeroReportState.RETURNED, reason=reason, what="退回零报告", actor=actor, at=now)


@transaction.atomic
def zero_report_withdraw(*, report_id: int, reason: str, actor: Actor, catalogue: Catalogue, now: datetime) -> ZeroReport:
    """Withdraw a zero report, stated or certified, with the reason: there was something after all.

    Raises:
        NothingFound, NotOfThisOrgan, ZeroReportNotInState, ReasonNeeded: there is nothing to withdraw, or not said why.
    """
    report = _locked(report_id, actor, catalogue)
    post_held(actor=actor, role=Role.CLERK, organ_code=report.organ_code, item_id=report.item_id, catalogue=catalogue)
    _in_state(report, *OPEN_ZERO, wanted="撤回")
    return _end(report, ZeroReportState.WITHDRAWN, reason=reason, what="撤回零报告", actor=actor, at=now)


def _locked(report_id: int, actor: Actor, catalogue: Catalogue) -> ZeroReport:
    zero_report_visible_to(actor=actor, catalogue=catalogue, report_id=report_id)
    return ZeroReport.objects.select_for_update().get(pk=report_id)


def _item(*, organ_code: str, item_id: str, month: Month, catalogue: Catalogue, today: date) -> Item:
    organ = next((organ for organ in catalogue.organs if organ.code == organ_code), None)
    item = next((item for item in items_reported(catalogue) if item.id == item_id), None)
    if organ is None or item is None or not is_responsible(item, organ):
        raise ZeroReportNotPossible(
            month=month.label, item=item_id if item is None else item.title, reason="目录里没有这样的事项"
        )
    current = month_of(today)
    if month >= current:
        raise _impossible(item, month, "这个月还没有过完")
    if month < current.back(MONTHS_BACK):
        raise _impossible(item, month, f"只能报最近{MONTHS_BACK}个月的")
    return item


def _impossible(item: Item, month: Month, reason: str) -> ZeroReportNotPossible:
    return ZeroReportNotPossible(month=month.label, item=item.title, reason=reason)


def _in_state(report: ZeroReport, *states: ZeroReportState, wanted: str) -> None:
    if report.state not in states:
        raise ZeroReportNotInState(state=ZeroReportState(report.state).label, wanted=wanted)


def _end(report: ZeroReport, state: ZeroReportState, *, reason: str, what: str, actor: Actor, at: datetime) -> ZeroReport:
    if not reason.strip():
        raise ReasonNeeded(what=what)
    report.state, report.reason, report.ended_by, report.ended_at = state, reason.strip(), actor.signature, at
    report.save(update_fields=["state", "reason", "ended_by", "ended_at"])
    _event(report, state.value.lower(), actor=actor, at=at)
    return report


def _event(report: ZeroReport, action: str, *, actor: Actor, at: datetime) -> None:
    event_record(
        action=f"monitoring.zero_report.{action}",
        actor=actor.signature,
        target=("zero_report", str(report.pk)),
        at=at,
        organ=report.organ_code,
        item=report.item_id,
        month=Month(report.month).text,
    )
