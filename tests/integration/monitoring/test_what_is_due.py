"""Due and late: rows that came back, doubts, late rows, until they are mended or decided; under the calendar as it now is."""

import shutil
from datetime import date, datetime, timedelta

import pytest
from click.testing import CliRunner
from django.conf import settings
from tests.factories import intake_world as world
from tests.factories import monitoring as made
from tests.factories.accounts import OTHER_ORGAN, make_actor

from xinheng.accounts.domain import Role
from xinheng.adapters.clock import CHINA
from xinheng.audit.models import Event
from xinheng.catalogue.cli import catalogue as catalogue_command
from xinheng.catalogue.selectors import catalogue_current, catalogue_load_from
from xinheng.intake.models import Doubt
from xinheng.intake.services import doubt_decide, submission_withdraw
from xinheng.monitoring.domain import DueKind
from xinheng.monitoring.models import Reminder
from xinheng.monitoring.selectors import SYSTEM, due_lines, late_organs
from xinheng.monitoring.services import reminders_make
from xinheng.notices.domain import NoticeKind
from xinheng.notices.selectors import notices_visible_to

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _organisations(db):
    made.organisations()


def _due(actor=SYSTEM, *, now=made.NOW, catalogue=None):
    lines = due_lines(actor=actor, catalogue=catalogue or catalogue_current(), now=now, today=now.astimezone(CHINA).date())
    return [(line.kind, line.count, line.due, line.is_late, line.days) for line in lines]


MEND = (DueKind.MEND, 2, date(2026, 4, 24), False, 4)
DOUBT = (DueKind.DOUBT, 1, date(2026, 4, 24), False, 4)
LATE = (DueKind.LATE, 1, date(2026, 4, 13), True, 5)


def test_what_came_back_is_doubtful_or_late_is_listed_the_late_first(tmp_path):
    made.load(tmp_path, made.rows())
    assert _due() == [LATE, *sorted([MEND, DOUBT])] or _due() == [LATE, MEND, DOUBT] or _due() == [LATE, DOUBT, MEND]
    # The last day is still in time; the next working day is not.
    assert (DueKind.MEND, 2, date(2026, 4, 24), False, 0) in _due(now=datetime(2026, 4, 24, 23, tzinfo=CHINA))
    assert (DueKind.MEND, 2, date(2026, 4, 24), True, 1) in _due(now=datetime(2026, 4, 27, 9, tzinfo=CHINA))


def test_mended_and_sent_again_is_no_longer_due(tmp_path):
    made.load(tmp_path, made.rows())
    made.load(tmp_path, made.mended(), now=made.LATER)
    assert [kind for kind, *_ in _due(now=made.LATER)].count(DueKind.MEND) == 0


def test_sent_again_unmended_is_due_once(tmp_path):
    made.load(tmp_path, made.rows())
    made.load(tmp_path, made.rows(), now=made.LATER)
    assert [(kind, count) for kind, count, *_ in _due(now=made.LATER) if kind is DueKind.MEND] == [(DueKind.MEND, 2)]


def test_a_row_without_a_number_stays_until_its_batch_is_given_up(tmp_path):
    number = made.load(tmp_path, [world.penalty(1), world.penalty(2, CF_WSH="")])
    assert [kind for kind, *_ in _due()] == [DueKind.MEND]
    made.load(tmp_path, [world.penalty(2)], now=made.LATER, name="补.csv")
    assert [kind for kind, *_ in _due(now=made.LATER)] == [DueKind.MEND]
    submission_withdraw(number=number, actor="演示经办", reason="重报", now=made.LATER)
    assert _due(now=made.LATER) == []


def test_a_doubt_that_was_decided_is_not_due_and_one_sent_back_is(tmp_path):
    made.load(tmp_path, made.rows())
    doubt = Doubt.objects.get()
    doubt_decide(doubt_id=doubt.pk, subject_id=None, actor="甲", reason="登记库里没有", now=made.NOW)
    found = _due()
    assert DueKind.DOUBT not in {kind for kind, *_ in found}
    assert sum(count for kind, count, *_ in found if kind is DueKind.MEND) == 3
    world.subject_make(4)
    made.load(tmp_path, [world.penalty(4)], now=made.LATER, name="补报.csv")
    assert sum(count for kind, count, *_ in _due(now=made.LATER) if kind is DueKind.MEND) == 2


def test_each_sees_their_own_organs(tmp_path):
    made.load(tmp_path, made.rows())
    assert len(_due(make_actor("demo.clerk", Role.CLERK))) == 3
    assert len(_due(make_actor("demo.office", Role.CREDIT_OFFICER, OTHER_ORGAN))) == 3
    for name, role, organ in (
        ("demo.foreign", Role.CLERK, OTHER_ORGAN),
        ("demo.admin", Role.ADMINISTRATOR, world.ORGAN),
        ("demo.audit", Role.AUDITOR, world.ORGAN),
    ):
        assert _due(make_actor(name, role, organ)) == [], name


def test_late_organs_are_listed_with_their_rows(tmp_path):
    made.load(tmp_path, made.rows())
    catalogue = catalogue_current()
    now = datetime(2026, 4, 28, 9, tzinfo=CHINA)
    lines = due_lines(actor=SYSTEM, catalogue=catalogue, now=now, today=now.date())
    (late,) = late_organs(lines=lines, organs=catalogue.organs)
    assert (late.organ.code, late.to_mend, late.doubtful, late.published, late.most_days) == (world.ORGAN, 2, 1, 1, 5)


def test_a_reminder_is_made_once_a_day(tmp_path):
    made.load(tmp_path, made.rows())
    clerk, reviewer = make_actor("demo.clerk", Role.CLERK), make_actor("demo.review", Role.REVIEWER)
    foreign = make_actor("demo.foreign", Role.CLERK, OTHER_ORGAN)

    def remind(day):
        return reminders_make(catalogue=catalogue_current(), now=datetime.combine(day, made.NOW.timetz()), today=day)

    assert remind(date(2026, 4, 21)) == [], "three working days are left"
    first = remind(date(2026, 4, 22))
    assert len(first) == 2
    assert all("期限2026年4月24日（含当日），还有2个工作日。" in reminder.text for reminder in first)
    assert remind(date(2026, 4, 22)) == []
    assert len(remind(date(2026, 4, 27))) == 2, "what is late is told every day"
    told = [(notice.kind, notice.due) for notice in notices_visible_to(actor=clerk)]
    assert told == [(NoticeKind.DUE, date(2026, 4, 24))] * 4
    assert not notices_visible_to(actor=reviewer)
    assert not notices_visible_to(actor=foreign)
    assert Reminder.objects.count() == Event.objects.filter(action="monitoring.reminder.made").count() == 4


CALENDAR = """calendar:
  - year: 2027
    source: "测试编造，不是放假安排"
    confidence: SOURCED
    holidays:
      2027-01-01: "元旦"
    in_lieu_working_days: []
"""


def test_a_calendar_that_arrives_changes_the_days_without_code(tmp_path):
    """The file is checked by the command, laid into the folder, and that is all: no restart, no migration."""
    folder = tmp_path / "catalogue"
    shutil.copytree(settings.XINHENG_CATALOGUE_DIR, folder)
    now = datetime(2026, 12, 28, 9, tzinfo=CHINA)
    rows = [world.penalty(1, CF_JDRQ="2026-12-25", CF_YXQ="2027-12-25", CF_NR_FK="")]
    made.load(tmp_path, [*rows, world.penalty(2, CF_JDRQ="2026-12-25", CF_YXQ="2027-12-25")], now=now)

    def line():
        lines = due_lines(actor=SYSTEM, catalogue=catalogue_load_from(folder), now=now, today=now.date())
        return next((line.due, line.is_provisional, line.days) for line in lines if line.kind is DueKind.MEND)

    assert line() == (date(2027, 1, 5), True, 6), "weekdays, the first of January among them"

    new = tmp_path / "2027.yaml"
    new.write_text(CALENDAR.replace("2027-01-01", "元月一日"))
    wrong = CliRunner().invoke(catalogue_command, ["check", str(new), "--base", str(folder)])
    new.write_text(CALENDAR)
    right = CliRunner().invoke(catalogue_command, ["check", str(new), "--base", str(folder)])
    assert (wrong.exit_code, right.exit_code) == (1, 0), (wrong.output, right.output)

    shutil.copy(new, folder / "national" / "calendar" / "2027.yaml")
    assert line() == (date(2027, 1, 6), False, 6)


def test_late_rows_leave_the_list_after_a_month(tmp_path):
    made.load(tmp_path, made.rows())
    kinds = {kind for kind, *_ in _due(now=made.NOW + timedelta(days=31))}
    assert DueKind.LATE in kinds
    assert DueKind.LATE not in {kind for kind, *_ in _due(now=made.NOW + timedelta(days=32))}
