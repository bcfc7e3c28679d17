"""Thin helpers over the database connection: set-up, bulk COPY, memory for bulk statements."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

import psycopg
from django.core.management import call_command
from django.db import DEFAULT_DB_ALIAS, IntegrityError, OperationalError, connections, transaction
from django.db.migrations.loader import MigrationLoader
from psycopg import sql

from xinheng.adapters.postgres.backend.base import DatabaseWrapper
from xinheng.adapters.postgres.rights import Difference, differences, rights_settle, roles_prepare
from xinheng.adapters.postgres.trail import trail_attach

OWNER_ALIAS = "owner"
RETENTION_ALIAS = "retention"
"""The connection of the role that destroys what is over, and may do nothing else (P17)."""
AUDITOR_ALIAS = "auditor"
BACKUP_ALIAS = "backup"
_BOUND = "statement_timeout="


def database_prepare(*, verbosity: int = 1) -> None:
    """Make the roles, run every migration as the owner, put the trail on every table, settle all rights; safe to repeat."""
    owner = connections[OWNER_ALIAS]
    owner.ensure_connection()
    roles_prepare(owner.connection)
    call_command("migrate", database=OWNER_ALIAS, interactive=False, verbosity=verbosity)
    owner.ensure_connection()
    trail_attach(owner.connection)
    rights_settle(owner.connection)
    owner.close()


def database_roles_settle() -> list[Difference]:
    """Make missing roles and bring all rights to what is written down; return what only the administrator can mend."""
    owner = connections[OWNER_ALIAS]
    owner.ensure_connection()
    roles_prepare(owner.connection)
    left = rights_settle(owner.connection)
    owner.close()
    return left


def database_roles_differences() -> list[Difference]:
    """Return in what roles and rights differ from what is written down; asked as the application."""
    return differences(_ready().connection)


def auditor_alias() -> str:
    """Return by whom the trail is read on the command line: the auditor's role, which sees nothing else and writes nothing.

    The application instead where that role cannot connect, as before the first migration to this release (``xinheng doctor``
    tells).
    """
    try:
        connections[AUDITOR_ALIAS].ensure_connection()
    except OperationalError:
        return DEFAULT_DB_ALIAS
    return AUDITOR_ALIAS


def migrations_missing() -> list[str]:
    """Return the last migrations of this code that the database does not have, as ``app.name``; asked as the application.

    A database of a newer release, which has more, lacks none.
    """
    wanted = set(MigrationLoader(None).graph.leaf_nodes())
    with connections[DEFAULT_DB_ALIAS].cursor() as cursor:
        cursor.execute("SELECT to_regclass('django_migrations') IS NOT NULL")
        if cursor.fetchone()[0]:
            cursor.execute("SELECT app, name FROM django_migrations")
            wanted -= set(cursor.fetchall())
    return sorted(f"{app}.{name}" for app, name in wanted)


def copy_bytes(
    *, table: str, columns: Sequence[str], chunks: Iterable[bytes], options: str = "FORMAT csv", walled: bool = False
) -> None:
    """COPY raw bytes into ``table`` inside the caller's transaction on the application connection.

    ``options`` is a literal of our own code, never input. ``walled``: the table has row-level security, into which the server
    does not COPY; the rows go into a table of this transaction first, and from there past the policies in one statement.
    """
    names, target = sql.SQL(", ").join(map(sql.Identifier, columns)), sql.Identifier(table)
    staged = sql.Identifier(f"staged_{table}") if walled else target
    statement = sql.SQL("COPY {} ({}) FROM STDIN WITH ({})").format(staged, names, sql.SQL(options))
    with raw_cursor() as cursor:
        if walled:
            make = "CREATE TEMPORARY TABLE {} ON COMMIT DROP AS SELECT {} FROM {} WITH NO DATA"
            cursor.execute(sql.SQL(make).format(staged, names, target))
        with cursor.copy(statement) as copy:
            for chunk in chunks:
                copy.write(chunk)
        if walled:
            cursor.execute(sql.SQL("INSERT INTO {} ({}) SELECT {} FROM {}").format(target, names, names, staged))
            cursor.execute(sql.SQL("DROP TABLE {}").format(staged))


@contextmanager
def as_retention() -> Iterator[Any]:
    """Give a cursor of the retention role inside one transaction of its own: what is destroyed and its event, or neither."""
    with transaction.atomic(using=RETENTION_ALIAS), connections[RETENTION_ALIAS].cursor() as cursor:
        yield cursor


def prepared_rows(statement: str, parameters: Mapping[str, Any]) -> list[tuple[Any, ...]]:
    """Return the rows of a statement that the server keeps prepared for this connection.

    For the few questions that are asked all day: planning them anew takes longer than answering them. ``statement`` is a
    literal of our own code with named placeholders.
    """
    connection = _ready()
    if connection.queries_logged:  # counted with all others where a test counts
        connection.queries_log.append({"sql": statement, "time": ""})
    with connection.wrap_database_errors, psycopg.Cursor(connection.connection) as cursor:
        return cursor.execute(statement, parameters, prepare=True).fetchall()


def statements_bounded(*, seconds: int) -> None:
    """Let no statement of this process's application connections take longer: for processes that answer readers.

    Connections that are open already are closed, so that the next one knows. 0 is without bound.
    """
    connection = connections[DEFAULT_DB_ALIAS]
    connection.close()
    given = connection.settings_dict.setdefault("OPTIONS", {})
    others = [part for part in given.get("options", "").split("-c ") if part and not part.startswith(_BOUND)]
    given["options"] = " ".join(f"-c {part.strip()}" for part in [*others, f"{_BOUND}{seconds * 1000}"])


@contextmanager
def statements_patient(*, seconds: int = 120) -> Iterator[None]:
    """Let a question that is asked once for all readers take this long, where one reader's is bounded.

    Inside a transaction that has begun already its bound stays.
    """
    connection = connections[DEFAULT_DB_ALIAS]
    bounded = _BOUND in connection.settings_dict.get("OPTIONS", {}).get("options", "")
    if not bounded or connection.in_atomic_block:
        yield
        return
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT set_config('statement_timeout', %s, true)", [f"{seconds}s"])
        yield


def statements_unbounded() -> None:
    """Let the statements of this transaction take as long as they need: what takes a million records down must be done."""
    with connections[DEFAULT_DB_ALIAS].cursor() as cursor:
        cursor.execute("SET LOCAL statement_timeout = 0")


def memory_for_bulk(cursor: Any) -> None:
    """Let the statements of this transaction sort and hash whole files in memory instead of on disk.

    The server's own setting is for many small queries at once; imports are few.
    """
    cursor.execute("SET LOCAL work_mem = '64MB'")


def raw_cursor() -> Any:
    """Return a psycopg cursor of the application connection, inside the current Django transaction."""
    return _ready().connection.cursor()


def owner_connection() -> "psycopg.Connection[tuple[Any, ...]]":
    """Return psycopg's connection of the owner, each statement by itself: for the few things that the application may not."""
    connection: psycopg.Connection[tuple[Any, ...]] = _ready(OWNER_ALIAS).connection
    return connection


def application_connection() -> "psycopg.Connection[tuple[Any, ...]]":
    """Return psycopg's connection of the application, inside the current Django transaction where there is one."""
    connection: psycopg.Connection[tuple[Any, ...]] = _ready().connection
    return connection


def _ready(alias: str = DEFAULT_DB_ALIAS) -> DatabaseWrapper:
    """Return a connection, open, its server knowing the thread's reach: for cursors made past Django."""
    connection = connections[alias]
    assert isinstance(connection, DatabaseWrapper)
    connection.ensure_connection()
    connection.reach_tell()
    return connection


def constraint_of(error: IntegrityError) -> str | None:
    """Return the name of the constraint that the database refused, ``None`` where it names none."""
    name: str | None = getattr(getattr(error.__cause__, "diag", None), "constraint_name", None)
    return name


def copied_out(statement: str, parameters: Sequence[Any]) -> Iterator[bytes | memoryview]:
    """Yield the rows that a SELECT finds, as CSV: one row at a time, a missing value as nothing, an empty text as ``""``.

    ``statement`` is SQL of our own with its values as ``parameters``.
    """
    with raw_cursor() as cursor, cursor.copy(f"COPY ({statement}) TO STDOUT (FORMAT csv)", parameters) as copy:
        yield from copy


@contextmanager
def one_state() -> Iterator[None]:
    """Let everything that is read inside be of one state of the database, however long it takes.

    Inside a transaction that has begun already (a test's) it is that one, as it is.
    """
    connection = connections[DEFAULT_DB_ALIAS]
    begun = connection.in_atomic_block
    with transaction.atomic():
        if not begun:
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
                # One process reads while this one works on what it read: a third would only take their processors.
                cursor.execute("SET LOCAL max_parallel_workers_per_gather = 0; SET LOCAL jit = off")
                memory_for_bulk(cursor)
        yield
