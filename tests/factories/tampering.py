"""Flip one bit of what the transparency log consists of: in its files, or in the rows behind it, past every trigger."""

import random
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import DatabaseError, connections, transaction
from psycopg import sql

from xinheng.adapters.postgres.supervisor import OWNER_ROLE

TABLES: dict[str, tuple[str, ...]] = {
    "tlog_logleaf": ("leaf_index", "entry"),
    "tlog_logsalt": ("leaf_index", "salt"),
    "tlog_logcheckpoint": ("size", "root", "note"),
    "tlog_logbatch": ("source", "name", "first", "last", "first_index"),
    "records_recordversion": (),
    "records_currentrecord": (),
    "catalogue_cataloguesnapshot": (),
}
"""Table → the columns that are held to each other; none named: every column that is not worked out from others."""


@contextmanager
def as_owner() -> Iterator[None]:
    """Let this process's connection be the owner's, whom no grant stops."""
    connection = connections["default"]
    before = connection.settings_dict["USER"]
    connection.close()
    connection.settings_dict["USER"] = OWNER_ROLE
    try:
        yield
    finally:
        connection.close()
        connection.settings_dict["USER"] = before


@dataclass(slots=True)
class Tamperer:
    """Draws what is flipped; the same seed draws the same."""

    draws: random.Random
    columns: dict[str, list[tuple[str, str]]]

    @classmethod
    def of_this_database(cls, seed: int) -> "Tamperer":
        """Look at the columns there are."""
        columns: dict[str, list[tuple[str, str]]] = {}
        with connections["default"].cursor() as cursor:
            for table, named in TABLES.items():
                cursor.execute(
                    "SELECT column_name, data_type FROM information_schema.columns"
                    " WHERE table_name = %s AND is_generated = 'NEVER' ORDER BY 1",
                    [table],
                )
                columns[table] = [(name, kind) for name, kind in cursor.fetchall() if not named or name in named]
                assert len(columns[table]) == len(named) or not named, table
        return cls(random.Random(seed), columns)

    def file_flipped(self, folder: Path, seen: Callable[[], bool]) -> tuple[str, bool]:
        """Flip a bit of a file, ask ``seen``, put it back; return which file and whether it was seen."""
        files = sorted(path for path in folder.rglob("*") if path.is_file())
        path = self.draws.choice(files)
        content = path.read_bytes()
        altered = bytearray(content)
        altered[self.draws.randrange(len(altered))] ^= 1 << self.draws.randrange(8)
        path.write_bytes(bytes(altered))
        try:
            return path.relative_to(folder).as_posix(), seen()
        finally:
            path.write_bytes(content)

    def row_flipped(self, seen: Callable[[], bool]) -> tuple[str, bool]:
        """Flip a bit of a value, ask ``seen``, roll it back; return which column and whether it was seen.

        A value that no constraint lets stand is drawn anew: the server itself refuses it.
        """
        while True:
            table = self.draws.choice(list(self.columns))
            name, kind = self.draws.choice(self.columns[table])
            try:
                with transaction.atomic():
                    if not self._flip(table, name, kind):
                        continue
                    found = seen()
                    transaction.set_rollback(True)
            except DatabaseError:
                continue
            return f"{table}.{name}", found

    def _flip(self, table: str, name: str, kind: str) -> bool:
        column, of = sql.Identifier(name), sql.Identifier(table)
        with connections["default"].cursor() as cursor:
            cursor.execute("SET LOCAL session_replication_role = replica")
            cursor.execute(
                sql.SQL("SELECT ctid::text, {}::text FROM {} WHERE {} IS NOT NULL ORDER BY ctid").format(column, of, column)
            )
            rows = cursor.fetchall()
            if not rows:
                return False
            place, text = self.draws.choice(rows)
            altered = self._altered(text, kind)
            if altered is None:
                return False
            cursor.execute(
                sql.SQL("UPDATE {} SET {} = %s::{} WHERE ctid = %s::tid AND {} IS DISTINCT FROM %s::{}").format(
                    of, column, sql.SQL(kind), column, sql.SQL(kind)
                ),
                [altered, place, altered],
            )
            return bool(cursor.rowcount)

    def _altered(self, text: str, kind: str) -> str | None:
        """Return the value's text with a bit flipped, ``None`` where that makes none."""
        if kind == "boolean":
            return "false" if text == "true" else "true"
        if kind in ("bigint", "integer", "smallint"):
            return str(int(text) ^ (1 << self.draws.randrange(15)))
        content = bytearray(bytes.fromhex(text[2:]) if kind == "bytea" else text.encode())
        if not content:
            return None
        content[self.draws.randrange(len(content))] ^= 1 << self.draws.randrange(8)
        if kind == "bytea":
            return "\\x" + content.hex()
        try:
            return content.decode() if 0 not in content else None
        except UnicodeDecodeError:
            return None


def log_folder() -> Path:
    """Return the folder of the log that the settings name now."""
    folder: Any = settings.XINHENG_VAR
    return Path(folder) / "tlog"
