"""Match reported rows to organisations: one set-based implementation, for one row as for a million."""

import io
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from typing import Any, Final

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pa_csv
from django.db import connection, transaction

from xinheng.adapters.database import copy_bytes, memory_for_bulk, raw_cursor
from xinheng.kernel.text import name_key
from xinheng.subjects.domain.matching import (
    CANDIDATE_REASONS,
    Candidate,
    CanonicalCodes,
    Doubt,
    MatchHow,
    MatchQuery,
    MatchResult,
    canonical_codes,
    doubt_reason,
    matched_reason,
)
from xinheng.subjects.selectors import similar_subjects
from xinheng.subjects.services import match_statements as sql

FUZZY_ROWS: Final = 200
"""For so many rows that nobody resembles exactly, similar names are listed at once; for more on demand."""

_HOW: Final = {step: how.value for step, how in enumerate(MatchHow, start=1)}
_MANY: Final = 1_000
_ROWS_AT_ONCE: Final = 200_000
"""Rows matched in one go: bounds memory here and what the server sorts."""

_CANDIDATE_TYPE: Final = pa.struct(
    [("subject_id", pa.int64()), ("name", pa.string()), ("uscc", pa.string()), ("why", pa.string())]
)
RESULT_SCHEMA: Final = pa.schema(
    [
        ("row", pa.int64()),
        ("subject_id", pa.int64()),
        ("how", pa.string()),
        ("doubt", pa.string()),
        ("reason", pa.string()),
        ("candidates", pa.list_(_CANDIDATE_TYPE)),
        ("registered_name", pa.string()),
        ("registered_uscc", pa.string()),
        ("is_sole_trader", pa.bool_()),
    ]
)
_CSV_TYPES: Final = {
    "row": pa.int64(),
    "subject_id": pa.int64(),
    "step": pa.int64(),
    "name_as": pa.string(),
    "doubt": pa.string(),
    "subject_name": pa.string(),
    "subject_uscc": pa.string(),
    "is_sole_trader": pa.bool_(),
}


def match_arrow(*, table: pa.Table, fuzzy_rows: int = FUZZY_ROWS) -> pa.Table:
    """Say for each reported row whose it is (主体匹配); what is not certain is a doubt with candidates and reasons.

    Tried in this order, each only if unique: USCC; registration number; organisation code (USCC 9-17); exact normalised
    current name; a former name in use on the decision date. Codes that disagree among themselves or with the name go
    to doubt, unless the name is a known former name or a mere typographic variant. Similar names are only listed.

    Args:
        table: ``row`` (whole numbers, unique) and any of ``uscc``, ``registration_no``, ``organisation_code``, ``name``
            (text as written; empty or null says nothing), ``decision_date`` (day or null).
        fuzzy_rows: for how many rows without any hit similar names are looked up here.

    Returns:
        One row each, in the order of ``row``: ``row, subject_id, how, doubt, reason, candidates, registered_name,
        registered_uscc, is_sole_trader``. ``subject_id`` is null exactly where ``doubt`` is not.
    """
    if table.num_rows == 0:
        return RESULT_SCHEMA.empty_table()
    slices = (table.slice(start, _ROWS_AT_ONCE) for start in range(0, table.num_rows, _ROWS_AT_ONCE))
    answers = list(match_portions(tables=slices, fuzzy_rows=fuzzy_rows))
    return answers[0] if len(answers) == 1 else pa.concat_tables(answers).sort_by("row")


def match_portions(*, tables: Iterable[pa.Table], fuzzy_rows: int = FUZZY_ROWS) -> Iterator[pa.Table]:
    """Say the same of rows that come portion by portion, so that the answers of a large file need not be kept.

    ``fuzzy_rows`` counts through all portions; see :func:`match_arrow` for the rest.
    """
    for table in tables:
        with transaction.atomic():
            _judge(table)
            verdicts, candidates = _verdicts(), _candidates()
        is_matched = pc.is_null(verdicts["doubt"])
        doubtful = verdicts.select(["row", "doubt"]).filter(pc.invert(is_matched)).to_pylist()
        unlisted = [row["row"] for row in doubtful if not candidates.get(row["row"])][:fuzzy_rows]
        fuzzy_rows -= len(unlisted)
        yield _answer(verdicts, candidates, is_matched=is_matched, doubtful=doubtful, name_of=_names_of(unlisted, table))


def _judge(table: pa.Table) -> None:
    """Leave the verdict on every row of ``table`` in the tables of the transaction."""
    with connection.cursor() as cursor:
        if table.num_rows > _MANY:
            memory_for_bulk(cursor)
        cursor.execute(sql.TABLES)
        copy_bytes(table="match_query", columns=sql.COLUMNS, chunks=[_as_csv(_query(table))])
        if table.num_rows > _MANY:
            cursor.execute("ANALYZE match_query")
        for statement in sql.HITS:
            cursor.execute(statement)
        if table.num_rows > _MANY:
            cursor.execute("ANALYZE match_hit")
        cursor.execute(sql.VERDICT)


def match_batch(*, queries: Iterable[MatchQuery]) -> tuple[MatchResult, ...]:
    """Say for each query whose it is, in the order of ``row``; the same statements as ``match_arrow``, for few rows."""
    asked = list(queries)
    table = pa.table(
        {
            "row": pa.array([query.row for query in asked], pa.int64()),
            "uscc": [query.uscc for query in asked],
            "registration_no": [query.registration_no for query in asked],
            "organisation_code": [query.organisation_code for query in asked],
            "name": [query.name for query in asked],
            "decision_date": pa.array([query.decision_date for query in asked], pa.date32()),
        }
    )
    return tuple(
        MatchResult(
            row=row["row"],
            subject_id=row["subject_id"],
            how=MatchHow(row["how"]) if row["how"] else None,
            doubt=Doubt(row["doubt"]) if row["doubt"] else None,
            reason=row["reason"],
            candidates=tuple(Candidate(**candidate) for candidate in row["candidates"]),
        )
        for row in match_arrow(table=table).to_pylist()
    )


def _column(table: pa.Table, name: str, kind: pa.DataType) -> pa.Array:
    if name not in table.column_names:
        return pa.nulls(table.num_rows, kind)
    return table[name].cast(kind).combine_chunks()


def _nullable(values: Sequence[str]) -> pa.Array:
    return pa.array([value or None for value in values], pa.string())


def _query(table: pa.Table) -> pa.Table:
    """Return the rows in canonical form; every different text is worked on once."""
    distinct = _column(table, "name", pa.string()).dictionary_encode()
    keys = _nullable([name_key(name or "") for name in distinct.dictionary.to_pylist()])
    written = (_column(table, column, pa.string()).to_pylist() for column in ("uscc", "registration_no", "organisation_code"))
    canonical = cache(_codes)
    codes = [canonical(*cells) for cells in zip(*written, strict=True)]
    query = pa.table(
        {
            "row": _column(table, "row", pa.int64()),
            "uscc": _nullable([code.uscc for code in codes]),
            "registration_no": _nullable([code.registration_no for code in codes]),
            "organisation_code": _nullable([code.organisation_code for code in codes]),
            "is_derived": [code.is_derived for code in codes],
            "name_key": pc.take(keys, distinct.indices),
            "decision_date": _column(table, "decision_date", pa.date32()),
        }
    )
    return query.select(list(sql.COLUMNS))


def _codes(uscc: str | None, registration_no: str | None, organisation_code: str | None) -> CanonicalCodes:
    return canonical_codes(uscc=uscc or "", registration_no=registration_no or "", organisation_code=organisation_code or "")


def _as_csv(table: pa.Table) -> bytes:
    out = io.BytesIO()
    pa_csv.write_csv(table, out, pa_csv.WriteOptions(include_header=False))
    return out.getvalue()


def _verdicts() -> pa.Table:
    """Read the verdicts as Arrow, through COPY: no object per row."""
    out = io.BytesIO()
    out.write((",".join(_CSV_TYPES) + "\n").encode())
    with raw_cursor() as cursor, cursor.copy(f"COPY ({sql.RESULT}) TO STDOUT (FORMAT csv)") as copy:
        for block in copy:
            out.write(block)
    out.seek(0)
    convert = pa_csv.ConvertOptions(
        column_types=_CSV_TYPES,
        true_values=["t"],
        false_values=["f"],
        strings_can_be_null=True,
        quoted_strings_can_be_null=False,
    )
    return pa_csv.read_csv(out, convert_options=convert)


def _candidates() -> dict[int, list[dict[str, Any]]]:
    found: dict[int, list[dict[str, Any]]] = {}
    with connection.cursor() as cursor:
        cursor.execute(sql.CANDIDATES)
        for row, subject_id, step, name, uscc in cursor.fetchall():
            why = CANDIDATE_REASONS[step]
            found.setdefault(row, []).append({"subject_id": subject_id, "name": name, "uscc": uscc, "why": why})
    return found


def _answer(
    verdicts: pa.Table,
    candidates: dict[int, list[dict[str, Any]]],
    *,
    is_matched: pa.ChunkedArray,
    doubtful: list[dict[str, Any]],
    name_of: dict[int, str | None],
) -> pa.Table:
    """Put the answer together; only the doubtful rows are looked at one by one."""
    how, reasons = _settled(verdicts, is_matched)
    told: list[str] = []
    listed: list[list[dict[str, Any]]] = []
    for row in doubtful:
        found = candidates.get(row["row"], [])
        name = name_of.get(row["row"])
        if not found and name:
            found = [_as_dict(candidate) for candidate in similar_subjects(name=name)]
        nearest = found[0] if found else {"name": "", "uscc": ""}
        told.append(doubt_reason(Doubt(row["doubt"]), name=nearest["name"], code=nearest["uscc"] or ""))
        listed.append(found)
    return pa.table(
        {
            "row": verdicts["row"],
            "subject_id": verdicts["subject_id"],
            "how": how,
            "doubt": verdicts["doubt"],
            "reason": pc.replace_with_mask(reasons, pc.invert(is_matched).combine_chunks(), pa.array(told, pa.string())),
            "candidates": _lists(listed, is_listed=pc.invert(is_matched).combine_chunks()),
            "registered_name": verdicts["subject_name"],
            "registered_uscc": verdicts["subject_uscc"],
            "is_sole_trader": verdicts["is_sole_trader"],
        },
        schema=RESULT_SCHEMA,
    )


def _settled(verdicts: pa.Table, is_matched: pa.ChunkedArray) -> tuple[pa.Array, pa.Array]:
    """Return by which step each matched row was attached, and the reason in words; there are a handful of either."""
    written = verdicts["name_as"].combine_chunks().dictionary_encode()
    names = written.dictionary.to_pylist()
    numbers = pc.add(pc.multiply(verdicts["step"].combine_chunks(), len(names)), written.indices.cast(pa.int64()))
    pairs = pc.if_else(is_matched.combine_chunks(), numbers, None).dictionary_encode()
    kinds = [(_HOW[number // len(names)], names[number % len(names)]) for number in pairs.dictionary.to_pylist()]
    hows = pa.array([how for how, _ in kinds])
    reasons = pa.array([matched_reason(how, name_as) for how, name_as in kinds], pa.string())
    return pc.take(hows, pairs.indices), pc.take(reasons, pairs.indices)


def _names_of(wanted: list[int], asked: pa.Table) -> dict[int, str | None]:
    """Return the names under which rows were asked for."""
    if "name" not in asked.column_names:
        return {}
    places = pc.index_in(pa.array(wanted), value_set=_column(asked, "row", pa.int64()))
    return dict(zip(wanted, asked["name"].take(places).to_pylist(), strict=True))


def _lists(listed: list[list[dict[str, Any]]], *, is_listed: pa.Array) -> pa.Array:
    """Return one list for each row: those of ``listed`` where ``is_listed``, empty ones elsewhere."""
    positions = pc.subtract(pc.cumulative_sum(is_listed.cast(pa.int64())), 1)
    choices = pa.array([*listed, []])
    return pc.take(choices, pc.if_else(is_listed, positions, len(listed)))


def _as_dict(candidate: Candidate) -> dict[str, Any]:
    return {"subject_id": candidate.subject_id, "name": candidate.name, "uscc": candidate.uscc, "why": candidate.why}
