"""``intake load`` of penalty files against 10⁵ organisations, and the register itself, against COPY of the same rows.

Both run on the bench's server with the settings of production (``synchronous_commit`` on); ours in a process of its own, as
the application role, the whole journey of the command from the file to the receipt (the marked workbook of returned rows is
left out: it is written from the original, after everything is published). The peer copies the very rows that ours stored
into tables with the same columns, checks, keys and indexes, in one transaction: the versions and their projection, or the
tables of the register. Findings, row outcomes and the events of ours have no peer.
"""

import json
import shutil
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import psycopg
from psycopg import sql

from bench.data import ITEM, penalty_file, register_file
from bench.harness import Row, command, growth, in_turn, timed
from bench.server import BenchServer, Database

ORGANISATIONS = 100_000
_SIZES = (100_000, 1_000_000)
_RECORDS = ("records_recordversion", "records_currentrecord")
_REGISTER = (
    "subjects_subject", "subjects_subjectname", "subjects_subjectcode", "subjects_subjectstatus", "subjects_subjectaddress",
)  # fmt: skip
_REFERS_TO_SUBJECT = {"records_recordversion", *_REGISTER[1:]}
_PARTS_TOLD = 0.01

_Connection = psycopg.Connection[tuple[object, ...]]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Task:
    job: str
    case: str
    source: Path
    size: int
    template: str
    tables: tuple[str, ...]
    at_most: float | None = None
    aim: float | None = None


def measure(*, quick: bool, repeat: int) -> list[Row]:
    """Return the lines of the register import and of the load, each size against COPY, and the growth."""
    server = BenchServer.start()
    try:
        prepare(server)
        register = measured(server, register_task(ORGANISATIONS), repeat=1)
        sizes = _SIZES[:1] if quick else _SIZES
        loads = [measured(server, load_task(size), repeat=repeat if size == _SIZES[0] else 1) for size in sizes]
    finally:
        server.stop()
    rows = [register, *loads]
    if len(loads) == len(_SIZES):
        rows.append(growth(job="load", case="check to published", small=loads[0], large=loads[1], at_most=11))
    return rows


def prepare(server: BenchServer) -> None:
    """Make the databases that are copied for every run: without organisations, and with them."""
    from xinheng.catalogue.selectors import catalogue_current
    from xinheng.intake.checking.compiler import compiled_for
    from xinheng.subjects.services import register_import

    def build() -> None:
        register_import(path=source, actor="甲", now=now, is_demo=True)
        # Compiled rules are kept on disk: a deployment compiles them with its first file, not with every one.
        compiled_for(item=catalogue_current().item(ITEM), catalogue=catalogue_current())

    now = datetime.now(tz=ZoneInfo("Asia/Shanghai"))
    source = register_file(ORGANISATIONS)
    server.template("empty", build=lambda _: None)
    server.template(f"county_register_{ORGANISATIONS}", build=lambda _: build())


def register_task(count: int) -> _Task:
    """Return the import of this many organisations into an empty register."""
    return _Task(
        job="register", case="register import", source=register_file(count), size=count, template="empty", tables=_REGISTER
    )


def load_task(size: int) -> _Task:
    """Return the load of so many penalties."""
    return _Task(
        job="load",
        case="check to published",
        source=penalty_file(size, count=ORGANISATIONS),
        size=size,
        template=f"county_register_{ORGANISATIONS}",
        tables=_RECORDS,
        at_most=10,
        aim=4,
    )


def measured(server: BenchServer, task: _Task, *, repeat: int, around: Callable[[Any], Any] = lambda call: call()) -> Row:
    """Measure a job and the COPY of what it stored, in turn, and return their line with the parts of ours."""
    kept: dict[str, Any] = {}
    stored: dict[str, Path] = {}
    columns: dict[str, str] = {}

    def ours() -> tuple[float, float]:
        with server.copy(task.template) as database:
            _settle(database)
            out = database.var / "parts.json"
            database.var.mkdir(parents=True, exist_ok=True)
            argv = [sys.executable, "-m", "bench.load_parts", task.job, str(task.source), str(out)]
            # A deployment has its modules compiled; an environment that forbids it would measure the compiler.
            found = command(argv, env=database.environment | {"PYTHONDONTWRITEBYTECODE": ""})
            kept.update(json.loads(out.read_text(encoding="utf-8")))
            if not stored:
                _keep(database, task.tables, stored, columns)
            return found

    def peer() -> float:
        with server.copy(task.template) as database:
            return _copied(database, stored, columns)

    in_both = {"ours": lambda: around(ours), "peer": lambda: around(peer)}
    results = in_turn(in_both, repeat=repeat)
    for path in stored.values():
        path.unlink()
    sys.stderr.write(f"   peaks by part (MiB): {json.dumps(kept['peaks'], ensure_ascii=False)}\n")
    answer = kept["answer"]
    return Row(
        job=task.job,
        case=task.case,
        size=f"{task.size:,} rows",
        ours=results["ours"].median,
        peer_name=f"COPY into {', '.join(task.tables[:2])}{' …' if len(task.tables) > 2 else ''}",
        peer=results["peer"].median,
        at_most=task.at_most,
        aim=task.aim,
        peak_mib=results["ours"].peak_mib,
        note=f"{answer.get('accepted', answer['new']):,} stored",
        parts=_told(kept["parts"]) | {f"beside: {name}": spent for name, spent in kept["beside"].items()},
    )


def _told(parts: Mapping[str, float]) -> dict[str, float]:
    """Return the parts from the costliest down; what is less than a hundredth of all goes into ``all else``."""
    whole = sum(parts.values())
    found = {name: spent for name, spent in parts.items() if spent >= _PARTS_TOLD * whole and name != "all else"}
    ordered = dict(sorted(found.items(), key=lambda part: -part[1]))
    return ordered | {"all else": whole - sum(ordered.values())}


def _settle(database: Database) -> None:
    with database.connect(owner=True) as owner:
        owner.execute("CHECKPOINT")


def _keep(database: Database, tables: Sequence[str], stored: dict[str, Path], columns: dict[str, str]) -> None:
    """Write what was stored into files in the order of the keys, for the peer."""
    with database.connect(owner=True) as owner:
        for table in tables:
            columns[table] = _columns(owner, table)
            stored[table] = Path("build/bench") / f"{table}.csv"
            order = "seq" if "records" in table else "id"
            query = f"COPY (SELECT {columns[table]} FROM {table} ORDER BY {order}) TO STDOUT (FORMAT csv)"
            with stored[table].open("wb") as out, owner.cursor().copy(query.encode()) as copy:
                out.writelines(copy)


def _copied(database: Database, stored: Mapping[str, Path], columns: Mapping[str, str]) -> float:
    """Return the seconds of COPY of every stored row into empty twins of the tables, in one transaction."""
    with database.connect(owner=True) as owner:
        for table in stored:
            _twin(owner, table, refers_to="peer_subjects_subject" if "subjects_subject" in stored else "subjects_subject")
        owner.execute("CHECKPOINT")
        return timed(lambda: _copy_all(owner, stored, columns))


def _columns(owner: _Connection, table: str) -> str:
    found = owner.execute(
        "SELECT string_agg(quote_ident(attname), ', ' ORDER BY attnum) FROM pg_attribute"
        " WHERE attrelid = %s::regclass AND attnum > 0 AND NOT attisdropped AND attgenerated = ''",
        [table],
    ).fetchone()
    assert found is not None
    return str(found[0])


def _twin(owner: _Connection, table: str, *, refers_to: str) -> None:
    twin = sql.Identifier(f"peer_{table}")
    owner.execute(sql.SQL("CREATE TABLE {} (LIKE {} INCLUDING ALL EXCLUDING IDENTITY)").format(twin, sql.Identifier(table)))
    if table in _REFERS_TO_SUBJECT:
        reference = sql.SQL("ALTER TABLE {} ADD FOREIGN KEY (subject_id) REFERENCES {} (id) DEFERRABLE INITIALLY DEFERRED")
        owner.execute(reference.format(twin, sql.Identifier(refers_to)))


def _copy_all(owner: _Connection, stored: Mapping[str, Path], columns: Mapping[str, str]) -> None:
    with owner.transaction():
        for table, path in stored.items():
            statement = f"COPY peer_{table} ({columns[table]}) FROM STDIN (FORMAT csv)"
            with path.open("rb") as source, owner.cursor().copy(statement.encode()) as copy:
                shutil.copyfileobj(source, copy, 1 << 20)
