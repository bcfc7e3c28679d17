"""Dumps of the database by the server's own programs (pg_dump, pg_restore), and what is in its tables, for comparing."""

import os
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import IO, Any, Final

import psycopg
from django.conf import settings
from django.db import connections
from psycopg import conninfo, sql

from xinheng.adapters.database import BACKUP_ALIAS, OWNER_ALIAS
from xinheng.adapters.postgres.binaries import Binaries, locate
from xinheng.adapters.postgres.roles import BACKUP_POLICY

_SAME_TEXT: Final = "SET DateStyle = 'ISO'; SET IntervalStyle = 'iso_8601'; SET TimeZone = 'UTC'; SET bytea_output = 'hex'; SET extra_float_digits = 1"
"""Settings under which a row has the same text on every server."""


class DumpFailed(Exception):
    """A program of PostgreSQL refused; the message is the first line of what it said."""


@dataclass(frozen=True, slots=True)
class Measure:
    """What is in a table or sequence: how many rows, and a sum over the digests of all rows that no order changes."""

    rows: int
    digest: str


def address(database: str | None = None, *, alias: str = OWNER_ALIAS) -> dict[str, str]:
    """Return where a role connects, as libpq names it; ``database``: another one of the same server."""
    given = connections[alias].settings_dict
    named = {"host": "HOST", "port": "PORT", "user": "USER", "password": "PASSWORD", "dbname": "NAME"}
    found = {name: str(given[key]) for name, key in named.items() if given.get(key)}
    if options := given.get("OPTIONS", {}).get("options"):
        found["options"] = str(options)
    return found | ({"dbname": database} if database else {})


def connected(database: str | None = None, *, alias: str = OWNER_ALIAS) -> "psycopg.Connection[tuple[Any, ...]]":
    """Return a connection past Django, the owner's unless said, each statement by itself; the embedded server is started."""
    server = settings.EMBEDDED_SERVER
    if server is not None:
        server.acquire()
    try:
        return _connection(database, alias)
    except psycopg.OperationalError:
        if server is None or alias != OWNER_ALIAS:
            raise
        server.revive()  # it died under us
        return _connection(database, alias)


def _connection(database: str | None, alias: str) -> "psycopg.Connection[tuple[Any, ...]]":
    return psycopg.connect(**address(database, alias=alias), autocommit=True)  # type: ignore[arg-type] # texts, as libpq takes them


def reader_alias() -> str:
    """Return by whom the whole database is read: the backup's role, which writes nothing.

    The owner instead where that role is missing or sees too little here, as before the first migration to this release: a
    backup has to be made then too. ``xinheng doctor`` tells.
    """
    with connected():  # starts the server, and tells what keeps everybody out
        pass
    try:
        with connected(alias=BACKUP_ALIAS) as connection:
            row = connection.execute(_SEES_ALL, [BACKUP_POLICY]).fetchone()
    except psycopg.OperationalError:
        return OWNER_ALIAS
    return BACKUP_ALIAS if row is not None and row[0] else OWNER_ALIAS


_SEES_ALL: Final = """
SELECT bool_and(CASE c.relkind WHEN 'S' THEN has_sequence_privilege(c.oid, 'SELECT') ELSE has_table_privilege(c.oid, 'SELECT')
    AND (NOT c.relrowsecurity OR EXISTS (SELECT FROM pg_policy p WHERE p.polrelid = c.oid AND p.polname = %s)) END)
FROM pg_class c WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p', 'S')"""


def programs() -> Binaries:
    """Return the client programs: those of the embedded server, else what ``XINHENG_PG`` names."""
    if settings.EMBEDDED_SERVER is not None:
        binaries: Binaries = settings.EMBEDDED_SERVER.binaries()
        return binaries
    return locate(settings.XINHENG_PG)


def _run_with(given: Mapping[str, str]) -> tuple[str, dict[str, str]]:
    """Return the connection without its password, and the environment with it: other accounts can read command lines."""
    rest = dict(given)
    password = rest.pop("password", "")
    return conninfo.make_conninfo(**rest), os.environ | ({"PGPASSWORD": password} if password else {})


@contextmanager
def dumped(*, snapshot: str, alias: str = OWNER_ALIAS) -> Iterator[IO[bytes]]:
    """Give the dump (custom format) of one state of the database, as a stream.

    Args:
        snapshot: the state, exported by a transaction that is still open.
        alias: who reads it.

    Raises:
        DumpFailed: on leaving, where the program did not come to its end.
    """
    where, environment = _run_with(address(alias=alias))
    # Whoever reads is no superuser: policies of the backup's and the owner's let them see all rows of walled tables.
    flags = ("--format=custom", "--compress=3", "--enable-row-security", f"--snapshot={snapshot}", f"--dbname={where}")
    with _client("pg_dump", *flags, environment=environment, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        yield process.stdout


def restored(source: IO[bytes], *, database: str) -> None:
    """Put a dump into an empty database, all of it or nothing.

    Raises:
        DumpFailed: something in it could not be put there.
    """
    where, environment = _run_with(address(database))
    flags = ("--single-transaction", "--exit-on-error", "--no-owner", f"--dbname={where}")
    with _client("pg_restore", *flags, environment=environment, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL) as process:
        assert process.stdin is not None
        # Where it refuses it stops reading; what it said is told on leaving.
        with suppress(BrokenPipeError), process.stdin as into:
            while chunk := source.read(1 << 20):
                into.write(chunk)


@contextmanager
def _client(
    name: str, *flags: str, environment: Mapping[str, str], stdout: int, stdin: int | None = None
) -> Iterator["subprocess.Popen[bytes]"]:
    """Run a client program while inside; what goes wrong inside ends it.

    Raises:
        DumpFailed: on leaving, where the program did not come to its end.
    """
    with subprocess.Popen(
        [programs()[name], *flags], stdin=stdin, stdout=stdout, stderr=subprocess.PIPE, env=environment
    ) as process:
        assert process.stderr is not None
        try:
            yield process
        except BaseException:
            process.kill()
            raise
        said = process.stderr.read().decode(errors="replace")
    if process.returncode:
        raise DumpFailed(_first_line(said))


def _first_line(said: str) -> str:
    return next((line for line in said.splitlines() if "error" in line), said.strip()[:200])


def roles_of(connection: "psycopg.Connection[Any]") -> dict[str, list[str]]:
    """Return the platform's roles besides the owner, and of each the roles it is a member of: no dump of a database has them."""
    found = connection.execute(
        "SELECT r.rolname, coalesce(array_agg(g.rolname::text) FILTER (WHERE g.rolname IS NOT NULL), '{}')"
        " FROM pg_roles r LEFT JOIN pg_auth_members m ON m.member = r.oid LEFT JOIN pg_roles g ON g.oid = m.roleid"
        " WHERE r.rolname LIKE 'xinheng\\_%%' AND r.oid <> (SELECT datdba FROM pg_database WHERE datname = current_database())"
        " GROUP BY 1 ORDER BY 1",
        [],
    ).fetchall()
    return {str(name): sorted(map(str, groups)) for name, groups in found}


def roles_make(connection: "psycopg.Connection[Any]", roles: Mapping[str, Sequence[str]]) -> None:
    """Make the roles that are missing here, without any right that the dump does not give them."""
    there = {str(name) for (name,) in connection.execute("SELECT rolname FROM pg_roles").fetchall()}
    for name in roles:
        if name not in there:
            connection.execute(sql.SQL("CREATE ROLE {} NOSUPERUSER").format(sql.Identifier(name)))
    for name, groups in roles.items():
        for group in groups:
            connection.execute(sql.SQL("GRANT {} TO {}").format(sql.Identifier(group), sql.Identifier(name)))


def measured(connection: "psycopg.Connection[Any]") -> dict[str, Measure]:
    """Return what is in every table and sequence, by name, in the connection's own state of the database."""
    connection.execute(_SAME_TEXT)
    found = connection.execute(
        "SELECT c.relname, c.relkind FROM pg_class c WHERE c.relnamespace = 'public'::regnamespace"
        " AND c.relkind IN ('r', 'S') ORDER BY 1"
    ).fetchall()
    result = {}
    for name, kind in found:
        statement = _OF_A_SEQUENCE if kind == "S" else _OF_A_TABLE
        row = connection.execute(sql.SQL(statement).format(sql.Identifier(name))).fetchone()
        assert row is not None
        result[str(name)] = Measure(int(row[0]), str(row[1]))
    return result


_OF_A_TABLE: Final = """
SELECT count(*), coalesce(sum(('x' || substr(encode(sha256(convert_to(of_it::text, 'UTF8')), 'hex'), 1, 15))::bit(60)::bigint), 0)
FROM {} of_it"""
_OF_A_SEQUENCE: Final = "SELECT 1, last_value || CASE WHEN is_called THEN ' used' ELSE '' END FROM {}"
