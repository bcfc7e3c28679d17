"""Zero reports: stated by a clerk, certified by another, contradicted by records; the database refuses what a service would."""

from datetime import date, datetime

import pytest
from django.db import IntegrityError, InternalError, connection, transaction
from django.db.utils import ProgrammingError
from tests.factories import intake_world as world
from tests.factories import monitoring as made
from tests.factories.accounts import OTHER_ORGAN, make_account, make_actor

from xinheng.accounts.domain import Actor, Post, Role
from xinheng.adapters.clock import CHINA
from xinheng.audit.selectors import events_of
from xinheng.catalogue.selectors import catalogue_current
from xinheng.monitoring import services
from xinheng.monitoring.domain import CellState, Month
from xinheng.monitoring.errors import (
    NothingFound,
    NotOfThisOrgan,
    ReasonNeeded,
    SamePersonCertifies,
    ZeroReportNotInState,
    ZeroReportNotPossible,
)
from xinheng.monitoring.models import ZeroReport, ZeroReportState
from xinheng.monitoring.selectors import coverage_of, zero_report_lines

pytestmark = pytest.mark.django_db
APRIL = Month(date(2026, 4, 1))
NOW = datetime(2026, 5, 20, 9, tzinfo=CHINA)
TODAY = NOW.date()


@pytest.fixture
def clerk(db):
    return make_actor("demo.clerk", Role.CLERK)


@pytest.fixture
def reviewer(db):
    return make_actor("demo.review", Role.REVIEWER)


def _state(actor, *, month=APRIL, item=made.ITEM, organ=world.ORGAN):
    return services.zero_report_state(
        organ_code=organ, item_id=item, month=month, actor=actor, catalogue=catalogue_current(), now=NOW, today=NOW.date()
    )


def _certify(report, actor):
    return services.zero_report_certify(report_id=report.pk, actor=actor, catalogue=catalogue_current(), now=NOW)


def _withdraw(report, actor, reason="有一件漏了"):
    return services.zero_report_withdraw(
        report_id=report.pk, reason=reason, actor=actor, catalogue=catalogue_current(), now=NOW
    )


def _return(report, actor, reason="请再查"):
    return services.zero_report_return(report_id=report.pk, reason=reason, actor=actor, catalogue=catalogue_current(), now=NOW)


def _cell(actor, *, today=TODAY, item=made.ITEM):
    coverage = coverage_of(actor=actor, catalogue=catalogue_current(), month=APRIL, today=today, organ_code=world.ORGAN)
    (row,) = coverage.rows
    return row.cells[[one.id for one in coverage.items].index(item)]


def test_from_missing_to_zero(clerk, reviewer):
    assert _cell(clerk).text == "未报〔已过5个工作日〕"
    report = _state(clerk)
    assert _state(clerk).pk == report.pk, "stated again it is the same"
    assert _cell(clerk).state is CellState.MISSING, "not before it is certified"
    assert _certify(report, reviewer).state == _certify(report, reviewer).state == ZeroReportState.CERTIFIED
    assert _cell(clerk).state is CellState.ZERO
    actions = [event.action for event in events_of(kind="zero_report", identifier=str(report.pk))]
    assert actions == ["monitoring.zero_report.stated", "monitoring.zero_report.certified"]


def test_nothing_is_missing_before_the_last_deadline_of_the_month(clerk):
    # Decided on 30 April: seven working days over the holidays, and 9 May, a Saturday, is worked instead.
    due = _cell(clerk).due
    assert _cell(clerk, today=due).state is CellState.OPEN
    assert _cell(clerk, today=NOW.date()).due == due
    assert due == date(2026, 5, 13)


def test_records_of_the_month_contradict_it(clerk, reviewer, tmp_path):
    report = _certify(_state(clerk), reviewer)
    world.subject_make(1)
    made.load(tmp_path, [world.penalty(1)], now=NOW)
    cell = _cell(clerk)
    assert (cell.state, cell.records) == (CellState.CONTRADICTED, 1)
    (line,) = zero_report_lines(actor=clerk, catalogue=catalogue_current())
    assert (line.records, line.may_withdraw, line.may_certify) == (1, True, False)
    _withdraw(report, clerk)
    assert _cell(clerk).state is CellState.REPORTED
    with pytest.raises(ZeroReportNotPossible, match="已经有1条记录"):
        _state(clerk)


def test_records_that_came_between_stop_the_certification(clerk, reviewer, tmp_path):
    report = _state(clerk)
    world.subject_make(1)
    made.load(tmp_path, [world.penalty(1)], now=NOW)
    with pytest.raises(ZeroReportNotPossible, match="声明以后入库了1条"):
        _certify(report, reviewer)


def test_who_stated_it_cannot_certify_it(clerk):
    both = Actor(account_id=clerk.account_id, name="甲", posts=(*clerk.posts, Post(role=Role.REVIEWER, organ_code=world.ORGAN)))
    report = _state(both)
    with pytest.raises(SamePersonCertifies):
        _certify(report, both)
    with pytest.raises(IntegrityError, match="zero_report_two_persons"), transaction.atomic():
        ZeroReport.objects.filter(pk=report.pk).update(state="CERTIFIED", reviewer=report.clerk, certified_at=NOW)
    with pytest.raises(IntegrityError, match="zero_report_certified_by_someone"), transaction.atomic():
        ZeroReport.objects.filter(pk=report.pk).update(state="CERTIFIED")


def test_each_only_in_their_own_organ(clerk, reviewer):
    foreign = make_actor("demo.foreign", Role.REVIEWER, OTHER_ORGAN)
    report = _state(clerk)
    with pytest.raises(NothingFound):
        _certify(report, foreign)
    with pytest.raises(NotOfThisOrgan, match="审核人"):
        _certify(report, clerk)
    with pytest.raises(NotOfThisOrgan, match="经办人"):
        _state(reviewer)
    with pytest.raises(NotOfThisOrgan):
        _state(clerk, organ=OTHER_ORGAN)
    assert zero_report_lines(actor=foreign, catalogue=catalogue_current()) == ()
    assert zero_report_lines(actor=make_actor("demo.admin", Role.ADMINISTRATOR), catalogue=catalogue_current()) == ()


@pytest.mark.parametrize("month", [Month(date(2026, 5, 1)), Month(date(2026, 6, 1)), Month(date(2025, 4, 1))])
def test_only_months_that_are_over_and_not_long_ago(clerk, month):
    with pytest.raises(ZeroReportNotPossible):
        _state(clerk, month=month)


def test_only_items_of_which_rows_become_records(clerk):
    for item in ("revocation", "no_such_item"):
        with pytest.raises(ZeroReportNotPossible, match="目录里没有这样的事项"):
            _state(clerk, item=item)


def test_returned_and_withdrawn_with_a_reason_and_stated_again(clerk, reviewer):
    report = _state(clerk)
    with pytest.raises(ReasonNeeded):
        _return(report, reviewer, " ")
    _return(report, reviewer)
    with pytest.raises(ZeroReportNotInState):
        _certify(report, reviewer)
    again = _state(clerk)
    assert again.pk != report.pk
    _withdraw(again, clerk)
    with pytest.raises(ZeroReportNotInState):
        _withdraw(again, clerk)
    assert ZeroReport.objects.count() == 2


@pytest.mark.parametrize(
    "change", ["state = 'STATED'", "month = '2026-03-01'", "clerk = 'account:0'", "reviewer = 'account:0'"]
)
def test_what_was_certified_never_changes(clerk, reviewer, change):
    report = _certify(_state(clerk), reviewer)
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"UPDATE monitoring_zeroreport SET {change} WHERE id = %s", [report.pk])
    with pytest.raises((ProgrammingError, InternalError)), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("DELETE FROM monitoring_zeroreport")


def test_names_not_numbers_are_shown(clerk, reviewer):
    _certify(_state(clerk), reviewer)
    make_account("demo.other")
    (line,) = zero_report_lines(actor=clerk, catalogue=catalogue_current())
    assert (line.clerk, line.reviewer) == (clerk.name, reviewer.name)
