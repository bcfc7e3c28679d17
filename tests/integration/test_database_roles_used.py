"""The narrow roles are used, not only made; and everything works for an owner of the tables that is no superuser."""

import uuid

import psycopg
import pytest
from click.testing import CliRunner
from django.conf import settings
from django.db import connections
from tests.factories.intake_world import ORGAN
from tests.factories.walls import report_make

from xinheng.adapters import dumps
from xinheng.adapters.database import (
    AUDITOR_ALIAS,
    BACKUP_ALIAS,
    OWNER_ALIAS,
    auditor_alias,
    database_prepare,
    database_roles_differences,
    database_roles_settle,
)
from xinheng.adapters.postgres.rights import EVERYBODY, rights_settle
from xinheng.adapters.postgres.roles import AUDITOR_ROLE, BACKUP_ROLE
from xinheng.adapters.postgres.supervisor import APP_ROLE
from xinheng.config.cli import cli


def _dump(alias: str) -> tuple[bytes, str]:
    """Return a dump by this role, and under which account the program read."""
    with dumps.connected(alias=alias) as connection, dumps.connected() as owner:
        connection.execute("BEGIN ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        snapshot = connection.execute("SELECT pg_export_snapshot()").fetchone()[0]
        with dumps.dumped(snapshot=snapshot, alias=alias) as stream:
            begin = stream.read(16)  # it has connected, then
            who = owner.execute(
                "SELECT string_agg(DISTINCT usename::text, ',') FROM pg_stat_activity"
                " WHERE datname = current_database() AND application_name = 'pg_dump'"
            ).fetchone()[0]
            return begin + stream.read(), who


def test_the_backup_is_read_by_its_role_and_by_the_owner_only_where_that_cannot_be(fresh_database, owner_connection):
    report_make(ORGAN)
    assert dumps.reader_alias() == BACKUP_ALIAS
    content, who = _dump(BACKUP_ALIAS)
    assert who == BACKUP_ROLE
    with dumps.connected(alias=BACKUP_ALIAS) as backup:
        seen = dumps.measured(backup)
        assert seen["intake_submission"].rows == seen["intake_doubt"].rows == 1  # past the walls
        assert seen == dumps.measured(owner_connection)
    assert len(content) > 100_000
    owner_connection.execute("REVOKE SELECT ON audit_event FROM xinheng_backup")
    assert dumps.reader_alias() == OWNER_ALIAS
    database_roles_settle()
    owner_connection.execute("DROP POLICY for_the_backup ON intake_doubt")
    assert dumps.reader_alias() == OWNER_ALIAS


def test_the_command_line_reads_the_trail_as_the_auditor(fresh_database, owner_connection):
    assert auditor_alias() == AUDITOR_ALIAS
    told = CliRunner().invoke(cli, ["audit", "search", "--kind", "reads"], catch_exceptions=False)
    assert told.exit_code == 0
    assert "xinheng audit search" in told.output
    # It goes by that role: without its right nothing is found, whatever the application may.
    owner_connection.execute("REVOKE SELECT ON audit_read FROM xinheng_auditor")
    with pytest.raises(Exception, match="permission denied for table audit_read"):
        CliRunner().invoke(cli, ["audit", "search", "--kind", "reads"], catch_exceptions=False)
    with connections[AUDITOR_ALIAS].cursor() as cursor:
        cursor.execute("SELECT session_user, current_setting('default_transaction_read_only')")
        assert cursor.fetchone() == (AUDITOR_ROLE, "on")


@pytest.fixture
def plain(fresh_database, postgres_server):
    """Give an owner without any right on the server but to make roles, and its empty database: as ``DATABASE_URL`` alone names it."""
    name = f"plain_{uuid.uuid4().hex[:8]}"
    before = {alias: dict(connections[alias].settings_dict) for alias in connections}
    with psycopg.connect(postgres_server.conninfo(dbname="postgres"), autocommit=True) as admin:
        admin.execute(f"CREATE ROLE {name} LOGIN CREATEROLE")
        # What its own CREATE ROLE would have given it, had another database of this server not made the roles before.
        admin.execute(f"GRANT {APP_ROLE}, {BACKUP_ROLE}, {AUDITOR_ROLE} TO {name}")
        admin.execute(f"CREATE DATABASE {name} OWNER {name} TEMPLATE template0")
        connections.close_all()
        for alias in connections:
            role = {"default": APP_ROLE, BACKUP_ALIAS: BACKUP_ROLE, AUDITOR_ALIAS: AUDITOR_ROLE}.get(alias)
            options = {"OPTIONS": {"options": f"-c role={role}"}} if role else {}
            connections[alias].settings_dict |= {"NAME": name, "USER": name, **options}
        yield admin, name
        connections.close_all()
        for alias, values in before.items():
            connections[alias].settings_dict.clear()
            connections[alias].settings_dict |= values
        admin.execute(f"DROP DATABASE {name} WITH (FORCE)")
        admin.execute(f"DROP DATABASE IF EXISTS {name}_restored WITH (FORCE)")
        admin.execute(f"DROP ROLE {name}")


def test_an_owner_that_is_no_superuser_prepares_works_backs_up_and_restores(plain, postgres_server):
    admin, name = plain
    database_prepare(verbosity=0)
    left = database_roles_differences()
    assert {one.role for one in left} == {EVERYBODY}
    assert len(left) == 3
    with psycopg.connect(postgres_server.conninfo(dbname=name), autocommit=True) as administrator:
        for difference in left:  # what it cannot do itself it has told with the statement
            administrator.execute(difference.mend)
    assert database_roles_differences() == []
    report_make(ORGAN)
    assert dumps.reader_alias() == BACKUP_ALIAS
    content, who = _dump(BACKUP_ALIAS)
    assert who == name  # signed in as the owner, reading as the role
    admin.execute(f"CREATE DATABASE {name}_restored OWNER {name} TEMPLATE template0")
    with (settings.XINHENG_VAR.parent / "dump").open("w+b") as file:
        file.write(content)
        file.seek(0)
        dumps.restored(file, database=f"{name}_restored")
    with dumps.connected(f"{name}_restored") as there, dumps.connected(alias=BACKUP_ALIAS) as here:
        rights_settle(there)
        assert dumps.measured(there) == dumps.measured(here)


def test_a_role_that_the_owner_may_not_make_is_told_with_the_statement(plain, owner_connection):
    _admin, name = plain
    with owner_connection.transaction(force_rollback=True):
        owner_connection.execute(f"ALTER ROLE {name} NOCREATEROLE")
        owner_connection.execute("ALTER ROLE xinheng_auditor RENAME TO somebody")
        owner_connection.execute(f"SET LOCAL ROLE {name}")
        left = [one for one in rights_settle(owner_connection) if one.role == AUDITOR_ROLE]
    assert [one.what for one in left] == ["没有这个角色"]
    assert left[0].mend == "CREATE ROLE xinheng_auditor LOGIN; GRANT xinheng_auditor TO CURRENT_USER"
