"""Walls between the organs, tried by direct SQL under the application role (P11, ADR 0045): no gate helps here."""

import json
import uuid
from itertools import count

import psycopg
import pytest
from django.apps import apps
from django.db import connection, transaction
from django.http import HttpResponse
from django.test import Client, RequestFactory
from tests.factories.accounts import OTHER_ORGAN, make_account, set_up_totp
from tests.factories.intake_world import NOW, ORGAN
from tests.factories.walls import report_make

from xinheng.accounts.domain import Role
from xinheng.adapters import clock, reach
from xinheng.adapters.database import copy_bytes, prepared_rows, raw_cursor
from xinheng.adapters.reach import EVERYTHING, NOTHING, reaching
from xinheng.config.walls import ReachMiddleware
from xinheng.intake.models import (
    PublishedSubmission,
    Submission,
    SubmissionFinding,
)
from xinheng.intake.selectors import sources_last_reported
from xinheng.workbench.views.gate import signed_in

# Tables that hang on a submission or name an organ and yet have no wall, and why.
OPEN = {
    "intake_published": "a view of what is public",
    "accounts_rolegrant": "who holds which post is for administrators, who see no business data",
    "accounts_invitation": "as grants",
    "accounts_systemclient": "as grants",
    "records_recordversion": "searched and public: a wall would disable their indexes (P11)",
    "records_currentrecord": "as record versions",
}

# Of these a submission has one row at most, so that a copy of it is refused by that.
ONE_EACH = {"intake_submissionoriginal", "intake_givingup"}

# What a session might have set: nothing, nothing at all, the wrong organ, and what somebody might try.
WRONG = (
    None,
    "",
    OTHER_ORGAN,
    f"{OTHER_ORGAN},11500236DM0000018A",
    "**",
    "%",
    "*,",
    f",{EVERYTHING}",
    f"{{{ORGAN}}}",
    ORGAN.lower(),
    ORGAN[:-1],
    f" {ORGAN}",
)


@pytest.fixture
def walled(db):
    """Return the tables with row-level security, as the server knows them."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT relname, relforcerowsecurity, ARRAY(SELECT polname::text FROM pg_policy WHERE polrelid = c.oid ORDER BY 1)"
            " FROM pg_class c WHERE relrowsecurity"
        )
        return {name: (forced, policies) for name, forced, policies in cursor.fetchall()}


def test_what_is_reported_is_walled_and_what_is_searched_is_not(walled):
    assert all(
        forced and policies == ["for_the_backup", "for_the_owner", "within_reach"] for forced, policies in walled.values()
    )
    assert reported() - set(OPEN) == set(walled), "a table of reports needs a wall (ADR 0045), or a reason in OPEN"
    assert set(OPEN) <= reported()


def reported() -> set[str]:
    """Return the tables that name an organ, and those that hang on one that has to be walled."""
    models = [model for model in apps.get_models() if model.__module__.startswith("xinheng.")]
    found = {model for model in models if any(field.name == "organ_code" for field in model._meta.concrete_fields)}
    while True:
        walled = {model for model in found if model._meta.db_table not in OPEN}
        hanging = {model for model in models if walled & {field.related_model for field in model._meta.concrete_fields}}
        if hanging <= found:
            return {model._meta.db_table for model in found}
        found |= hanging


def test_nobody_reaches_over_a_wall_by_sql(fresh_database, owner_connection, walled_session, record_property):
    report_make(ORGAN)
    report_make(OTHER_ORGAN, letter="b")
    tried = 0
    for table in _tables(owner_connection):
        own, foreign = _rows(owner_connection, table)
        for value in WRONG:
            session = walled_session(value)
            for name, statement, parameters in _tries(table, own, foreign):
                tried += 1
                assert _reached(session, statement, parameters) == 0, (table, value, name)
    record_property("refusals_tried_by_sql", tried)
    assert tried > 500


def test_the_same_statements_reach_what_is_within(fresh_database, owner_connection, walled_session):
    """Without this the test above could pass because its statements never reach anything."""
    report_make(ORGAN)
    report_make(OTHER_ORGAN, letter="b")
    for table in _tables(owner_connection):
        own, foreign = _rows(owner_connection, table)
        for value in (ORGAN, EVERYTHING, f"{OTHER_ORGAN},{ORGAN}"):
            session = walled_session(value)
            for name, statement, parameters in _tries(table, own, foreign):
                if name in {"select", "count", "copy out"} or (name == "insert" and table not in ONE_EACH):
                    assert _reached(session, statement, parameters) > 0, (table, value, name)


@pytest.fixture
def walled_session(fresh_database, app_connection):
    """Return a session of the application role that set what it is told, and nothing where it is told ``None``."""

    def begin(value):
        app_connection.execute("DISCARD ALL")
        if value is not None:
            app_connection.execute("SELECT set_config('xinheng.reach', %s, false)", [value])
        return app_connection

    return begin


def _tables(owner):
    rows = owner.execute("SELECT relname FROM pg_class WHERE relrowsecurity ORDER BY 1").fetchall()
    assert len(rows) >= 7
    return [name for (name,) in rows]


def _key(row):
    return "id" if "id" in row else "submission_id"


def _rows(owner, table):
    """Return the row of ``ORGAN`` and that of the other organ, as the owner sees them; ``report_make`` made them in this order."""
    rows = [row for (row,) in owner.execute(f"SELECT to_jsonb(t) FROM {table} t ORDER BY ctid").fetchall()]
    assert len(rows) == 2, f"let report_make put one row into {table} too"
    return rows[0], rows[1]


_fresh_numbers = count(10_000)


def _copy(own):
    """Return a row like ``own`` that breaks no uniqueness, so that nothing but the wall can refuse it."""
    number = next(_fresh_numbers)
    fresh = {
        "id": str(uuid.UUID(int=number)) if isinstance(own.get("id"), str) else number,
        "row": number,
        "place": number,
        "number": f"n{number}",
        "key": f"k{number}",
        "item_id": f"i{number}",
        "file_sha256": f"{number}" * 8,
    }
    if own.get("state") == "MATCHED":  # what has just arrived: a submission begins as nothing else
        fresh["state"] = "RECEIVED"
    return own | {name: value for name, value in fresh.items() if name in own}


def _tries(table, own, foreign):
    """Yield statements against the row ``own``, by name; ``foreign`` is the row of the organ in reach."""
    key = _key(own)
    parent = next(
        (name for name in ("draft_id", "doubt_id", "submission_id", "organ_code") if own.get(name) and name != key), "stored_as"
    )
    yield "select", f"SELECT 1 FROM {table} WHERE {key} = %s", [own[key]]
    yield "count", f"SELECT 1 FROM {table} HAVING count(*) FILTER (WHERE {key} = %s) > 0", [own[key]]
    yield "lock", f"SELECT 1 FROM {table} WHERE {key} = %s FOR UPDATE", [own[key]]
    yield "copy out", f"COPY (SELECT 1 FROM {table} WHERE {key} = %s) TO STDOUT", [own[key]]
    yield "update", f"UPDATE {table} SET {parent} = {parent} WHERE {key} = %s RETURNING 1", [own[key]]
    yield "steal", f"UPDATE {table} SET {parent} = %s WHERE {key} = %s RETURNING 1", [foreign[parent], own[key]]
    if parent != "stored_as":  # of the organ's own row: would it be allowed to become another's?
        yield "give away", f"UPDATE {table} SET {parent} = %s WHERE {key} = %s RETURNING 1", [own[parent], foreign[key]]
    yield "delete", f"DELETE FROM {table} WHERE {key} = %s RETURNING 1", [own[key]]
    copy = [json.dumps(_copy(own))]
    yield "insert", f"INSERT INTO {table} SELECT * FROM jsonb_populate_record(NULL::{table}, %s) RETURNING 1", copy
    yield "truncate", f"TRUNCATE {table}", []
    yield "switch off", f"ALTER TABLE {table} DISABLE ROW LEVEL SECURITY", []
    yield "drop", f"DROP POLICY within_reach ON {table}", []


def _reached(session, statement, parameters):
    """Return how many rows a statement reached; one that is refused reached none. Nothing of it stays."""
    try:
        with session.transaction(force_rollback=True), session.cursor() as cursor:
            if statement.startswith("COPY"):
                with cursor.copy(statement, parameters) as copied:
                    return sum(1 for _ in copied.rows())
            cursor.execute(statement, parameters)
            return len(cursor.fetchall()) if cursor.description else 1
    except (psycopg.errors.InsufficientPrivilege, psycopg.errors.CheckViolation):
        return 0


def test_a_report_is_not_given_to_another_organ(fresh_database, walled_session):
    """An organ's own rows: even what may be changed cannot be moved over the wall."""
    own, foreign = report_make(ORGAN), report_make(OTHER_ORGAN, letter="b")
    session = walled_session(ORGAN)
    columns = "submission_id, at, actor, action, from_state, to_state, note, facts"
    for statement in (
        f"INSERT INTO intake_submissionevent ({columns}) VALUES ({foreign.pk}, now(), 'x', 'x', '', '', '', '{{}}')",
        f"UPDATE intake_doubt SET submission_id = {foreign.pk} WHERE submission_id = {own.pk}",
    ):
        with pytest.raises(psycopg.errors.InsufficientPrivilege, match="row-level security"):
            session.execute(statement)


class TestReach:
    def test_nothing_is_in_reach_unless_it_is_opened(self, db):
        report_make(ORGAN)
        with reaching(NOTHING):
            assert not Submission.objects.exists()
            with reaching(reach.reach_of_organs([OTHER_ORGAN])):
                assert not SubmissionFinding.objects.exists()
            with reaching(reach.reach_of_organs([ORGAN])):
                assert SubmissionFinding.objects.count() == Submission.objects.count() == 1
            assert not Submission.objects.exists()
        assert Submission.objects.exists()

    def test_cursors_past_django_know_it_too(self, db):
        report_make(ORGAN)
        with reaching(NOTHING):
            assert prepared_rows("SELECT count(*) FROM intake_submission WHERE organ_code = %(organ)s", {"organ": ORGAN}) == [
                (0,)
            ]
            assert raw_cursor().execute("SELECT count(*) FROM intake_submission").fetchone() == (0,)

    def test_going_back_to_a_savepoint_takes_no_reach_along(self, db):
        report_make(ORGAN)

        def fail_within(value, count):
            with transaction.atomic(), reaching(value):
                assert Submission.objects.count() == count
                raise ZeroDivisionError

        for outside, inside in ((NOTHING, EVERYTHING), (EVERYTHING, NOTHING)):
            with reaching(outside):
                with pytest.raises(ZeroDivisionError):
                    fail_within(inside, int(inside == EVERYTHING))
                assert Submission.objects.count() == int(outside == EVERYTHING)

    def test_only_codes_of_organs_are_taken(self):
        for wrong in ("*", "", "A,B", "a", "甲", "A" * 19):
            with pytest.raises(ValueError, match="no code"):
                reach.reach_of_organs([wrong])

    def test_the_public_knows_whose_and_which_day_and_no_more(self, db):
        report_make(ORGAN)
        with reaching(NOTHING):
            assert sources_last_reported() == {}
        assert {field.name for field in PublishedSubmission._meta.fields} == {"id", "organ_code", "reported_date"}
        with connection.cursor() as cursor:
            cursor.execute("SELECT column_name FROM information_schema.columns WHERE table_name = 'intake_published'")
            assert {name for (name,) in cursor.fetchall()} == {"id", "organ_code", "reported_date"}

    def test_the_policy_is_asked_once_a_statement(self, db):
        report_make(ORGAN)
        for value in (ORGAN, EVERYTHING):
            with reaching(value), connection.cursor() as cursor:
                cursor.execute("EXPLAIN SELECT count(*) FROM intake_submission WHERE organ_code = %s", [ORGAN])
                plan = "\n".join(line for (line,) in cursor.fetchall())
                assert sum(line.strip().startswith("InitPlan") for line in plan.splitlines()) == 2, plan
                assert "Index" in plan

    def test_bulk_rows_go_past_the_policies_and_never_round_them(self, db):
        submission, foreign = report_make(ORGAN), report_make(OTHER_ORGAN, letter="b")
        given = {
            "table": "intake_submissionrow",
            "columns": ["submission_id", "sheet", "row", "outcome", "how", "late_workdays", "is_not_shown"],
        }
        line = "%d,,7,NEW,UNIQUE,0,f\n"
        options = "FORMAT csv, FORCE_NOT_NULL (sheet)"
        with reaching(reach.reach_of_organs([ORGAN])):
            copy_bytes(**given, walled=True, chunks=[(line % submission.pk).encode()], options=options)
            assert submission.rows.filter(row=7, sheet="").count() == 1
            for walled, pk in ((True, foreign.pk), (False, submission.pk)):
                with pytest.raises(psycopg.Error, match="row-level security"), transaction.atomic():
                    copy_bytes(**given, walled=walled, chunks=[(line % pk).encode()], options=options)


class TestRequests:
    """What a request opened ends with it, whatever became of it: the next one of the same connection begins with nothing."""

    @pytest.fixture(autouse=True)
    def _a_web_process(self, fresh_database):
        reach.process_begins_with(NOTHING)
        with clock.fixed(NOW):
            yield
        reach.process_begins_with(EVERYTHING)

    @pytest.fixture
    def clerk(self):
        account = make_account("demo.clerk", Role.CLERK, ORGAN, now=NOW)
        set_up_totp(account)
        return account

    def setting(self):
        return connection.connection.execute("SELECT current_setting('xinheng.reach', true)").fetchone()[0] or ""

    def test_a_page(self, clerk):
        with reaching(EVERYTHING):
            number = report_make(ORGAN).number
        client = Client()
        client.force_login(clerk)
        assert number in client.get("/workbench/submissions/").content.decode()
        assert self.setting() == NOTHING
        assert not Submission.objects.exists()
        assert Client().get("/").status_code == 200
        assert self.setting() == NOTHING

    @pytest.mark.parametrize("within", [True, False])
    def test_a_page_that_fails_in_a_transaction_that_failed(self, clerk, within):
        seen = []

        def page(request, actor):
            seen.append((self.setting(), Submission.objects.count(), self.setting()))
            if not within:
                raise ZeroDivisionError
            with transaction.atomic(), connection.cursor() as cursor:
                cursor.execute("SELECT 1/0")
            return HttpResponse()

        request = RequestFactory().get("/workbench/")
        request.user = clerk
        with pytest.raises(Exception, match="zero" if within else "^$"):
            ReachMiddleware(signed_in()(page))(request)
        assert seen == [(ORGAN, 0, ORGAN)]  # told when the gate wrote into the trail
        assert self.setting() == NOTHING

    def test_a_page_without_a_role_reaches_nothing(self, clerk):
        with reaching(EVERYTHING):
            report_make(ORGAN)
        clerk.grants.update(revoked_at=NOW, revoked_ground="调离")
        request = RequestFactory().get("/workbench/")
        request.user = clerk
        seen = []
        ReachMiddleware(signed_in()(lambda request, actor: seen.append(Submission.objects.count()) or HttpResponse()))(request)
        assert seen == [0]

    def test_an_answer_that_is_written_while_it_is_sent(self, clerk):
        from django.http import StreamingHttpResponse

        with reaching(EVERYTHING):
            report_make(ORGAN)
            report_make(OTHER_ORGAN, letter="b")
        request = RequestFactory().get("/workbench/")
        request.user = clerk

        def lines():
            for _ in range(2):
                yield str(Submission.objects.count())

        response = ReachMiddleware(signed_in()(lambda request, actor: StreamingHttpResponse(lines())))(request)
        between = []
        assert [(between.append(Submission.objects.count()), part)[1] for part in response.streaming_content] == [b"1", b"1"]
        assert between == [0, 0]
        assert self.setting() == NOTHING
