"""Everything ends on its day and not the day before, and nothing that is over is left (P16, P17)."""

import json
from datetime import date, timedelta

import pytest
from click.testing import CliRunner
from tests.factories import intake_world as world
from tests.factories.retention import on_day

from xinheng.accounts.models import Account, RoleGrant
from xinheng.audit.models import Event
from xinheng.audit.services import partitions_make
from xinheng.exchange.services import export_make
from xinheng.intake.models import Submission, SubmissionOriginal, SubmissionState
from xinheng.notices.models import Contact
from xinheng.publicity.selectors import display_ends, law_current
from xinheng.records.errors import PersonFieldsDestroyed
from xinheng.records.models import RecordKey, RecordVersion
from xinheng.records.services import person_fields_open, record_dispute, record_hold, record_release, record_undispute
from xinheng.reports import services as reports
from xinheng.reports.errors import ReportGone
from xinheng.retention.cli import retention
from xinheng.retention.domain import Kind
from xinheng.retention.selectors import all_due, last_run, overdue
from xinheng.retention.services import retention_run
from xinheng.subjects.models import Subject

TODAY = world.NOW.date()
ONE_DAY = timedelta(days=1)
PENALTY = "administrative_penalty"


@pytest.fixture
def penalties(fresh_database, tmp_path):
    for number in range(1, 4):
        world.subject_make(number)
    return world.load(world.file_write(tmp_path / "处罚.csv", [world.penalty(n) for n in range(1, 4)])).receipt.number


def _end(number=1):
    """Return the day on which the record left every display."""
    record = world.record(number)
    return display_ends(on_date=TODAY, law=law_current()).get(record_id=record.record_id).display_end


def _told(kind, now):
    return next(one for one in all_due(now=now) if one.kind is kind)


def _run(now):
    return {kind: count for kind, count in retention_run(now=now, actor="system").counts.items() if count}


def _keys():
    return RecordKey.objects.filter(material__isnull=False).count()


class TestPersonFields:
    def test_on_the_day_and_not_the_day_before(self, penalties, owner_connection, settings, tmp_path):
        before = list(RecordVersion.objects.order_by("seq").values())
        last = _end() + timedelta(days=settings.XINHENG_PERSON_FIELDS_DAYS)
        with on_day(owner_connection, last - ONE_DAY) as now:
            assert _told(Kind.PERSON_FIELDS, now).count == 0
            assert Kind.PERSON_FIELDS not in _run(now)
            assert _keys() == 3
        with on_day(owner_connection, last) as now:
            due = _told(Kind.PERSON_FIELDS, now)
            assert (due.count, due.since, due.waiting) == (3, last, ())
            assert _run(now)[Kind.PERSON_FIELDS] == 3
            assert _run(now) == {}
            assert (_keys(), overdue(now=now)) == (0, [])
            event = Event.objects.get(action="records.person_fields.destroyed")
            assert (event.facts["records"], event.facts["keys"]) == (3, 3)
            assert "第十九条" in event.facts["ground"]
        assert list(RecordVersion.objects.order_by("seq").values()) == before
        with pytest.raises(PersonFieldsDestroyed, match=f"{last.year}年{last.month}月{last.day}日"):
            person_fields_open(versions=[world.record(1)])
        key = RecordKey.objects.first()
        assert (key.destroyed_date, "停止公示满184天" in key.destroyed_ground) == (last, True)

    def test_a_run_a_month_late_leaves_nothing(self, penalties, owner_connection, settings):
        late = _end() + timedelta(days=settings.XINHENG_PERSON_FIELDS_DAYS + 30)
        with on_day(owner_connection, late) as now:
            assert [one.kind for one in overdue(now=now) if one.kind is Kind.PERSON_FIELDS]
            _run(now)
            assert overdue(now=now) == []

    def test_what_the_city_still_has_waits_for_its_withdrawal(self, penalties, owner_connection, settings, tmp_path):
        export = {"item_id": PENALTY, "actor": "甲", "as_csv": True}
        export_make(**export, out=tmp_path / "上报.csv", on_date=TODAY, now=world.NOW)
        with on_day(owner_connection, _end() + timedelta(days=settings.XINHENG_PERSON_FIELDS_DAYS)) as now:
            due = _told(Kind.PERSON_FIELDS, now)
            assert (due.count, [one.count for one in due.waiting]) == (0, [3])
            assert "市平台" in due.waiting[0].reason
            assert Kind.PERSON_FIELDS not in _run(now)
            assert export_make(**export, out=tmp_path / "撤回.csv", on_date=now.date(), now=now).withdrawals == 3
            assert _run(now)[Kind.PERSON_FIELDS] == 3

    def test_what_is_in_dispute_or_on_hold_waits_and_begins_anew(self, penalties, owner_connection, settings):
        kept = {"event_date": TODAY, "ground": "核对", "actor": "甲", "now": world.NOW}
        record_dispute(record_id=world.record(1).record_id, until=TODAY + timedelta(days=20), **kept)
        record_hold(record_id=world.record(2).record_id, **kept)
        days = timedelta(days=settings.XINHENG_PERSON_FIELDS_DAYS)
        with on_day(owner_connection, _end(3) + days) as now:
            assert sum(one.count for one in _told(Kind.PERSON_FIELDS, now).waiting) == 2
            assert _run(now)[Kind.PERSON_FIELDS] == 1
            over = {"event_date": now.date(), "ground": "核对完", "actor": "甲", "now": now}
            record_undispute(record_id=world.record(1).record_id, **over)
            record_release(record_id=world.record(2).record_id, **over)
            assert Kind.PERSON_FIELDS not in _run(now), "their last version is of today"
        with on_day(owner_connection, now.date() + days) as now:
            assert _run(now)[Kind.PERSON_FIELDS] == 2

    def test_an_organ_that_is_correcting_keeps_its_own(self, penalties, owner_connection, settings):
        day = _end() + timedelta(days=settings.XINHENG_PERSON_FIELDS_DAYS)
        with on_day(owner_connection, day) as now:
            batch = Submission.objects.create(
                number="FJ-9", organ_code=world.ORGAN, organ_name="x", clerk="甲", item_id="correction", file_name="更正.csv",
                file_sha256="0", file_size=1, received_at=now, reported_date=day,
            )  # fmt: skip
            assert Kind.PERSON_FIELDS not in _run(now)
            batch.state = SubmissionState.WITHDRAWN
            batch.save()
            assert _run(now)[Kind.PERSON_FIELDS] == 3

    def test_withdrawn_records_end_with_their_withdrawal(self, penalties, owner_connection, settings):
        from xinheng.intake import services as intake

        intake.submission_withdraw(number=penalties, actor="甲", reason="报错了", now=world.NOW)
        with on_day(owner_connection, TODAY + timedelta(days=settings.XINHENG_PERSON_FIELDS_DAYS)) as now:
            assert _told(Kind.PERSON_FIELDS, now).since == now.date()
            assert _run(now)[Kind.PERSON_FIELDS] == 3

    def test_upload_correction_and_repeated_report_go_on_afterwards(self, penalties, owner_connection, tmp_path):
        """Erased before its time while it is on display: the city gets the rest, a correction and a repeated report work."""
        record = world.record(1)
        erase = ["erase", "record", str(record.record_id), "--ground", "依申请删除〔2026〕1号", "--by", "甲"]
        assert CliRunner().invoke(retention, erase).exit_code == 0
        made = export_make(item_id=PENALTY, out=tmp_path / "上报.csv", actor="甲", on_date=TODAY, now=world.NOW, as_csv=True)
        text = made.paths[0].read_text("utf-8-sig")
        assert (made.records, "演示代表人1" in text, "演示代表人2" in text) == (3, False, True)

        mend = world.act("correction", 1, COLUMN_CODE="处罚内容", WRONG_VALUE="", RIGHT_VALUE="罚款人民币贰万元")
        result = world.load(world.file_write(tmp_path / "更正.csv", [mend], item_id="correction"))
        assert result.receipt.returned == 0, result.receipt
        assert world.record(1).key_id is None
        assert world.load(world.file_write(tmp_path / "再报.csv", [world.penalty(2)])).receipt.duplicate == 1


class TestTheOthers:
    def test_originals(self, penalties, owner_connection, settings):
        last = TODAY + timedelta(days=settings.XINHENG_ORIGINAL_RETENTION_DAYS)
        with on_day(owner_connection, last) as now:
            assert _told(Kind.ORIGINALS, now).next_day == last + ONE_DAY
            assert Kind.ORIGINALS not in _run(now)
        with on_day(owner_connection, last + ONE_DAY) as now:
            assert _told(Kind.ORIGINALS, now).since == last + ONE_DAY
            assert _run(now)[Kind.ORIGINALS] == 1
            assert overdue(now=now) == []
        assert SubmissionOriginal.objects.get().wrapped_key is None

    def test_report_data(self, penalties, owner_connection, settings):
        made = reports.report_issue(subject=Subject.objects.first(), now=world.NOW, actor="test", with_page=False)
        last = TODAY + timedelta(days=settings.XINHENG_REPORT_DATA_DAYS)
        with on_day(owner_connection, last) as now:
            assert _told(Kind.REPORT_DATA, now).next_day == last + ONE_DAY
            assert Kind.REPORT_DATA not in _run(now)
        with on_day(owner_connection, last + ONE_DAY) as now:
            assert _told(Kind.REPORT_DATA, now).since == last + ONE_DAY
            assert _run(now)[Kind.REPORT_DATA] == 1
            assert overdue(now=now) == []
            with pytest.raises(ReportGone):
                reports.report_remake(number=made.number, check_code=made.check_code, now=now)

    def test_contacts_of_who_left(self, fresh_database, owner_connection, settings):
        left, stays = (
            Account.objects.create(login_name=name, display_name=name, made_at=world.NOW) for name in ("left", "stays")
        )
        given = {"organ_code": world.ORGAN, "role": "CLERK", "granted_from_server": "甲", "granted_at": world.NOW}
        for account, until in ((left, TODAY), (stays, None)):
            RoleGrant.objects.create(account=account, valid_from=TODAY, valid_until=until, ground="演示", **given)
            Contact.objects.create(account=account, channel="EMAIL", sealed=b"x", wrapped_key=b"x", set_at=world.NOW)
        last = TODAY + timedelta(days=settings.XINHENG_CONTACT_DAYS)
        with on_day(owner_connection, last) as now:
            assert Kind.CONTACTS not in _run(now)
        with on_day(owner_connection, last + ONE_DAY) as now:
            assert _told(Kind.CONTACTS, now).count == 1
            assert _run(now)[Kind.CONTACTS] == 1
        assert Contact.objects.get().account == stays
        assert Event.objects.get(action="notices.contacts.forgotten").facts["count"] == 1

    def test_months_of_the_trail(self, fresh_database, owner_connection, settings):
        partitions_make()
        # By its own clock the database drops months; what the list says of them is reckoned from the same names.
        first = _told(Kind.TRAIL_MONTHS, world.NOW).next_day
        assert first is not None
        assert first > date(2031, 1, 1), "five years and the month itself"
        assert Kind.TRAIL_MONTHS not in _run(world.NOW)


def test_a_run_is_an_event_and_the_list_is_words(penalties, owner_connection):
    result = CliRunner().invoke(retention, ["run", "--by", "值班"])
    assert result.exit_code == 0, result.output
    event = Event.objects.get(action="retention.run")
    assert event.actor == "值班"
    assert set(event.facts["destroyed"]) == {kind.value for kind in Kind}
    assert last_run(now=world.NOW) == event.at

    told = CliRunner().invoke(retention, ["due"]).output
    assert "报送原件" in told
    assert "〔暂定〕" in told
    plain = json.loads(CliRunner().invoke(retention, ["due", "--json"]).output)
    assert {one["kind"] for one in plain} == {kind.value for kind in Kind}
    assert all(one["ground"] and one["kept"] for one in plain)


def test_the_job_runs_once_a_day(penalties, owner_connection):
    from xinheng.retention.tasks import run

    for day, expected in ((TODAY, 1), (TODAY, 1), (TODAY + ONE_DAY, 2)):
        with on_day(owner_connection, day):
            run()
        assert Event.objects.filter(action="retention.run").count() == expected
