"""Publication of reported rows: from drafts to numbered versions, set-based, in the caller's transaction.

The rows travel as COPY bytes into a staging table, are hashed there, and only then is the publication sequence locked:
comparing, numbering and inserting happen under the lock, so that two publications never judge the same record at once.
"""

import io
import json
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any

import pyarrow as pa
import pyarrow.csv as pa_csv
from django.db import connection

from xinheng.adapters.ahead import made_ahead
from xinheng.adapters.database import copy_bytes, memory_for_bulk, raw_cursor
from xinheng.records.domain import DRAFT_COLUMNS, Outcome, PublishResult, RecordDraft, ReportBatch
from xinheng.records.errors import OutsideTransaction
from xinheng.records.services.sealing import SEALED_COLUMNS, seal_column
from xinheng.subjects.services import register_hold
from xinheng.tlog.services import publishing_require

_ROWS_PER_CHUNK = 50_000
_BULK = 10_000  # rows after which the planner's statistics are worth renewing at once
_STAGED = {name: kind for name, (_, kind) in DRAFT_COLUMNS.items() if kind} | dict(SEALED_COLUMNS)

_STAGE = f"""
CREATE TEMPORARY TABLE records_stage (
    ord bigint PRIMARY KEY, {", ".join(f"{name} {kind}" for name, kind in _STAGED.items())}
) ON COMMIT DROP
"""

# Only what a person would call a change: not who sent it, when, in which row, under which edition of the catalogue.
_HASH = """
CREATE TEMPORARY TABLE records_hashed ON COMMIT DROP AS
SELECT ord, document_no_key, subject_id, organ_code, certificate_no, sha256(convert_to(jsonb_build_array(
    document_no, decision_date, valid_from, valid_to, list_type, statutory_until, penalty_mask, fine_fen, confiscated_fen,
    on_the_spot, free_text_confirmed, fields, encode(person_digest, 'hex'))::text, 'UTF8')) AS content_hash
FROM records_stage
"""

# Rows of one record follow each other in the order of the file: the second may repeat the first or correct it.
_OUTCOME = """
CREATE TEMPORARY TABLE records_outcome ON COMMIT DROP AS
WITH compared AS (
    SELECT h.ord, h.content_hash, c.record_id AS known_id, c.seq AS known_seq, c.version_no AS known_no,
        c.content_hash AS known_hash, c.withdrawn, gen_random_uuid() AS new_id,
        row_number() OVER same_record AS position,
        lag(h.content_hash) OVER same_record AS previous_hash,
        first_value(h.ord) OVER same_record AS first_ord
    FROM records_hashed h
    LEFT JOIN records_currentrecord c ON c.item_id = %(item_id)s AND c.document_no_key = h.document_no_key
        AND c.subject_id = h.subject_id AND c.organ_code = h.organ_code AND c.certificate_no = h.certificate_no
    WINDOW same_record AS (
        PARTITION BY h.document_no_key, h.subject_id, h.organ_code, h.certificate_no ORDER BY h.ord)
), judged AS (
    SELECT *, CASE
        WHEN position > 1 AND content_hash = previous_hash THEN 'DUPLICATE'
        WHEN position > 1 THEN 'CORRECTED'
        WHEN known_id IS NULL THEN 'NEW'
        WHEN known_hash = content_hash AND NOT withdrawn THEN 'DUPLICATE'
        ELSE 'CORRECTED' END AS outcome
    FROM compared
), numbered AS (
    SELECT *, CASE WHEN outcome <> 'DUPLICATE'
        THEN %(last)s + row_number() OVER (PARTITION BY outcome = 'DUPLICATE' ORDER BY ord) END AS seq
    FROM judged
)
SELECT ord, outcome, content_hash, seq, known_seq,
    coalesce(known_id, first_value(new_id) OVER up_to_here) AS record_id,
    coalesce(known_no, 0) + count(seq) OVER up_to_here AS version_no,
    coalesce(max(seq) OVER before, known_seq) AS supersedes,
    coalesce(max(seq) OVER up_to_here, known_seq) AS holding_seq
FROM numbered
WINDOW up_to_here AS (PARTITION BY first_ord ORDER BY ord),
    before AS (PARTITION BY first_ord ORDER BY ord ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING)
"""

# Matching may lie days before, a correction takes what its record says: the register may have learnt since that the holder
# is a sole trader. From the version on no door may then tell more than the protection of sole traders allows (P2).
SOLE_TRADERS = """({row}.is_sole_trader OR EXISTS (
    SELECT FROM subjects_subject holder LEFT JOIN subjects_subject heir ON heir.id = holder.merged_into_id
    WHERE holder.id = {row}.subject_id AND 'SOLE_TRADER' IN (holder.kind, heir.kind)))"""

# Marks outlive a new report of the record, except that a withdrawn record comes back; the earlier day of publicity stays.
_INSERT = f"""
INSERT INTO records_recordversion (
    seq, record_id, version_no, supersedes, event, event_date, event_ground, event_actor,
    item_id, item_kind, item_version, catalogue_hash, legal_basis, basis_confidence,
    subject_id, is_sole_trader, organ_code, organ_name, document_no, document_no_key, certificate_no,
    decision_date, valid_from, valid_to, list_type, statutory_until, penalty_mask, fine_fen, confiscated_fen, on_the_spot,
    display_from, free_text_confirmed, revoked_date, repaired_date, delisted_date, withdrawn, held, disputed_since,
    disputed_until, fields, key_id, sealed, person_digest, submission_id, sheet, row_no, reported_date, late_workdays,
    is_legacy, content_hash, recorded_at)
SELECT
    o.seq, o.record_id, o.version_no, o.supersedes,
    CASE WHEN o.outcome = 'NEW' OR (c.withdrawn AND o.supersedes = c.seq) THEN 'REPORTED' ELSE 'CORRECTED' END,
    %(reported_date)s, %(ground)s, %(actor)s,
    %(item_id)s, %(item_kind)s, %(item_version)s, %(catalogue_hash)s, %(legal_basis)s, %(basis_confidence)s,
    s.subject_id, {SOLE_TRADERS.format(row="s")}, s.organ_code, s.organ_name, s.document_no, s.document_no_key, s.certificate_no,
    s.decision_date, s.valid_from, s.valid_to, s.list_type, s.statutory_until, s.penalty_mask, s.fine_fen,
    s.confiscated_fen, s.on_the_spot, least(c.display_from, s.display_from), s.free_text_confirmed,
    c.revoked_date, c.repaired_date, c.delisted_date, false, coalesce(c.held, false), c.disputed_since,
    c.disputed_until, s.fields, s.key_id, s.sealed, s.person_digest, %(submission_id)s, s.sheet, s.row_no,
    %(reported_date)s, s.late_workdays, %(is_legacy)s, o.content_hash, %(now)s
FROM records_outcome o
JOIN records_stage s USING (ord)
LEFT JOIN records_currentrecord c ON c.record_id = o.record_id
WHERE o.seq IS NOT NULL
ORDER BY o.seq
"""  # noqa: S608 - put together from literals of this module

_KEYS = """
INSERT INTO records_recordkey (key_id, record_id, material, destroyed_ground)
SELECT s.key_id, o.record_id, s.material, ''
FROM records_outcome o JOIN records_stage s USING (ord)
WHERE o.seq IS NOT NULL AND s.key_id IS NOT NULL
"""

_SOURCE = """
INSERT INTO records_reportsource (submission_id, file_sha256, rule_set_version, columns)
VALUES (%(submission_id)s, %(file_sha256)s, %(rule_set_version)s, %(columns)s) ON CONFLICT DO NOTHING
"""

_RESULT = """
COPY (SELECT s.row_no, s.sheet, o.outcome, o.record_id, o.holding_seq AS seq
      FROM records_outcome o JOIN records_stage s USING (ord) ORDER BY o.ord) TO STDOUT (FORMAT csv, HEADER)
"""
_RESULT_TYPES = {
    "row_no": pa.int64(),
    "sheet": pa.string(),
    "outcome": pa.string(),
    "record_id": pa.string(),
    "seq": pa.int64(),
}


def drafts_table(*, drafts: Iterable[RecordDraft]) -> pa.Table:
    """Return drafts in their Arrow form (``DRAFT_COLUMNS``); for a few rows, bulk callers build the table themselves."""
    rows = list(drafts)
    columns = {}
    for name, (kind, _) in DRAFT_COLUMNS.items():
        values = [getattr(row, name) for row in rows]
        if name in ("fields", "person"):
            values = [json.dumps(dict(value), ensure_ascii=False, sort_keys=True) for value in values]
        columns[name] = pa.array(values, type=kind)
    return pa.table(columns)


def versions_publish(
    *, batch: ReportBatch, drafts: pa.Table | Iterable[pa.Table] | Iterable[RecordDraft], now: datetime
) -> PublishResult:
    """Add the versions that ``drafts`` make, in the caller's transaction, and say what became of every row.

    A row whose record is known with the same content is a duplicate and adds nothing, so that a repeated call changes
    nothing; a withdrawn record reported again is published again. A report never lifts a revocation, a repair, a removal,
    a hold or a dispute. The publication sequence stays locked until the caller's commit: call this late.

    Args:
        batch: what all rows share.
        drafts: rows in the order of the file: in the Arrow form of ``DRAFT_COLUMNS``, as one table or a stream of
            tables (which keeps memory small), or as objects for a few rows.
        now: the moment of entry, aware.

    Raises:
        OutsideTransaction: there is no transaction around the call.
        PublishingStopped, LogBehind: nothing may be published now.
        django.db.IntegrityError: a row breaks a constraint (no legal basis, implausible day, unknown subject).
    """
    if not connection.in_atomic_block:
        raise OutsideTransaction
    publishing_require()
    parameters: dict[str, Any] = {
        "item_id": batch.item_id,
        "item_kind": batch.item_kind,
        "item_version": batch.item_version,
        "catalogue_hash": batch.catalogue_hash,
        "legal_basis": batch.legal_basis,
        "basis_confidence": batch.basis_confidence,
        "submission_id": batch.submission_id,
        "file_sha256": batch.file_sha256,
        "rule_set_version": batch.rule_set_version,
        "columns": json.dumps(dict(batch.columns), ensure_ascii=False),
        "reported_date": batch.reported_date,
        "ground": f"批次{batch.submission_id}",
        "actor": batch.actor,
        "is_legacy": batch.is_legacy,
        "now": now,
    }
    with connection.cursor() as cursor:
        memory_for_bulk(cursor)
        cursor.execute(_SOURCE, parameters)
        cursor.execute(_STAGE)
        copy_bytes(table="records_stage", columns=["ord", *_STAGED], chunks=made_ahead(_csv_chunks(_tables(drafts))))
        cursor.execute(_HASH)
        # Only what the joins need: the planner takes new tables for small, and statistics of wide columns cost seconds.
        cursor.execute(
            "ANALYZE records_stage (ord), records_hashed (ord, document_no_key, subject_id, organ_code, certificate_no)"
        )
        parameters["last"] = publication_lock()
        cursor.execute(_OUTCOME, parameters)
        cursor.execute("ANALYZE records_outcome (ord, seq, record_id)")
        cursor.execute(_INSERT, parameters)
        cursor.execute(_KEYS)
        cursor.execute("SELECT outcome, count(*), min(seq), max(seq) FROM records_outcome GROUP BY outcome")
        counts = {outcome: (count, first, last) for outcome, count, first, last in cursor.fetchall()}
        outcomes = _outcomes()
        if sum(count for outcome, (count, _, _) in counts.items() if outcome != Outcome.DUPLICATE) >= _BULK:
            cursor.execute("SELECT records_analyze()")
        cursor.execute("DROP TABLE records_stage, records_hashed, records_outcome")
    taken = [entry for outcome, entry in counts.items() if outcome != Outcome.DUPLICATE]
    return PublishResult(
        first_seq=min((first for _, first, _ in taken), default=None),
        last_seq=max((last for _, _, last in taken), default=None),
        new=counts.get(Outcome.NEW, (0,))[0],
        corrected=counts.get(Outcome.CORRECTED, (0,))[0],
        duplicate=counts.get(Outcome.DUPLICATE, (0,))[0],
        outcomes=outcomes,
    )


def publication_lock() -> int:
    """Lock the publication sequence until the caller's commit and return its last number. Repeating it is free.

    Whoever decides by what records say now takes it before looking: what was looked at then still holds at commit.
    Taken after the register's shared lock, so that a register import and a publication wait for each other in one order.

    Raises:
        OutsideTransaction: there is no transaction around the call.
    """
    if not connection.in_atomic_block:
        raise OutsideTransaction
    register_hold()
    with connection.cursor() as cursor:
        cursor.execute("SELECT records_publication_lock()")
        last: int = cursor.fetchone()[0]
    return last


def _tables(drafts: pa.Table | Iterable[pa.Table] | Iterable[RecordDraft]) -> Iterator[pa.Table]:
    """Return the drafts as tables in their order, whatever form they came in."""
    if isinstance(drafts, pa.Table):
        yield drafts
        return
    objects: list[RecordDraft] = []
    for part in drafts:
        if isinstance(part, RecordDraft):
            objects.append(part)
        else:
            yield part
    if objects:
        yield drafts_table(drafts=objects)


def _csv_chunks(tables: Iterable[pa.Table]) -> Iterator[bytes]:
    """Return the rows as CSV that COPY reads, numbered and sealed: absent is nothing, an empty text is ``""``."""
    options = pa_csv.WriteOptions(include_header=False, quoting_style="needed")
    position = 0
    for table in tables:
        for part in table.to_batches(max_chunksize=_ROWS_PER_CHUNK):
            buffer = io.BytesIO()
            pa_csv.write_csv(_staged(pa.table(part), position), buffer, options)
            position += part.num_rows
            yield buffer.getvalue()


def _staged(table: pa.Table, position: int) -> pa.Table:
    """Return the table as it is copied: numbered from ``position``, cast, the person-related column sealed."""
    columns = {"ord": pa.array(range(position, position + table.num_rows), type=pa.int64())}
    for name, (kind, sql) in DRAFT_COLUMNS.items():
        if sql:
            columns[name] = table[name].cast(kind)
    return pa.table(columns | seal_column(table["person"]))


def _outcomes() -> pa.Table:
    with raw_cursor() as cursor, cursor.copy(_RESULT) as copy:
        content = b"".join(bytes(part) for part in copy)
    options = pa_csv.ConvertOptions(column_types=_RESULT_TYPES, strings_can_be_null=False)
    return pa_csv.read_csv(io.BytesIO(content), convert_options=options)
