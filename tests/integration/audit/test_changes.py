"""Every change of business data is in the trail, below the ORM; nobody changes the trail (ADR 0060)."""

import hashlib
import os
import subprocess
import sys
from datetime import datetime

import psycopg
import pytest
from django.apps import apps
from django.db import connection, transaction
from tests.factories.accounts import NOW, make_account
from tests.factories.intake_world import ORGAN
from tests.factories.walls import report_make

from xinheng.accounts.models import Account
from xinheng.adapters.clock import CHINA
from xinheng.adapters.database import copy_bytes
from xinheng.adapters.postgres.trail import NOT_RECORDED, SHOWN, recorded_models
from xinheng.adapters.reach import EVERYTHING, reaching
from xinheng.adapters.work import Work
from xinheng.audit.errors import KeptTooShortly
from xinheng.audit.models import Change
from xinheng.audit.services import partitions_make, trail_retain
from xinheng.catalogue.models import CatalogueSnapshot
from xinheng.intake.models import Submission

CLERK = Work(
    door="web", actor="account:7", organ=ORGAN, role="CLERK", purpose="REPORTING", case="submission:FJ-1",
    address="192.0.2.7", what="workbench:submit", request="r1",
)  # fmt: skip
EVENTS = {"insert", "update", "delete", "truncate"}
TABLES = ("audit_change", "audit_read", "audit_readsent")


def changes(**wanted):
    return list(Change.objects.filter(**wanted).order_by("pk"))


def test_every_table_of_ours_is_recorded_or_says_why_not(db):
    own = {
        model._meta.db_table: {field.column for field in model._meta.concrete_fields}
        for model in apps.get_models(include_auto_created=True)
        if model.__module__.startswith("xinheng.") and (model._meta.managed or model._meta.db_table in NOT_RECORDED)
    }
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT c.relname, substr(t.tgname, 7) FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid"
            " JOIN pg_proc p ON p.oid = t.tgfoid WHERE p.proname = 'audit_change_log' AND t.tgenabled = 'O'"
        )
        found: dict[str, set[str]] = {}
        for table, event in cursor.fetchall():
            found.setdefault(table, set()).add(event)
    assert found == dict.fromkeys({model._meta.db_table for model in recorded_models()}, EVENTS)
    assert set(found) | set(NOT_RECORDED) == set(own), "a new table: migrate, or say in NOT_RECORDED why it is not recorded"
    assert not set(found) & set(NOT_RECORDED)
    assert all(NOT_RECORDED.values())
    assert all(set(columns) <= own[table] for table, columns in SHOWN.items())


def test_who_changed_what_and_nothing_that_was_typed(db):
    with reaching(EVERYTHING, work=CLERK):
        submission = report_make(ORGAN)
        Submission.objects.filter(pk=submission.pk).update(state="SUBMITTED", counts={"rows": 3}, submitted_at=NOW)
    made = changes(table_name="intake_submission", operation="INSERT")[-1]
    assert (made.row_count, made.first_key, made.last_key) == (1, str(submission.pk), str(submission.pk))
    changed = changes(table_name="intake_submission", operation="UPDATE")[-1]
    assert changed.shown == {"state": ["MATCHED", "SUBMITTED"]}
    assert changed.columns == ["counts", "state", "submitted_at"]
    assert (changed.actor, changed.organ_codes, changed.roles) == ("account:7", ORGAN, "CLERK")
    assert (changed.purpose, changed.case_no, changed.address) == ("REPORTING", "submission:FJ-1", "192.0.2.7")
    assert (changed.door, changed.what, changed.request_id) == ("web", "workbench:submit", "r1")
    assert changed.database_user
    # The digest is of the row as it stands there now: what was changed past the trail does not have it.
    with connection.cursor() as cursor:
        cursor.execute("SELECT t::text FROM intake_submission t WHERE id = %s", [submission.pk])
        assert hashlib.sha256(cursor.fetchone()[0].encode()).digest() == bytes(changed.after_sha256)
    assert bytes(changed.before_sha256) != bytes(changed.after_sha256)
    # What was written again as it was is no change.
    Submission.objects.filter(pk=submission.pk).update(state="SUBMITTED")
    assert changes(table_name="intake_submission")[-1].pk == changed.pk

    account = make_account("demo.somebody")
    account.display_name = "演示改名"
    account.save()
    renamed = changes(table_name="accounts_account")[-1]
    assert (renamed.operation, renamed.columns, renamed.shown) == ("UPDATE", ["display_name"], {})
    everything = " ".join(
        str(value) for row in Change.objects.values_list("first_key", "last_key", "shown", "columns") for value in row
    )
    assert "演示" not in everything
    assert "demo.somebody" not in everything


def test_each_row_deleted_has_its_entry(db):
    from xinheng.exchange.models import ReportPart

    report_make(ORGAN)
    part = ReportPart.objects.get()
    number = str(part.pk)
    part.delete()
    gone = changes(table_name="exchange_reportpart")[-1]
    assert (gone.operation, gone.row_count, gone.first_key, gone.after_sha256) == ("DELETE", 1, number, None)
    assert gone.before_sha256 is not None


def test_many_rows_have_one_entry_with_a_digest(db):
    submission = report_make(ORGAN)
    rows = "".join(f'{submission.pk},"处罚",{row},NEW,"",0,f\n' for row in range(100, 1700))
    columns = ("submission_id", "sheet", "row", "outcome", "how", "late_workdays", "is_not_shown")
    copy_bytes(table="intake_submissionrow", columns=columns, chunks=[rows.encode()], walled=True)
    copied = changes(table_name="intake_submissionrow")[-1]
    assert (copied.operation, copied.row_count) == ("INSERT", 1600)
    assert int(copied.last_key) - int(copied.first_key) == 1599
    Account.objects.bulk_create(
        [Account(login_name=f"demo.{number}", display_name="演示", made_at=NOW, password="!") for number in range(1001)]
    )
    before = Change.objects.count()
    Account.objects.filter(display_name="演示").update(display_name="演示二")
    assert Change.objects.count() == before + 1
    many = changes(table_name="accounts_account")[-1]
    assert (many.operation, many.row_count, many.columns) == ("UPDATE", 1001, [])
    with connection.cursor() as cursor:
        cursor.execute("SELECT t::text FROM accounts_account t WHERE display_name = '演示二'")
        digests = sorted(hashlib.sha256(text.encode()).digest() for (text,) in cursor.fetchall())
    assert hashlib.sha256(b"".join(digests)).digest() == bytes(many.after_sha256)


def test_what_is_rolled_back_never_was(db):
    before = Change.objects.count()
    with transaction.atomic():
        make_account("demo.never")
        assert Change.objects.count() > before
        transaction.set_rollback(True)
    assert Change.objects.count() == before


def test_nobody_changes_the_trail(fresh_database, app_connection, owner_connection, record_property):
    make_account("demo.one")
    partitions = [
        name
        for (name,) in owner_connection.execute("SELECT relname FROM pg_class WHERE relispartition AND relkind = 'r'").fetchall()
        if name.startswith(TABLES)
    ]  # fmt: skip
    assert len(partitions) >= 3 * 4
    tried = 0
    for table in (*TABLES, *partitions):
        statements = [
            f"UPDATE {table} SET at = now()", f"DELETE FROM {table}", f"TRUNCATE {table}", f"DROP TABLE {table}",
            f"ALTER TABLE {table} DISABLE TRIGGER ALL",
        ]  # fmt: skip
        if table == "audit_change" or table in partitions:
            statements.append(f"INSERT INTO {table} SELECT * FROM {table} LIMIT 1")
        for statement in statements:
            tried += 1
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                app_connection.execute(statement)
    for statement in (
        "SELECT audit_retain(60)",
        "SELECT audit_partition_add('audit_read', '2031-01-01')",
        "ALTER TABLE accounts_account DISABLE TRIGGER trail_update",
        "DROP TRIGGER trail_update ON accounts_account",
        "SET session_replication_role = replica",
    ):
        tried += 1
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            app_connection.execute(statement)
    app_connection.execute("INSERT INTO audit_read (actor) VALUES ('a')")
    month = f"audit_change_{datetime.now(CHINA):%Y%m}"
    for statement in (
        "UPDATE audit_change SET actor = 'b'", "DELETE FROM audit_change", "TRUNCATE audit_change",
        f"UPDATE {month} SET actor = 'b'", f"DELETE FROM {month}", f"TRUNCATE {month}",
        "DELETE FROM audit_read", "UPDATE audit_read SET actor = 'b'", "TRUNCATE audit_readsent",
    ):  # fmt: skip
        tried += 1
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            owner_connection.execute(statement)
    record_property("refusals_tried_on_the_trail", tried)


def test_a_session_that_says_nothing_is_recorded_too(fresh_database, app_connection, owner_connection):
    """Whoever works past the platform is not asked who it is: the account of the database stands there."""
    make_account("demo.one")
    owner_connection.execute("UPDATE accounts_account SET display_name = 'x' WHERE login_name = 'demo.one'")
    found = changes(table_name="accounts_account")[-1]
    assert (found.actor, found.columns, found.database_user) == ("", ["display_name"], "xinheng_owner")


def test_an_entry_without_its_partition_is_kept_and_finds_it(fresh_database, owner_connection):
    for table, more in (("audit_read", "actor"), ("audit_readsent", "status")):
        value = "'early'" if more == "actor" else "200"
        numbers = "" if more == "actor" else "id, "
        given = "" if more == "actor" else "1, "
        owner_connection.execute(
            f"INSERT INTO {table} ({numbers}at, {more}) VALUES ({given}now() - interval '95 days', {value})"
        )
        assert owner_connection.execute(f"SELECT count(*) FROM {table}_default").fetchone() == (1,)
    made = partitions_make(ahead=3)
    assert any(name.startswith("audit_read_") for name in made)
    assert partitions_make(ahead=3) == []
    for table in ("audit_read", "audit_readsent"):
        assert owner_connection.execute(f"SELECT count(*) FROM {table}_default").fetchone() == (0,)
        assert owner_connection.execute(f"SELECT count(*) FROM {table}").fetchone() == (1,)
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        owner_connection.execute("DELETE FROM audit_read")
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        owner_connection.execute("TRUNCATE audit_read_default")


def test_whole_months_go_when_their_time_is_over_and_no_sooner(fresh_database, owner_connection):
    for months in (70, 61, 59, 1):
        owner_connection.execute(
            "INSERT INTO audit_read (at, actor) VALUES (now() - make_interval(months => %s, days => 1), %s)",
            [months, str(months)],
        )
    dropped = trail_retain(months=60, actor="os:root", now=NOW)
    assert dropped
    assert all(name.startswith("audit_read_") for name in dropped)
    kept = {row for (row,) in owner_connection.execute("SELECT actor FROM audit_read").fetchall()}
    assert {"59", "1"} <= kept
    assert "70" not in kept
    with pytest.raises(KeptTooShortly, match="6"):
        trail_retain(months=5, actor="os:root", now=NOW)
    with pytest.raises(psycopg.errors.InvalidParameterValue):
        owner_connection.execute("SELECT audit_retain(5)")
    assert trail_retain(months=60, actor="os:root", now=NOW) == []
    # The role for retention may, with the same bound; nobody else (above).
    owner_connection.execute("SET ROLE xinheng_retention")
    assert owner_connection.execute("SELECT audit_retain(600)").fetchall() == []
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        owner_connection.execute("DROP TABLE audit_read")


def test_a_setting_below_the_legal_time_is_refused():
    environment = os.environ | {"XINHENG_TRAIL_MONTHS": "5", "XINHENG_SECRET_KEY": "x"}
    told = subprocess.run(
        [sys.executable, "-c", "import xinheng.config.settings"], env=environment, capture_output=True, text=True, check=False
    )
    assert told.returncode != 0
    assert "XINHENG_TRAIL_MONTHS: at least 6 months" in told.stderr


def test_an_entry_says_nothing_of_a_file_that_came_twice(db):
    """What only comes and never changes is its own record: the key is enough, and a digest of it."""
    CatalogueSnapshot.objects.create(hash="f" * 64, content="{}", stored_at=NOW)
    found = changes(table_name="catalogue_cataloguesnapshot")[-1]
    assert (found.operation, found.first_key, found.columns, found.shown) == ("INSERT", "f" * 64, [], {})
    assert found.after_sha256 is not None
