"""Who can destroy what: the application nothing early, the retention role by the database's clock, everybody with a ground."""

from datetime import datetime, timedelta

import psycopg
import pytest
from django.apps import apps
from django.db import models
from tests.factories import intake_world as world
from tests.factories.retention import database_clock, on_day

from xinheng.audit.models import Event
from xinheng.intake.models import SubmissionOriginal
from xinheng.records.models import RecordKey
from xinheng.reports import services as reports
from xinheng.reports.errors import ReportGone, ReportKeptLonger
from xinheng.reports.models import IssuedReport
from xinheng.retention import errors
from xinheng.retention.domain import KEYED, NOT_ON_TIME, Kind
from xinheng.retention.services import erase, retention_run, run
from xinheng.subjects.models import Subject

TODAY = world.NOW.date()


@pytest.fixture
def kept(fresh_database, tmp_path):
    """Three records with names, an original, an issued report; return the report."""
    for number in range(1, 4):
        world.subject_make(number)
    world.load(world.file_write(tmp_path / "处罚.csv", [world.penalty(n) for n in range(1, 4)]))
    return reports.report_issue(subject=Subject.objects.first(), now=world.NOW, actor="test", with_page=False)


def _left():
    return (
        RecordKey.objects.filter(material__isnull=False).count(),
        SubmissionOriginal.objects.filter(wrapped_key__isnull=False).count(),
        IssuedReport.objects.filter(wrapped_key__isnull=False).count(),
    )


FORBIDDEN = (
    "UPDATE records_recordkey SET material = NULL, destroyed_date = '2026-04-21', destroyed_ground = 'x'",
    "UPDATE intake_submissionoriginal SET wrapped_key = NULL, destroyed_at = now()",
    "UPDATE intake_submissionoriginal SET wrapped_key = '\\x00'",
    "DELETE FROM intake_submissionoriginal",
    "UPDATE reports_issuedreport SET wrapped_key = NULL",
    "UPDATE reports_issuedreport SET wrapped_key = '\\x00'",
    "SELECT records_keys_destroy(record_id, '2026-04-21', 'x') FROM records_currentrecord",
    "SELECT records_keys_destroy_due(array_agg(record_id), 30, 'x') FROM records_currentrecord",
    "SELECT intake_original_destroy(number, 'x') FROM intake_submission",
    "SELECT reports_keys_destroy_due(now() - interval '31 days', 100)",
    "SELECT reports_key_destroy(number, 'x') FROM reports_issuedreport",
    "SELECT audit_retain(60)",
    "SELECT tlog_salts_erase(ARRAY[0], '2026-04-21', 'x')",
    "CREATE OR REPLACE FUNCTION retention_now() RETURNS timestamptz LANGUAGE sql AS $$SELECT 'infinity'::timestamptz$$",
)


def test_a_taken_over_application_destroys_no_key(kept, app_connection, record_property):
    app_connection.execute("SET xinheng.reach = '*'")
    for statement in FORBIDDEN:
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            app_connection.execute(statement)
    record_property("refusals_tried_by_the_application_to_destroy", len(FORBIDDEN))
    assert _left() == (3, 1, 1)


def test_what_the_application_may_ask_for_the_database_refuses_before_its_day(kept, app_connection, owner_connection, settings):
    last = TODAY + timedelta(days=settings.XINHENG_ORIGINAL_RETENTION_DAYS)
    app_connection.execute("SET xinheng.reach = '*'")
    ask = "SELECT intake_original_destroy_due(submission_id) FROM intake_submissionoriginal"
    with on_day(owner_connection, last):
        with pytest.raises(psycopg.errors.CheckViolation, match="kept until its day"):
            app_connection.execute(ask)
        assert _left()[1] == 1
    with on_day(owner_connection, last + timedelta(days=1)):
        assert app_connection.execute(ask).fetchone() == (True,)
        assert app_connection.execute(ask).fetchone() == (False,)


def test_a_key_copied_to_another_day_frees_nothing(kept, app_connection, owner_connection):
    """The application can add an original with the same file and key: only one that is kept as long lets the first go."""
    app_connection.execute("SET xinheng.reach = '*'")
    columns = "organ_code, organ_name, reviewer, item_id, item_version, catalogue_hash, rule_set_version, file_name"
    app_connection.execute(
        f"INSERT INTO intake_submission (number, state, clerk, file_sha256, file_size, is_desensitised, is_on_the_spot,"
        f" is_secret_free, is_legacy, is_amended, received_at, reported_date, landing, counts, refusal_code, refusal_text,"
        f" {columns}) SELECT 'FJ-8', 'RECEIVED', 'x', 'x', 1, false, false, true, false, false, now(), '2026-04-20', '{{}}',"
        f" '{{}}', '', '', {columns} FROM intake_submission"
    )
    app_connection.execute(
        "INSERT INTO intake_submissionoriginal (submission_id, stored_as, wrapped_key, destroy_after)"
        " SELECT (SELECT id FROM intake_submission WHERE number = 'FJ-8'), stored_as, wrapped_key, '2020-01-01'"
        " FROM intake_submissionoriginal"
    )
    app_connection.execute("UPDATE intake_submission SET state = 'SUPERSEDED' WHERE state = 'PUBLISHED'")
    database_clock(owner_connection, world.NOW)
    with pytest.raises(psycopg.errors.CheckViolation, match="kept until its day"):
        app_connection.execute(
            "SELECT intake_original_destroy_due(submission_id) FROM intake_submissionoriginal WHERE destroy_after > '2026-01-01'"
        )


class TestTheRetentionRole:
    def test_by_the_database_clock_whatever_the_platform_says(self, kept, owner_connection, settings):
        """The platform's clock is years ahead, the database's is not: nothing that it guards goes."""
        database_clock(owner_connection, world.NOW + timedelta(days=20))
        ahead = world.NOW + timedelta(days=9 * 366)
        with pytest.raises(errors.RetentionIncomplete, match="报送原件"):
            retention_run(now=ahead, actor="system")
        assert _left() == (3, 1, 1)
        failed = Event.objects.get(action="retention.failed").facts["failed"]
        assert set(failed) == {"originals", "report_data"}

    def test_sees_nothing_and_changes_nothing_else(self, kept, owner_connection):
        owner_connection.execute("SET ROLE xinheng_retention")
        ours = [model._meta for model in apps.get_models() if model.__module__.startswith("xinheng.")]
        tables = [meta.db_table for meta in ours if meta.managed]
        assert len(tables) > 40
        for table in tables:
            for statement in (f"SELECT * FROM {table}", f"DELETE FROM {table}", f"TRUNCATE {table}"):
                with pytest.raises(psycopg.errors.InsufficientPrivilege):
                    owner_connection.execute(statement)

    def test_less_than_thirty_days_or_no_ground_is_refused(self, kept, owner_connection):
        owner_connection.execute("SET ROLE xinheng_retention")
        for statement in (
            "SELECT records_keys_destroy_due(ARRAY[gen_random_uuid()], 29, 'x')",
            "SELECT records_keys_destroy_due(ARRAY[gen_random_uuid()], 30, '')",
            "SELECT reports_keys_destroy_due(now() - interval '29 days', 10)",
            "SELECT intake_original_destroy('FJ-1', '')",
            "SELECT reports_key_destroy('FJ-1', '')",
        ):
            with pytest.raises(psycopg.errors.CheckViolation):
                owner_connection.execute(statement)
        with pytest.raises(ReportKeptLonger):
            reports.report_keys_destroy(issued_before=world.NOW, actor="x", now=world.NOW)

    def test_before_its_time_with_a_ground_that_stays(self, kept, tmp_path):
        number = SubmissionOriginal.objects.get().submission.number
        act = {"ground": "依申请删除〔2026〕1号", "actor": "甲", "now": world.NOW}
        record = str(world.record(1).record_id)
        for what, name in (("record", record), ("original", number), ("report", kept.number)):
            erase(what=what, number=name, **act)
            with pytest.raises(errors.NothingToErase):
                erase(what=what, number=name, **act)
        assert _left() == (2, 0, 0)
        grounds = [event.facts.get("ground") for event in Event.objects.filter(actor="甲")]
        assert grounds.count("依申请删除〔2026〕1号") == 3
        with pytest.raises(ReportGone):
            reports.report_remake(number=kept.number, check_code=kept.check_code, now=world.NOW)
        with pytest.raises(errors.NothingToErase):
            erase(what="record", number="没有", **act)


class TestARunThatIsCut:
    def _due(self, settings):
        return datetime.combine(TODAY, world.NOW.time(), world.CHINA) + timedelta(
            days=settings.XINHENG_PERSON_FIELDS_DAYS + 3 * 366
        )

    def test_goes_on_where_it_was_cut_and_tells(self, kept, owner_connection, settings, monkeypatch):
        calls = []
        real = run.person_fields_destroy_due

        def cut(**arguments):
            calls.append(arguments)
            if len(calls) == 2:
                raise ConnectionError("cut")
            return real(**arguments)

        monkeypatch.setattr(run, "PORTION", 1)
        with on_day(owner_connection, self._due(settings).date()) as now, monkeypatch.context() as cutting:
            cutting.setattr(run, "person_fields_destroy_due", cut)
            with pytest.raises(errors.RetentionIncomplete, match="ConnectionError"):
                retention_run(now=now, actor="system")
            assert _left() == (2, 0, 0), "what came before it, and the other kinds, are done"
            cutting.undo()
            assert retention_run(now=now, actor="system").counts[Kind.PERSON_FIELDS] == 2
        events = Event.objects.filter(action="records.person_fields.destroyed")
        assert sum(event.facts["keys"] for event in events) == 3

    def test_nothing_is_destroyed_that_cannot_be_told(self, kept, owner_connection, settings):
        """The event stands in the transaction of the destruction: without it neither happens."""
        owner_connection.execute("REVOKE INSERT ON audit_event FROM xinheng_retention")
        with on_day(owner_connection, self._due(settings).date()) as now:
            with pytest.raises(errors.RetentionIncomplete):
                retention_run(now=now, actor="system")
            assert _left() == (3, 0, 1), "originals go in the application's transaction, with its event"
            owner_connection.execute("GRANT INSERT ON audit_event TO xinheng_retention")
            retention_run(now=now, actor="system")
        assert _left() == (0, 0, 0)


_KEPT_SEALED = ("wrapped_key", "material", "salt")


def _columns():
    for model in apps.get_models():
        if model.__module__.startswith("xinheng."):
            for field in model._meta.get_fields():
                is_key = field.name in _KEPT_SEALED or field.name.startswith("sealed")
                if isinstance(field, models.BinaryField) and is_key:
                    yield f"{model._meta.app_label}.{model.__name__}.{field.name}"


def test_every_column_with_a_key_or_sealed_bytes_ends_on_its_day_or_says_why_not():
    found = set(_columns())
    assert len(found) >= 10
    assert found - set(KEYED) - set(NOT_ON_TIME) == set()
    assert set(KEYED) <= found
    assert set(KEYED) & set(NOT_ON_TIME) == set()
