"""The embedded server and its roles."""

import os

import psycopg
import pytest
from django.db import connection

from xinheng.adapters.postgres.supervisor import APP_ROLE


def test_tests_run_as_the_application_role(db):
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_user, pg_is_in_recovery()")
        assert cursor.fetchone() == (APP_ROLE, False)


def test_the_server_is_the_one_that_this_run_is_about(db):
    """XINHENG_EXPECT_PG names its major version: `make test` runs on the wheel's, a leg of `make test-all` on 15."""
    with connection.cursor() as cursor:
        cursor.execute("SHOW server_version_num")
        major = int(cursor.fetchone()[0]) // 10_000

    assert str(major) == os.environ.get("XINHENG_EXPECT_PG", str(major))


def test_the_application_cannot_make_tables(fresh_database, app_connection):
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        app_connection.execute("CREATE TABLE mine (id int)")


def test_the_application_cannot_change_the_event_log(fresh_database, app_connection):
    app_connection.execute(
        "INSERT INTO audit_event (action, actor, target_kind, target_id, at, facts)"
        " VALUES ('test.done', 'a', 'thing', '1', now(), '{}')"
    )
    for statement in ("UPDATE audit_event SET actor = 'b'", "DELETE FROM audit_event", "TRUNCATE audit_event"):
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            app_connection.execute(statement)


def test_chinese_text_has_letters_for_the_server(db):
    # With a C ctype every Chinese character would be "no letter" and text functions would answer nothing, silently.
    with connection.cursor() as cursor:
        cursor.execute("SELECT '奉节' ~ '^[[:alpha:]]+$'")
        assert cursor.fetchone() == (True,)
