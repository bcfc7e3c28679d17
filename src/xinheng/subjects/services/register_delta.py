"""Import a register file: the first fills the register, every later one is a delta."""

import csv
import io
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from django.db import connection, transaction

from xinheng.adapters.ahead import made_ahead
from xinheng.adapters.clock import CHINA
from xinheng.adapters.database import copy_bytes, memory_for_bulk
from xinheng.adapters.storage import file_sha256
from xinheng.audit import services as audit
from xinheng.kernel.shown import shown
from xinheng.kernel.text import name_key
from xinheng.subjects.domain.register_rows import register_row_parse
from xinheng.subjects.domain.register_values import ParsedRow, RefusedRow, RegisterRow, RowNote
from xinheng.subjects.models import RegisterImport
from xinheng.subjects.services import register_statements as sql
from xinheng.subjects.services.register_reading import RegisterTable, register_table_open

_CHUNK_ROWS: Final = 5_000
_IMPORT_LOCK: Final = 7_320_001
"""Key of the advisory lock under which register imports follow one another."""


@dataclass(frozen=True, slots=True)
class SubjectChange:
    """One thing that a row changed about an organisation that was known already."""

    row: int
    subject_id: int
    what: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class RegisterReport:
    """What an import did; every row of the file is counted under exactly one outcome.

    ``counts`` has ``rows`` and the outcomes ``new``, ``updated``, ``unchanged``, ``stale`` (older than what is known),
    ``duplicate`` (same organisation again in the file) and ``refused``; besides ``renamed``, ``uscc``, ``status``,
    ``address``, ``merged`` … for what changed, and ``irregular_codes``.
    """

    import_id: int | None
    counts: dict[str, int]
    refused: tuple[RefusedRow, ...]
    notes: tuple[RowNote, ...]
    changes: tuple[SubjectChange, ...]
    unused_columns: tuple[str, ...]
    personal_columns: tuple[str, ...]


def register_hold() -> None:
    """Keep register imports out until the caller's transaction ends; waits for one that is running.

    Several hold it at once. Without it, rows of one file would be matched partly before and partly after an import, and an
    import and a publication could wait for each other's rows for ever.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock_shared(%s)", [_IMPORT_LOCK])


class _Collected:
    """What is told about the rows while they stream into the staging table."""

    def __init__(self) -> None:
        self.rows = 0
        self.refused: list[RefusedRow] = []
        self.notes: list[RowNote] = []
        self.former: list[tuple[int, str, str]] = []


def _parsed(table: RegisterTable, now: datetime) -> Iterator[ParsedRow]:
    today = now.astimezone(CHINA).date()
    positions = tuple(table.header.positions.items())
    for row_no, cells in table.rows:
        if not any(cells):
            continue
        width = len(cells)
        named = {key: cells[position] for key, position in positions if position < width}
        yield register_row_parse(row_no=row_no, cells=named, today=today)


def _chunks(table: RegisterTable, now: datetime, collected: _Collected) -> Iterator[bytes]:
    """Yield the accepted rows as CSV (an empty field is NULL), and collect what is told about all of them."""
    buffer = io.StringIO()
    writer = csv.writer(buffer)
    for parsed in _parsed(table, now):
        collected.rows += 1
        collected.notes += parsed.notes
        if parsed.row is None:
            assert parsed.refused is not None
            collected.refused.append(parsed.refused)
            continue
        writer.writerow(parsed.row)
        collected.former += ((parsed.row.row_no, former, name_key(former)) for former in parsed.former_names)
        if collected.rows % _CHUNK_ROWS == 0:
            yield buffer.getvalue().encode()
            buffer.seek(0)
            buffer.truncate()
    yield buffer.getvalue().encode()


def _stage(cursor: Any, table: RegisterTable, now: datetime) -> _Collected:
    collected = _Collected()
    memory_for_bulk(cursor)
    cursor.execute(sql.STAGE)
    copy_bytes(table="register_staging", columns=RegisterRow._fields, chunks=made_ahead(_chunks(table, now, collected)))
    if collected.former:
        buffer = io.StringIO()
        csv.writer(buffer).writerows(collected.former)
        copy_bytes(table="register_former", columns=("row_no", "name", "name_key"), chunks=[buffer.getvalue().encode()])
    cursor.execute("ANALYZE register_staging")
    return collected


def _refresh_statistics(cursor: Any, *, rows: int) -> None:
    """Tell the planner how large the register is, where that matters.

    The lock this takes also keeps autovacuum away until the transaction ends. Without it, autovacuum counts the rows of
    this transaction as none, and the planner then joins the whole file with the whole register row by row.
    """
    if rows > _CHUNK_ROWS:
        cursor.execute("SELECT subjects_refresh_statistics()")


def _apply(cursor: Any, parameters: dict[str, Any], *, rows: int) -> None:
    _refresh_statistics(cursor, rows=rows)
    cursor.execute(sql.IN_FILE_DUPLICATES)
    for statement in sql.RESOLVE:
        cursor.execute(statement)
    cursor.execute(sql.RESOLVED)
    cursor.execute(sql.FIND_CHANGES, parameters)
    for statement in sql.ADD_NEW:
        cursor.execute(statement, parameters)
    _refresh_statistics(cursor, rows=rows)
    for statement in sql.KEEP_HISTORY:
        cursor.execute(statement, parameters)
    cursor.execute(sql.APPLY, parameters)
    cursor.execute(sql.MERGE_NEW, parameters)
    cursor.execute(sql.FLATTEN_MERGERS, parameters)
    while cursor.rowcount:
        cursor.execute(sql.FLATTEN_MERGERS, parameters)
    cursor.execute("SELECT subjects_settle_names()")


def _refused_by_database(cursor: Any) -> Iterator[RefusedRow]:
    cursor.execute(
        "SELECT row_no, name, coalesce(uscc, registration_no, organisation_code), refusal_code, refusal "
        "FROM register_staging WHERE outcome = 'REFUSED'"
    )
    for row, name, code, reason_code, reason in cursor.fetchall():
        yield RefusedRow(row=row, name=name, code=code, reason_code=reason_code, reason=reason)


def _report(cursor: Any, table: RegisterTable, collected: _Collected, import_id: int | None) -> RegisterReport:
    refused = [*collected.refused, *_refused_by_database(cursor)]
    cursor.execute("SELECT lower(outcome), count(*) FROM register_staging GROUP BY 1")
    outcomes = dict(cursor.fetchall())
    cursor.execute("SELECT lower(what), count(*) FROM register_change GROUP BY 1")
    changed = dict(cursor.fetchall())
    cursor.execute("SELECT count(*) FROM register_staging WHERE is_irregular_code AND outcome <> 'REFUSED'")
    irregular = cursor.fetchone()[0]
    cursor.execute("SELECT row_no, subject_id, what, coalesce(before, ''), after FROM register_change ORDER BY row_no, what")
    changes = tuple(SubjectChange(*row) for row in cursor.fetchall())
    counts = {"rows": collected.rows}
    counts |= {key: outcomes.get(key, 0) for key in ("new", "updated", "unchanged", "stale", "duplicate")}
    counts |= {"refused": len(refused), "irregular_codes": irregular}
    return RegisterReport(
        import_id=import_id,
        counts=counts | changed,
        refused=tuple(sorted(refused, key=lambda row: row.row)),
        notes=tuple(collected.notes),
        changes=changes,
        unused_columns=table.header.unused,
        personal_columns=table.header.personal,
    )


def register_import(*, path: Path, actor: str, now: datetime, dry_run: bool = False, is_demo: bool = False) -> RegisterReport:
    """Read a register file into the register, in one transaction (导入登记库).

    An organisation is found again by its USCC, by the code that the file says it had before, by its older codes; then
    the row is a delta: a new name, code, state or address closes the period of the one before, and nothing is deleted.
    Blank cells say nothing. A second import of the same file changes nothing.

    Args:
        path: CSV (also gzip) or workbook in any layout whose columns ``register_columns.COLUMNS`` knows.
        actor: who imports, for the event log.
        now: the moment, aware; the day in Asia/Shanghai on which a change counts that the file does not date.
        dry_run: do everything and take it back; the report says what would have happened.
        is_demo: mark new organisations as invented (演示数据).

    Raises:
        RegisterFileUnreadable, RegisterFileTooLarge, RegisterHeaderNotFound: nothing was stored.
    """
    table = register_table_open(path)
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_IMPORT_LOCK])
        batch = RegisterImport.objects.create(
            file_name=shown(path.name, longest=255), file_sha256=file_sha256(path), actor=actor, at=now
        )
        collected = _stage(cursor, table, now)
        parameters = {"today": now.astimezone(CHINA).date(), "import_id": batch.pk, "is_demo": is_demo}
        _apply(cursor, parameters, rows=collected.rows)
        report = _report(cursor, table, collected, None if dry_run else batch.pk)
        batch.counts = report.counts
        batch.save(update_fields=["counts"])
        audit.event_record(
            action="subjects.register.imported",
            actor=actor,
            target=("subjects.register_import", str(batch.pk)),
            at=now,
            file_sha256=batch.file_sha256,
            refused_by_reason=dict(Counter(row.reason_code for row in report.refused)),
            counts=dict(report.counts),
        )
        if dry_run:
            transaction.set_rollback(True)
    return report
