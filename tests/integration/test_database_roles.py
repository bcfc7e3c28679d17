"""Every database role tries by direct SQL what it must not; what it is refused and what it is let do is what ``roles`` says."""

import re
from collections.abc import Iterator

import psycopg
import pytest
from click.testing import CliRunner
from tests.factories import database_roles as acts
from tests.factories.intake_world import ORGAN
from tests.factories.walls import report_make

from xinheng.adapters.database import database_roles_differences, database_roles_settle
from xinheng.adapters.postgres.rights import differences, rights_settle
from xinheng.adapters.postgres.roles import AUDITOR_ROLE, NARROW, PUBLIC_ROLE, RETENTION_ROLE, all_roles
from xinheng.config.commands.database import database

SECRET = re.compile(r"sealed|wrapped|password|secret|material|key_id|person_digest|token")
"""How columns are called that hold what is sealed, keys and what people sign in with."""


@pytest.fixture
def session_of(fresh_database, owner_connection, postgres_server) -> Iterator:
    """Return connections of roles, each under its own account, with nothing left of what their sessions begin with."""
    assert database_roles_settle() == []  # rights on the database itself are in no copy of it
    open_now = []

    def begin(role: str) -> acts.Connection:
        if role == RETENTION_ROLE:
            owner_connection.execute(f"ALTER ROLE {role} LOGIN")
        session = psycopg.connect(postgres_server.conninfo(dbname=fresh_database, user=role), autocommit=True)
        open_now.append(session)
        assert session.execute("SELECT session_user, current_user").fetchone() == (role, role)
        # It may change that itself, so that nothing is to hang on it.
        session.execute("SET default_transaction_read_only = off; SET xinheng.reach = '*'")
        return session

    yield begin
    for session in open_now:
        session.close()
    owner_connection.execute(f"ALTER ROLE {RETENTION_ROLE} NOLOGIN")


@pytest.mark.parametrize("role", all_roles())
def test_a_role_may_do_what_is_written_and_nothing_else(role, session_of, fresh_database, owner_connection, record_property):
    report_make(ORGAN)
    session = session_of(role)
    partitions = {name for (name,) in owner_connection.execute("SELECT relname FROM pg_class WHERE relispartition").fetchall()}
    otherwise, refused = [], 0

    def try_out(what, statement, *, may: bool) -> None:
        nonlocal refused
        was_refused = acts.refused(session, statement)
        refused += was_refused
        if was_refused == may:
            otherwise.append((what, "refused" if was_refused else "let in"))

    for table, verb, column, statement in acts.table_acts(owner_connection):
        may = acts.is_allowed(role, table, verb, column, partition=table in partitions)
        try_out((table, verb, column), statement, may=may)
    for name, is_definer, statement in acts.calls(owner_connection):
        try_out(name, statement, may=acts.may_call(role, name, is_definer=is_definer))
    pid = owner_connection.info.backend_pid
    for text in acts.other_acts(role):
        try_out(text, text.replace("{owner}", str(pid)).replace("{database}", fresh_database), may=False)
    assert otherwise == []
    assert refused > 100
    record_property(f"refusals_tried_as_{role}", refused)


def test_what_is_written_itself_gives_no_role_what_it_must_not_have(owner_connection, fresh_database):
    """The tests here hold the database to the table; this one the table to the protections (P4, P11, P16, P17)."""
    walled = {name for (name,) in owner_connection.execute("SELECT relname FROM pg_class WHERE relrowsecurity").fetchall()}
    columns: dict[str, set[str]] = {}
    for table, verb, column, _statement in acts.table_acts(owner_connection):
        if verb == "SELECT":
            columns.setdefault(table, set()).add(column)
    secret = {name for names in columns.values() for name in names if SECRET.search(name)}
    assert {"sealed", "wrapped_key", "material", "key_id", "person_digest", "password"} <= secret
    for role in (NARROW[PUBLIC_ROLE], NARROW[AUDITOR_ROLE], NARROW[RETENTION_ROLE]):
        read = {(table, column) for table, given in role.reads.items() for column in given or columns[table]}
        assert {one for one in read if one[1] in secret} == set(), role.name
        assert not walled & set(role.reads), role.name
    contexts = {table.split("_")[0] for table in NARROW[PUBLIC_ROLE].reads}
    assert contexts == {"catalogue", "django", "intake", "records", "reports", "subjects", "tlog"}
    assert {table for table in NARROW[PUBLIC_ROLE].reads if table.startswith(("django_", "intake_", "reports_"))} == {
        "django_migrations", "intake_published", "reports_issuedreport",
    }  # fmt: skip
    assert {table.split("_")[0] for table in NARROW[AUDITOR_ROLE].reads} == {"audit", "tlog"}
    assert "tlog_logsalt" not in NARROW[AUDITOR_ROLE].reads
    assert [name for name, role in NARROW.items() if role.adds] == [RETENTION_ROLE]


def test_a_new_table_is_closed_to_every_narrow_role_but_the_backup(session_of, owner_connection):
    owner_connection.execute("CREATE TABLE new_of_somebody (id int)")
    owner_connection.execute("CREATE FUNCTION new_function() RETURNS int LANGUAGE sql AS 'SELECT 1'")
    database_roles_settle()
    for role in NARROW:
        session = session_of(role)
        assert acts.refused(session, "SELECT * FROM new_of_somebody") is not NARROW[role].reads_all
        assert acts.refused(session, "INSERT INTO new_of_somebody VALUES (1)")
        assert acts.refused(session, "SELECT new_function()")


@pytest.mark.parametrize(
    ("done", "role", "words"),
    [
        ("GRANT SELECT ON accounts_account TO xinheng_public", "xinheng_public", "多了权限：SELECT accounts_account"),
        (
            "GRANT SELECT (sealed) ON records_currentrecord TO xinheng_public",
            "xinheng_public",
            "records_currentrecord (sealed)",
        ),
        ("REVOKE SELECT ON records_logged FROM xinheng_backup", "xinheng_backup", "少了权限：SELECT records_logged"),
        ("DROP POLICY for_the_backup ON intake_doubt", "xinheng_backup", "intake_doubt"),
        ("GRANT EXECUTE ON FUNCTION audit_retain(integer) TO PUBLIC", "PUBLIC", "audit_retain"),
        ("GRANT UPDATE ON records_recordversion TO xinheng_app", "xinheng_app", "UPDATE records_recordversion"),
        ("GRANT CREATE ON SCHEMA public TO xinheng_app", "xinheng_app", "CREATE public"),
    ],
)
def test_what_somebody_changed_is_found_and_mended(fresh_database, owner_connection, done, role, words):
    database_roles_settle()
    owner_connection.execute(done)
    found = database_roles_differences()
    assert [one.role for one in found] == [role]
    assert words in found[0].what
    told = CliRunner().invoke(database, ["roles", "--check"])
    assert (told.exit_code, words in told.output) == (1, True)
    told = CliRunner().invoke(database, ["roles"])
    assert (told.exit_code, told.output.splitlines()[-1]) == (0, "角色和权限都和规定的一样。")
    assert database_roles_differences() == []


@pytest.mark.parametrize(
    ("done", "role", "words"),
    [
        ("GRANT xinheng_app TO xinheng_auditor", "xinheng_auditor", "属于角色 xinheng_app"),
        ("ALTER ROLE xinheng_auditor BYPASSRLS", "xinheng_auditor", "多了属性：BYPASSRLS"),
        ("ALTER ROLE xinheng_public RESET default_transaction_read_only", "xinheng_public", "缺少设置"),
        ("ALTER ROLE xinheng_backup NOLOGIN", "xinheng_backup", "不能登录"),
        ("ALTER ROLE xinheng_auditor RENAME TO somebody", "xinheng_auditor", "没有这个角色"),
    ],
)
def test_what_somebody_changed_of_a_role_is_found_and_mended(fresh_database, owner_connection, done, role, words):
    database_roles_settle()
    with owner_connection.transaction(force_rollback=True):  # roles are the whole server's: other tests must not see it
        owner_connection.execute(done)
        found = differences(owner_connection)
        assert [one.role for one in found] == [role]
        assert words in found[0].what
        assert rights_settle(owner_connection) == []


def test_what_a_migration_took_from_the_application_is_not_given_back_by_itself(fresh_database, owner_connection):
    database_roles_settle()
    owner_connection.execute("REVOKE DELETE ON django_session FROM xinheng_app")
    left = database_roles_settle()
    assert [(one.role, one.what, one.by_hand) for one in left] == [("xinheng_app", "少了权限：DELETE django_session", True)]
    told = CliRunner().invoke(database, ["roles"])
    assert told.exit_code == 1
    assert "GRANT DELETE ON TABLE django_session TO xinheng_app;" in told.output
