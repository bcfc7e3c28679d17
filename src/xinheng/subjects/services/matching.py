"""Match reported rows to organisations: one set-based implementation, for one row as for a million."""

import io
from collections.abc import Iterable, Sequence
from typing import Any, Final

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pa_csv
from django.db import connection, transaction

from xinheng.adapters.database import copy_bytes, raw_cursor
from xinheng.kernel.text import name_key
from xinheng.subjects.domain.matching import (
    CANDIDATE_REASONS,
    Candidate,
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
    names = _column(table, "name", pa.string())
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(sql.TABLES)
            copy_bytes(table="match_query", columns=sql.COLUMNS, chunks=[_as_csv(_query(table, names))])
            if table.num_rows > _MANY:
                cursor.execute("ANALYZE match_query")
            for statement in sql.HITS:
                cursor.execute(statement)
            if table.num_rows > _MANY:
                cursor.execute("ANALYZE match_hit")
            cursor.execute(sql.VERDICT)
        verdicts = _verdicts()
        candidates = _candidates()
    return _answer(verdicts, candidates, rows=_column(table, "row", pa.int64()), names=names, fuzzy_rows=fuzzy_rows)


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


def _query(table: pa.Table, names: pa.Array) -> pa.Table:
    """Return the rows in canonical form; every different text is worked on once."""
    distinct = names.dictionary_encode()
    keys = _nullable([name_key(name or "") for name in distinct.dictionary.to_pylist()])
    written = (_column(table, column, pa.string()).to_pylist() for column in ("uscc", "registration_no", "organisation_code"))
    codes = [
        canonical_codes(uscc=uscc or "", registration_no=registration_no or "", organisation_code=organisation_code or "")
        for uscc, registration_no, organisation_code in zip(*written, strict=True)
    ]
    return pa.table(
        {
            "row": _column(table, "row", pa.int64()),
            "uscc": _nullable([code.uscc for code in codes]),
            "registration_no": _nullable([code.registration_no for code in codes]),
            "organisation_code": _nullable([code.organisation_code for code in codes]),
            "is_derived": pa.array([code.is_derived for code in codes], pa.bool_()),
            "name_key": pc.take(keys, distinct.indices),
            "decision_date": _column(table, "decision_date", pa.date32()),
        }
    )


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
    verdicts: pa.Table, candidates: dict[int, list[dict[str, Any]]], *, rows: pa.Array, names: pa.Array, fuzzy_rows: int
) -> pa.Table:
    reasons: list[str] = []
    listed: list[list[dict[str, Any]]] = []
    columns = (verdicts[name].to_pylist() for name in ("row", "step", "name_as", "doubt"))
    asked: dict[int, str | None] = {}
    for row, step, name_as, doubt in zip(*columns, strict=True):
        if doubt is None:
            reasons.append(matched_reason(_HOW[step], name_as or ""))
            listed.append([])
            continue
        found = candidates.get(row, [])
        if not found and fuzzy_rows > 0:
            asked = asked or dict(zip(rows.to_pylist(), names.to_pylist(), strict=True))
            found = [_as_dict(candidate) for candidate in similar_subjects(name=asked[row] or "")]
            fuzzy_rows -= 1
        nearest = found[0] if found else {"name": "", "uscc": ""}
        reasons.append(doubt_reason(Doubt(doubt), name=nearest["name"], code=nearest["uscc"] or ""))
        listed.append(found)
    is_matched = pc.is_null(verdicts["doubt"])
    how = pa.array([_HOW.get(step) for step in verdicts["step"].to_pylist()], pa.string())
    return pa.table(
        {
            "row": verdicts["row"],
            "subject_id": verdicts["subject_id"],
            "how": pc.if_else(is_matched, how, None),
            "doubt": verdicts["doubt"],
            "reason": pa.array(reasons, pa.string()),
            "candidates": pa.array(listed, pa.list_(_CANDIDATE_TYPE)),
            "registered_name": verdicts["subject_name"],
            "registered_uscc": verdicts["subject_uscc"],
            "is_sole_trader": verdicts["is_sole_trader"],
        },
        schema=RESULT_SCHEMA,
    )


def _as_dict(candidate: Candidate) -> dict[str, Any]:
    return {"subject_id": candidate.subject_id, "name": candidate.name, "uscc": candidate.uscc, "why": candidate.why}
