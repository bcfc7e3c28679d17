"""Brings a database to what ``roles`` says, and tells in what it differs: one comparison for both (ADR 0063).

Before the migrations the roles are made; after them every right that is not written down is taken away and every one that is
missing given. What the owner may not do itself stays a difference, with the SQL for the administrator.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

import psycopg

from xinheng.adapters.postgres.roles import (
    APPLICATION,
    APPLICATION_CALLS,
    BACKUP_POLICY,
    BACKUP_ROLE,
    NARROW,
    DatabaseRole,
    all_roles,
)
from xinheng.adapters.postgres.supervisor import APP_ROLE

Connection = psycopg.Connection[Any]
EVERYBODY: Final = "PUBLIC"
"""What PostgreSQL calls every role at once."""

_HOLDING: Final = frozenset({"TABLE", "SEQUENCE"})
_USUAL: Final = frozenset({"SELECT", "INSERT", "UPDATE", "DELETE"})
_COUNTED: Final = frozenset({"USAGE", "SELECT"})
# Nobody uses large objects; left as PostgreSQL has them, any role could fill the disk with them. Only a superuser can close them.
_LARGE_OBJECTS: Final = ("pg_catalog.lo_creat(integer)", "pg_catalog.lo_create(oid)", "pg_catalog.lo_from_bytea(oid,bytea)")


@dataclass(frozen=True, slots=True, order=True)
class Right:
    """That a role may do something: ``kind`` of object, its name as SQL writes it, the privilege, its column or none."""

    role: str
    kind: str
    name: str
    privilege: str
    column: str = ""


@dataclass(frozen=True, slots=True)
class Difference:
    """What is otherwise than ``roles`` says: in which role, what, and the SQL that mends it.

    ``by_hand``: a person decides. What a migration took from the application is never given back by itself.
    """

    role: str
    what: str
    mend: str
    by_hand: bool = False


def roles_prepare(connection: Connection) -> None:
    """Make the roles and the rights that new tables begin with; safe to repeat, before migrations.

    Raises:
        psycopg.Error: the application's role is missing and the owner may not make it.
    """
    there = {name for (name,) in connection.execute("SELECT rolname FROM pg_roles").fetchall()}
    (is_superuser,) = connection.execute("SELECT current_setting('is_superuser') = 'on'").fetchone()  # type: ignore[misc] # one row
    for name in all_roles():
        if name not in there and not _tried(connection, f"CREATE ROLE {name} {_sign_in(name)}") and name == APP_ROLE:
            connection.execute(f"CREATE ROLE {name} {_sign_in(name)}")
        # SET ROLE needs membership where the owner is no superuser; where the role was the administrator's to make, it is
        # the administrator's to give.
        if not is_superuser:
            _tried(connection, f"GRANT {name} TO CURRENT_USER")
    for statement in (
        "REVOKE CREATE ON SCHEMA public FROM PUBLIC",
        f"GRANT USAGE ON SCHEMA public TO {APP_ROLE}",
        f"ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO {APP_ROLE}",
        f"ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT USAGE, SELECT ON SEQUENCES TO {APP_ROLE}",
    ):
        connection.execute(statement)
    # A partition that is made next month is in the backup without anybody remembering.
    for kind in ("TABLES", "SEQUENCES"):
        _tried(connection, f"ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT ON {kind} TO {BACKUP_ROLE}")


def rights_settle(connection: Connection) -> list[Difference]:
    """Give and take until the database is as ``roles`` says; return what the owner could not mend. Safe to repeat."""
    for _ in range(2):  # a role that was missing gets its rights in the second round
        found = differences(connection)
        if all(one.by_hand for one in found):
            return found
        with connection.transaction():
            # One at a time: two that give rights in one database stumble over each other.
            connection.execute("SELECT pg_advisory_xact_lock(hashtext('xinheng database roles'))")
            for difference in found:
                if not difference.by_hand:
                    _tried(connection, difference.mend)
    return differences(connection)


def differences(connection: Connection) -> list[Difference]:
    """Return in what the roles, their rights and the walls differ from ``roles``; empty is right. Any role may ask."""
    there = {name for (name,) in connection.execute("SELECT rolname FROM pg_roles").fetchall()}
    missing = [name for name in all_roles() if name not in there]
    found = [
        Difference(name, "没有这个角色", f"CREATE ROLE {name} {_sign_in(name)}; GRANT {name} TO CURRENT_USER")
        for name in missing
    ]
    for name in sorted(set(all_roles()) - set(missing)):
        found += _of_the_role(connection, name)
    wanted = {right for right in _wanted(connection) if right.role not in missing}
    rights = _found(connection)
    found += [Difference(right.role, f"多了权限：{_told(right)}", _revoked(right)) for right in sorted(rights - wanted)]
    found += [
        Difference(
            right.role, f"少了权限：{_told(right)}", _granted(right), by_hand=right.role == APP_ROLE and right.kind in _HOLDING
        )
        for right in sorted(wanted - rights)
    ]
    if BACKUP_ROLE not in missing:
        found += [
            Difference(
                BACKUP_ROLE,
                f"读不到有行级隔离的表 {table}",
                f"CREATE POLICY {BACKUP_POLICY} ON {table} FOR SELECT TO {BACKUP_ROLE} USING (true)",
            )
            for (table,) in connection.execute(_WALLED_OFF, [BACKUP_POLICY]).fetchall()
        ]
    return found


def _sign_in(name: str) -> str:
    return "LOGIN" if name == APP_ROLE or NARROW[name].signs_in else "NOLOGIN"


def _of_the_role(connection: Connection, name: str) -> Iterator[Difference]:
    """Yield what the role is or belongs to that it must not, and which of its settings are missing."""
    row = connection.execute(_ROLE, [name]).fetchone()
    assert row is not None
    can_sign_in, attributes, groups, configured = row
    for attribute in attributes:
        yield Difference(name, f"多了属性：{attribute}", f"ALTER ROLE {name} NO{attribute}")
    for group in groups:
        yield Difference(name, f"属于角色 {group}", f"REVOKE {group} FROM {name}")
    if name == APP_ROLE:
        return
    if NARROW[name].signs_in and not can_sign_in:
        yield Difference(name, "不能登录", f"ALTER ROLE {name} LOGIN")
    for setting, value in NARROW[name].settings.items():
        if f"{setting}={value}" not in configured:
            yield Difference(name, f"缺少设置：{setting}", f"ALTER ROLE {name} SET {setting} = {value}")


def _wanted(connection: Connection) -> Iterator[Right]:
    """Yield every right that the roles must have in this database, as far as its objects are there."""
    base = str(connection.execute("SELECT quote_ident(current_database())").fetchone()[0])  # type: ignore[index] # one row
    for name in all_roles():
        yield Right(name, "DATABASE", base, "CONNECT")
        yield Right(name, "SCHEMA", "public", "USAGE")
    yield Right(APP_ROLE, "DATABASE", base, "TEMPORARY")
    for name, kind, is_part in connection.execute(_RELATIONS).fetchall():
        if kind == "SEQUENCE":
            yield from (Right(APP_ROLE, kind, name, privilege) for privilege in APPLICATION.get(name, _COUNTED))
        elif not is_part:
            yield from _of_the_application(name)
        yield from (
            Right(role.name, kind, name, privilege, column)
            for role in NARROW.values()
            for privilege, column in _holds(role, name)
        )
    for signature, name, is_definer in connection.execute(_FUNCTIONS).fetchall():
        if not is_definer or name in APPLICATION_CALLS:
            yield Right(APP_ROLE, "FUNCTION", signature, "EXECUTE")
        yield from (Right(role.name, "FUNCTION", signature, "EXECUTE") for role in NARROW.values() if name in role.calls)


def _of_the_application(table: str) -> Iterator[Right]:
    for privilege in APPLICATION.get(table, _USUAL):
        name, _, columns = privilege.partition(" ")
        for column in columns.split() or [""]:
            yield Right(APP_ROLE, "TABLE", table, name, column)


def _holds(role: DatabaseRole, table: str) -> Iterator[tuple[str, str]]:
    if role.reads_all:
        yield "SELECT", ""
    elif table in role.reads:
        yield from (("SELECT", column) for column in role.reads[table] or ("",))
    if table in role.adds:
        yield "INSERT", ""
    if table.removesuffix("_id_seq") in role.adds and table not in role.adds:
        yield "USAGE", ""


def _found(connection: Connection) -> set[Right]:
    """Return every right that the roles, or everybody, have been given."""
    rows = connection.execute(_RIGHTS, {"roles": list(all_roles()), "large_objects": list(_LARGE_OBJECTS)}).fetchall()
    return {Right(*map(str, row)) for row in rows}


def _told(right: Right) -> str:
    return f"{right.privilege} {right.name}{f' ({right.column})' if right.column else ''}"


def _given(right: Right) -> str:
    column = f" ({right.column})" if right.column else ""
    return f"{right.privilege}{column} ON {right.kind} {right.name}"


def _granted(right: Right) -> str:
    return f"GRANT {_given(right)} TO {right.role}"


def _revoked(right: Right) -> str:
    return f"REVOKE {_given(right)} FROM {right.role}"


def _tried(connection: Connection, statement: str) -> bool:
    """Do what may be the administrator's alone, and return whether it was done."""
    try:
        with connection.transaction():
            connection.execute(statement)
    except (psycopg.errors.InsufficientPrivilege, psycopg.errors.DuplicateObject, psycopg.errors.UniqueViolation):
        return False
    return True


_ROLE: Final = """
SELECT rolcanlogin,
    array_remove(ARRAY[
        CASE WHEN rolsuper THEN 'SUPERUSER' END, CASE WHEN rolcreaterole THEN 'CREATEROLE' END,
        CASE WHEN rolcreatedb THEN 'CREATEDB' END, CASE WHEN rolbypassrls THEN 'BYPASSRLS' END,
        CASE WHEN rolreplication THEN 'REPLICATION' END], NULL),
    ARRAY(SELECT quote_ident(g.rolname) FROM pg_auth_members m JOIN pg_roles g ON g.oid = m.roleid WHERE m.member = r.oid),
    coalesce(rolconfig, '{}')
FROM pg_roles r WHERE rolname = %s"""

_RELATIONS: Final = """
SELECT quote_ident(relname), CASE relkind WHEN 'S' THEN 'SEQUENCE' ELSE 'TABLE' END, relispartition
FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p', 'v', 'm', 'f', 'S')"""

# Trigger functions cannot be called; those of extensions are not ours.
_FUNCTIONS: Final = """
SELECT p.oid::regprocedure::text, p.proname, p.prosecdef FROM pg_proc p
WHERE p.pronamespace = 'public'::regnamespace AND p.prorettype <> 'trigger'::regtype
    AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = p.oid AND d.classid = 'pg_proc'::regclass AND d.deptype = 'e')"""

_RIGHTS: Final = """
WITH given AS (
    SELECT a.grantee, CASE c.relkind WHEN 'S' THEN 'SEQUENCE' ELSE 'TABLE' END AS kind, quote_ident(c.relname) AS name,
        a.privilege_type, '' AS of_column
    FROM pg_class c CROSS JOIN LATERAL aclexplode(c.relacl) a
    WHERE c.relnamespace = 'public'::regnamespace
    UNION ALL
    SELECT a.grantee, 'TABLE', quote_ident(c.relname), a.privilege_type, quote_ident(t.attname)
    FROM pg_attribute t JOIN pg_class c ON c.oid = t.attrelid CROSS JOIN LATERAL aclexplode(t.attacl) a
    WHERE c.relnamespace = 'public'::regnamespace AND NOT t.attisdropped
    UNION ALL
    SELECT a.grantee, 'FUNCTION', p.oid::regprocedure::text, a.privilege_type, ''
    FROM pg_proc p CROSS JOIN LATERAL aclexplode(coalesce(p.proacl, acldefault('f', p.proowner))) a
    WHERE p.pronamespace = 'public'::regnamespace
        AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = p.oid AND d.classid = 'pg_proc'::regclass AND d.deptype = 'e')
    UNION ALL
    SELECT a.grantee, 'FUNCTION', o.name, a.privilege_type, ''
    FROM unnest(%(large_objects)s::text[]) AS o (name) JOIN pg_proc p ON p.oid = o.name::regprocedure
    CROSS JOIN LATERAL aclexplode(coalesce(p.proacl, acldefault('f', p.proowner))) a
    UNION ALL
    SELECT a.grantee, 'DATABASE', quote_ident(b.datname), a.privilege_type, ''
    FROM pg_database b CROSS JOIN LATERAL aclexplode(coalesce(b.datacl, acldefault('d', b.datdba))) a
    WHERE b.datname = current_database()
    UNION ALL
    SELECT a.grantee, 'SCHEMA', quote_ident(n.nspname), a.privilege_type, ''
    FROM pg_namespace n CROSS JOIN LATERAL aclexplode(coalesce(n.nspacl, acldefault('n', n.nspowner))) a
    WHERE n.nspname = 'public' AND NOT (a.grantee = 0 AND a.privilege_type = 'USAGE')
)
SELECT coalesce(r.rolname, 'PUBLIC'), kind, name, privilege_type, of_column
FROM given LEFT JOIN pg_roles r ON r.oid = given.grantee WHERE given.grantee = 0 OR r.rolname = ANY(%(roles)s)"""

_WALLED_OFF: Final = """
SELECT quote_ident(c.relname) FROM pg_class c WHERE c.relrowsecurity AND c.relnamespace = 'public'::regnamespace
    AND NOT EXISTS (SELECT FROM pg_policy p WHERE p.polrelid = c.oid AND p.polname = %s) ORDER BY 1"""
