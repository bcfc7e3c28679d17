"""Thin helpers over the database connection: set-up, bulk COPY, publication lock."""

from collections.abc import Iterable, Sequence
from typing import Any

from django.core.management import call_command
from django.db import DEFAULT_DB_ALIAS, connections
from psycopg import sql

from xinheng.adapters.postgres.roles import prepare

OWNER_ALIAS = "owner"


def database_prepare(*, verbosity: int = 1) -> None:
    """Make roles and default rights, then run every migration as the owner; safe to repeat."""
    owner = connections[OWNER_ALIAS]
    owner.ensure_connection()
    prepare(owner.connection)
    call_command("migrate", database=OWNER_ALIAS, interactive=False, verbosity=verbosity)
    owner.close()


def copy_bytes(*, table: str, columns: Sequence[str], chunks: Iterable[bytes], options: str = "FORMAT csv") -> None:
    """COPY raw bytes into ``table`` inside the caller's transaction on the application connection.

    ``options`` is a literal of our own code, never input.
    """
    statement = sql.SQL("COPY {} ({}) FROM STDIN WITH ({})").format(
        sql.Identifier(table),
        sql.SQL(", ").join(map(sql.Identifier, columns)),
        sql.SQL(options),
    )
    with raw_cursor() as cursor, cursor.copy(statement) as copy:
        for chunk in chunks:
            copy.write(chunk)


def raw_cursor() -> Any:
    """Return a psycopg cursor of the application connection, inside the current Django transaction."""
    connection = connections[DEFAULT_DB_ALIAS]
    connection.ensure_connection()
    return connection.connection.cursor()
