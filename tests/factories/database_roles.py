"""What a database role tries that it must not: by direct SQL on its own connection, each act undone afterwards."""

from collections.abc import Iterator
from contextlib import nullcontext
from typing import Any, Final

import psycopg
from psycopg import sql

from xinheng.adapters.postgres.roles import APPLICATION, APPLICATION_CALLS, NARROW, all_roles
from xinheng.adapters.postgres.supervisor import APP_ROLE, OWNER_ROLE

Connection = psycopg.Connection[Any]
REFUSED: Final = (
    psycopg.errors.InsufficientPrivilege,
    psycopg.errors.ObjectNotInPrerequisiteState,  # a view that nobody can write to
    psycopg.errors.FeatureNotSupported,
    psycopg.errors.WrongObjectType,
)
_NOT_GRANTED: Final = "01007"
"""What is said instead of an error where somebody gives away a right that is not theirs to give."""
_VERBS: Final = {
    "SELECT": "SELECT {column} FROM {table} LIMIT 0",
    "INSERT": "INSERT INTO {table} DEFAULT VALUES",
    "UPDATE": "UPDATE {table} SET {column} = {column}",
    "DELETE": "DELETE FROM {table}",
    "TRUNCATE": "TRUNCATE {table}",
}


def refused(session: Connection, statement: Any) -> bool:
    """Try a statement, undo it, and return whether the server refused it for want of a right."""
    said: list[str | None] = []
    session.add_notice_handler(hear := lambda told: said.append(told.sqlstate))
    try:
        with nullcontext() if statement in _ALONE else session.transaction(force_rollback=True):
            session.execute(statement)
    except REFUSED:
        return True
    except psycopg.Error:
        return False  # it was let in, and failed at something else
    finally:
        session.remove_notice_handler(hear)
    return _NOT_GRANTED in said


def table_acts(owner: Connection) -> Iterator[tuple[str, str, str, Any]]:
    """Yield every verb on every table and view, reading and changing column by column: table, verb, column, statement."""
    columns: dict[str, list[str]] = {}
    computed = set()
    for table, column, is_computed in owner.execute(_COLUMNS).fetchall():
        columns.setdefault(table, []).append(column)
        if is_computed:
            computed.add((table, column))
    assert len(columns) > 60
    for table, names in columns.items():
        by_verb = {"SELECT": names, "UPDATE": [name for name in names if (table, name) not in computed]}
        for verb, text in _VERBS.items():
            for column in by_verb.get(verb, [""]):
                statement = sql.SQL(text).format(table=sql.Identifier(table), column=sql.Identifier(column or "x"))
                yield table, verb, column, statement


def is_allowed(role: str, table: str, verb: str, column: str, *, partition: bool) -> bool:
    """Return what the table of roles says of an act."""
    if role != APP_ROLE:
        narrow = NARROW[role]
        if verb != "SELECT":
            return verb == "INSERT" and table in narrow.adds
        return narrow.reads_all or (table in narrow.reads and (not narrow.reads[table] or column in narrow.reads[table]))
    if partition:
        return False
    given = APPLICATION.get(table, ("SELECT", "INSERT", "UPDATE", "DELETE"))
    return verb in given or any(column in one.split()[1:] for one in given if one.startswith(f"{verb} "))


def calls(owner: Connection) -> Iterator[tuple[str, bool, Any]]:
    """Yield a call of every function of ours: its name, whether it has the owner's rights, statement."""
    for name, arguments, is_definer in owner.execute(_FUNCTIONS).fetchall():
        # Not plain NULLs: a strict function of one is never called, and so nobody is asked whether it may be.
        values = sql.SQL(", ").join(sql.SQL("(SELECT NULL::{})").format(sql.SQL(kind)) for kind in arguments)
        yield name, is_definer, sql.SQL("SELECT {}({})").format(sql.Identifier(name), values)


def may_call(role: str, name: str, *, is_definer: bool) -> bool:
    """Return whether the table of roles lets a role call a function."""
    if role == APP_ROLE:
        return not is_definer or name in APPLICATION_CALLS
    return name in NARROW[role].calls


def other_acts(role: str) -> list[str]:
    """Return what no role may do but the owner and the server's administrator."""
    others = [name for name in (*all_roles(), OWNER_ROLE, "pg_read_all_data", "pg_write_server_files") if name != role]
    return [
        *(f"SET ROLE {name}" for name in others),
        *(f"SET SESSION AUTHORIZATION {name}" for name in others[:-2]),
        *(f"GRANT {name} TO {role}" for name in others),
        *(
            f"ALTER ROLE {role} {attribute}"
            for attribute in ("SUPERUSER", "BYPASSRLS", "CREATEROLE", "CREATEDB", "REPLICATION")
        ),
        *_MAKING,
        *_MENDING,
        *_SERVER,
        *_ALONE,
        *([] if role == APP_ROLE else ["CREATE TEMPORARY TABLE mine (id int)"]),
    ]


_MAKING: Final = (
    "CREATE TABLE mine (id int)",
    "CREATE TABLE public.mine AS SELECT 1",
    "CREATE VIEW mine AS SELECT 1",
    "CREATE SEQUENCE mine",
    "CREATE SCHEMA mine",
    "CREATE FUNCTION mine() RETURNS int LANGUAGE sql AS 'SELECT 1'",
    "CREATE FUNCTION mine() RETURNS int LANGUAGE sql SECURITY DEFINER AS 'SELECT 1'",
    "CREATE OR REPLACE FUNCTION audit_refuse_change() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END'",
    "CREATE TYPE mine AS (id int)",
    "CREATE ROLE mine",
    "CREATE EXTENSION pg_stat_statements",
    "CREATE PUBLICATION mine FOR ALL TABLES",
    "CREATE EVENT TRIGGER mine ON ddl_command_start EXECUTE FUNCTION audit_refuse_change()",
    "CREATE POLICY mine ON intake_submission USING (true)",
    "CREATE TRIGGER mine AFTER INSERT ON audit_event EXECUTE FUNCTION audit_refuse_change()",
    "CREATE INDEX mine ON records_recordversion (seq)",
    "CREATE RULE mine AS ON INSERT TO audit_event DO INSTEAD NOTHING",
)
_MENDING: Final = (
    "ALTER TABLE records_recordversion DISABLE TRIGGER ALL",
    "ALTER TABLE audit_event DISABLE TRIGGER audit_event_append_only",
    "ALTER TABLE intake_submission DISABLE ROW LEVEL SECURITY",
    "ALTER TABLE intake_submission NO FORCE ROW LEVEL SECURITY",
    "ALTER TABLE records_recordversion ADD COLUMN mine int",
    "ALTER TABLE records_recordversion OWNER TO CURRENT_USER",
    "ALTER FUNCTION records_keys_destroy(uuid, date, text) SECURITY INVOKER",
    "ALTER DATABASE {database} SET session_replication_role = replica",
    "ALTER SCHEMA public RENAME TO mine",
    "DROP TABLE audit_event CASCADE",
    "DROP TRIGGER audit_event_append_only ON audit_event",
    "DROP POLICY within_reach ON intake_submission",
    "DROP FUNCTION audit_retain(integer)",
    "DROP SCHEMA public CASCADE",
    "GRANT SELECT ON accounts_account TO PUBLIC",
    "GRANT EXECUTE ON FUNCTION audit_retain(integer) TO CURRENT_USER",
    "COMMENT ON TABLE audit_event IS 'mine'",
    "LOCK TABLE accounts_account IN ACCESS EXCLUSIVE MODE",
    "SET session_replication_role = replica",
    "SET row_security = off; SELECT 1 FROM intake_submission",
    "SET log_statement = 'none'",
)
_SERVER: Final = (
    "COPY (SELECT 1) TO PROGRAM 'true'",
    "COPY (SELECT 1) TO '/tmp/xinheng-role-test'",
    "SELECT pg_read_file('PG_VERSION')",
    "SELECT pg_read_binary_file('PG_VERSION')",
    "SELECT pg_ls_dir('.')",
    "SELECT pg_stat_file('PG_VERSION')",
    "SELECT pg_reload_conf()",
    "SELECT pg_switch_wal()",
    "SELECT pg_terminate_backend({owner})",
    "SELECT pg_cancel_backend({owner})",
    "SELECT lo_creat(-1)",
    "SELECT lo_create(0)",
    "SELECT lo_from_bytea(0, 'x')",
    "SELECT lo_import('/etc/hostname')",
    "SELECT lo_export(1, '/tmp/xinheng-role-test')",
    "SELECT rolpassword FROM pg_authid",
    "SELECT 1 FROM pg_statistic LIMIT 0",
    "SELECT 1 FROM pg_user_mapping LIMIT 0",
)

_ALONE: Final = ("ALTER SYSTEM SET log_statement = 'none'", "CREATE DATABASE mine", "DROP DATABASE template1")
"""What is done outside transactions only: nothing undoes it."""

_COLUMNS: Final = """
SELECT c.relname, a.attname, a.attgenerated <> '' OR a.attidentity = 'a' FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid
WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p', 'v', 'm', 'f')
    AND a.attnum > 0 AND NOT a.attisdropped ORDER BY 1, a.attnum"""
_FUNCTIONS: Final = """
SELECT proname, ARRAY(SELECT format_type(t, NULL) FROM unnest(proargtypes) t), prosecdef FROM pg_proc
WHERE pronamespace = 'public'::regnamespace AND prokind = 'f' AND prorettype <> 'trigger'::regtype ORDER BY 1"""
