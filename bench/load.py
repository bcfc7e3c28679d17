"""``intake load`` of penalty files against 10⁵ organisations, and the register itself, against COPY of the same rows.

Both run on an embedded server of their own with the settings of production (``synchronous_commit`` on), ours as the
application role in a process of its own. The peer copies the very rows that ours stored, into tables with the same
columns, checks, keys and indexes, in one transaction: the versions and their projection (for the register its four tables).
"""

import hashlib
import json
import os
import shutil
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql

from bench.data import penalty_file, register_file
from bench.harness import Row, command, growth, in_turn, timed
from xinheng.adapters.postgres import Server
from xinheng.adapters.postgres.supervisor import DATABASE, OWNER_ROLE

HOME = Path("build/bench/load")
ORGANISATIONS = 100_000
_SIZES = (100_000, 1_000_000)
_RECORDS = ("records_recordversion", "records_currentrecord")
_REGISTER = ("subjects_subject", "subjects_subjectname", "subjects_subjectcode", "subjects_subjectstatus")
_FOREIGN_KEYS = {
    "records_recordversion": ("subject_id",),
    "subjects_subjectname": ("subject_id",),
    "subjects_subjectcode": ("subject_id",),
    "subjects_subjectstatus": ("subject_id",),
}
_PARTS_TOLD = 0.01


def measure(*, quick: bool, repeat: int) -> list[Row]:
    """Return the lines of the register import and of the load, each size against COPY, and the growth."""
    server = Server(HOME, os.environ.get("XINHENG_PG", "auto")).acquire()
    try:
        place = _Place(server)
        sizes = _SIZES[:1] if quick else _SIZES
        register = _against_copy(
            place,
            job="register",
            case="register import",
            source=register_file(ORGANISATIONS),
            size=ORGANISATIONS,
            template=place.migrated(),
            tables=_REGISTER,
            repeat=1,
            reach=None,
        )
        loads = [
            _against_copy(
                place,
                job="load",
                case="check to published",
                source=penalty_file(size, count=ORGANISATIONS),
                size=size,
                template=place.registered(ORGANISATIONS),
                tables=_RECORDS,
                repeat=repeat if size == _SIZES[0] else 1,
                reach=10,
            )
            for size in sizes
        ]
        rows = [register, *loads]
        if len(loads) == len(_SIZES):
            rows.append(growth(job="load", case="check to published", small=loads[0], large=loads[1], at_most=11))
        return rows
    finally:
        server.release()


class _Place:
    """The server's databases: ``xinheng`` is what a measurement works on, made anew from a template."""

    def __init__(self, server: Server) -> None:
        self.server = server
        files = sorted(Path("src/xinheng").glob("*/migrations/*.py"))
        self._fingerprint = hashlib.sha256(b"".join(path.read_bytes() for path in files)).hexdigest()[:8]

    def admin(self, dbname: str = "postgres") -> "psycopg.Connection[tuple[Any, ...]]":
        """Return a connection of the owner outside any transaction."""
        return psycopg.connect(self.server.conninfo(dbname=dbname), autocommit=True)

    def migrated(self) -> str:
        """Return a template with empty tables, made once per set of migrations."""
        name = f"migrated_{self._fingerprint}"
        if not self._exists(name):
            self.fresh("template1")
            command([sys.executable, "-m", "xinheng", "database", "migrate", "--quiet"], env=self.environment())
            self._keep_as(name)
        return name

    def registered(self, count: int) -> str:
        """Return a template with this many organisations in the register, imported once."""
        name = f"registered_{self._fingerprint}_{count}"
        if not self._exists(name):
            self.fresh(self.migrated())
            self.run("register", register_file(count))
            with self.admin(DATABASE) as owner:
                owner.execute("VACUUM (ANALYZE)")
            self._keep_as(name)
        return name

    def fresh(self, template: str) -> None:
        """Make ``xinheng`` anew from a template, with nothing left to write behind."""
        with self.admin() as admin:
            admin.execute(f"DROP DATABASE IF EXISTS {DATABASE} WITH (FORCE)")
            admin.execute(f"CREATE DATABASE {DATABASE} OWNER {OWNER_ROLE} TEMPLATE {template}")
            admin.execute("CHECKPOINT")
        shutil.rmtree(HOME / "originals", ignore_errors=True)

    def run(self, job: str, source: Path) -> tuple[float, float, dict[str, Any]]:
        """Run a job in a process of its own; return seconds, peak MiB, and what it wrote of itself."""
        out = HOME / "parts.json"
        seconds, peak = command([sys.executable, "-m", "bench.load_parts", job, str(source), str(out)], env=self.environment())
        return seconds, peak, json.loads(out.read_text(encoding="utf-8"))

    @staticmethod
    def environment() -> dict[str, str]:
        """Return what points a process at this server."""
        return {"XINHENG_VAR": str(HOME.absolute()), "DATABASE_URL": "", "DATABASE_APP_URL": ""}

    def _exists(self, name: str) -> bool:
        with self.admin() as admin:
            return admin.execute("SELECT FROM pg_database WHERE datname = %s", [name]).fetchone() is not None

    def _keep_as(self, name: str) -> None:
        with self.admin() as admin:
            admin.execute(f"ALTER DATABASE {DATABASE} RENAME TO {name}")


def _against_copy(
    place: _Place,
    *,
    job: str,
    case: str,
    source: Path,
    size: int,
    template: str,
    tables: Sequence[str],
    repeat: int,
    reach: float | None,
) -> Row:
    """Measure a job and the COPY of what it stored, in turn, and return their line with the parts of ours."""
    kept: dict[str, Any] = {}

    def ours() -> tuple[float, float]:
        place.fresh(template)
        seconds, peak, told = place.run(job, source)
        kept.update(told)
        return seconds, peak

    def peer() -> float:
        return _copied(place, tables)

    measured = in_turn({"ours": ours, "peer": peer}, repeat=repeat)
    stored = kept["answer"].get("accepted", kept["answer"].get("new"))
    return Row(
        job="load" if job == "load" else "register",
        case=case,
        size=f"{size:,} rows",
        ours=measured["ours"].median,
        peer_name="COPY into " + " and ".join(tables[:2]) + (" …" if len(tables) > 2 else ""),
        peer=measured["peer"].median,
        at_most=reach,
        aim=4 if reach else None,
        peak_mib=measured["ours"].peak_mib,
        note=f"{stored:,} stored",
        parts=_told(kept["parts"]),
    )


def _told(parts: Mapping[str, float]) -> dict[str, float]:
    """Return the parts from the costliest down; what is less than a hundredth of all goes into ``all else``."""
    whole = sum(parts.values())
    found = {name: spent for name, spent in parts.items() if spent >= _PARTS_TOLD * whole and name != "all else"}
    ordered = dict(sorted(found.items(), key=lambda part: -part[1]))
    return ordered | {"all else": whole - sum(ordered.values())}


def _copied(place: _Place, tables: Sequence[str]) -> float:
    """Return the seconds of a COPY of every row of ``tables`` into empty twins of them, in one transaction."""
    with place.admin(DATABASE) as owner:
        copies = []
        for table in tables:
            columns = _columns(owner, table)
            path = HOME / f"{table}.csv"
            with path.open("wb") as out, owner.cursor().copy(f"COPY {table} ({columns}) TO STDOUT (FORMAT csv)") as copy:
                out.writelines(copy)
            _twin(owner, table)
            copies.append((f"COPY peer_{table} ({columns}) FROM STDIN (FORMAT csv)", path))
        owner.execute("CHECKPOINT")
        seconds = timed(lambda: _copy_all(owner, copies))
    for _, path in copies:
        path.unlink()
    return seconds


def _columns(owner: "psycopg.Connection[tuple[Any, ...]]", table: str) -> str:
    found = owner.execute(
        "SELECT string_agg(quote_ident(attname), ', ' ORDER BY attnum) FROM pg_attribute"
        " WHERE attrelid = %s::regclass AND attnum > 0 AND NOT attisdropped AND attgenerated = ''",
        [table],
    ).fetchone()
    assert found is not None
    return str(found[0])


def _twin(owner: "psycopg.Connection[tuple[Any, ...]]", table: str) -> None:
    twin = f"peer_{table}"
    owner.execute(f"DROP TABLE IF EXISTS {twin}")
    owner.execute(f"CREATE TABLE {twin} (LIKE {table} INCLUDING ALL EXCLUDING IDENTITY)")
    for column in _FOREIGN_KEYS.get(table, ()):
        reference = sql.SQL("ALTER TABLE {} ADD FOREIGN KEY ({}) REFERENCES subjects_subject").format(
            sql.Identifier(twin), sql.Identifier(column)
        )
        owner.execute(reference)


def _copy_all(owner: "psycopg.Connection[tuple[Any, ...]]", copies: Sequence[tuple[str, Path]]) -> None:
    with owner.transaction():
        for statement, path in copies:
            with path.open("rb") as source, owner.cursor().copy(statement) as copy:
                while chunk := source.read(1 << 20):
                    copy.write(chunk)
