"""Everything that is stored, in a form in which two runs can be compared row for row.

Every column of every table is compared as it is, unless it is named here: numbers that only count rows up and random
identifiers are replaced by what they stand for; secrets that differ in every run are opened or said to be there.
"""

import json
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import psycopg

Rows = Counter[str]
Stored = Mapping[str, Rows]

_SUBJECT = "(SELECT coalesce(s.uscc, s.registration_no, s.organisation_code) FROM subjects_subject s WHERE s.id = t.{0})"
_IMPORT = "(SELECT i.file_name || ' ' || i.at FROM subjects_registerimport i WHERE i.id = t.{0})"
_SUBMISSION = "(SELECT n.number FROM intake_submission n WHERE n.id = t.{0})"
_FIRST_SEQ = "(SELECT min(v.seq) FROM records_recordversion v WHERE v.record_id = t.{0})"
_IS_THERE = "t.{0} IS NOT NULL"
_GONE = ""

_BY_COLUMN: Mapping[str, str] = {
    "id": _GONE,
    "subject_id": _SUBJECT,
    "merged_into_id": _SUBJECT,
    "first_import_id": _IMPORT,
    "last_import_id": _IMPORT,
    "source_id": _IMPORT,
    "record_id": _FIRST_SEQ,
    "key_id": "EXISTS (SELECT 1 FROM records_recordkey k WHERE k.key_id = t.{0})",
    "sealed": _IS_THERE,
    "material": _IS_THERE,
    "wrapped_key": _IS_THERE,
    "sealed_row": _IS_THERE,
    "stored_as": _GONE,
    "supersedes_id": _SUBMISSION,
    "doubt_id": "(SELECT d.row FROM intake_doubt d WHERE d.id = t.{0})",
}
_BY_TABLE: Mapping[tuple[str, str], str] = {
    ("subjects_subject", "id"): _GONE,
    ("records_recordkey", "key_id"): _GONE,
    ("exchange_reportdraft", "supersedes_id"): _IS_THERE,
    ("tlog_logbatch", "queued_at"): _GONE,  # by the server's own clock
    ("audit_event", "target_id"): "CASE t.target_kind WHEN 'record' THEN (SELECT min(v.seq)::text FROM records_recordversion v"
    " WHERE v.record_id = t.{0}::uuid) WHEN 'subjects.register_import' THEN (SELECT i.file_name FROM subjects_registerimport i"
    " WHERE i.id = t.{0}::bigint) ELSE t.{0} END",
    ("intake_doubt", "candidates"): "(SELECT jsonb_agg(c - 'subject_id') FROM jsonb_array_elements(t.{0}) c)",
}
_OWN_NUMBER = frozenset({"records_publicationcounter", "intake_numbercounter"})
_NOT_OURS = frozenset({"django_migrations", "django_content_type"})
_TRAIL = ("audit_change", "audit_read")
"""Entries of the trail say which statements and commands there were: a resumed run has others, of the same rows."""


def stored(
    connection: "psycopg.Connection[tuple[Any, ...]]", *, without_actors: bool = False, without_times: bool = False
) -> Stored:
    """Return every row of every table, normalised.

    ``without_actors`` leaves out who took a submission a step further, ``without_times`` every time of day: for processes
    whose clock is not given.
    """
    columns: dict[str, list[str]] = {}
    found = connection.execute(
        "SELECT table_name, column_name, data_type FROM information_schema.columns c JOIN information_schema.tables t"
        " USING (table_schema, table_name) WHERE table_schema = 'public' AND table_type = 'BASE TABLE' ORDER BY 1, 2"
    )
    for table, column, kind in found.fetchall():
        if table not in _NOT_OURS and not table.startswith(_TRAIL) and not (without_times and kind.startswith("timestamp")):
            columns.setdefault(table, []).append(column)
    result = {}
    for table, names in columns.items():
        wanted = [(name, _expression(table, name)) for name in names]
        if without_actors and table in ("intake_submissionevent", "audit_event"):
            wanted = [(name, text) for name, text in wanted if name != "actor"]
        parts = [part for name, text in wanted if text for part in (f"'{name}'", text)]
        # In portions: a function takes at most a hundred arguments.
        objects = " || ".join(f"jsonb_build_object({', '.join(parts[at : at + 80])})" for at in range(0, len(parts), 80))
        # Of a table that has only numbers and times its rows are counted.
        objects = objects or "''"
        rows = connection.execute(f"SELECT ({objects})::text FROM {table} t")
        result[table] = Counter(text for (text,) in rows.fetchall())
    return result


def _expression(table: str, column: str) -> str:
    if table in _OWN_NUMBER:
        return f't."{column}"'
    if (table, column) in _BY_TABLE:
        return _BY_TABLE[table, column].format(column)
    if column == "submission_id" and table.startswith("intake_"):
        return _SUBMISSION.format(column)
    return _BY_COLUMN.get(column, 't."{0}"').format(column)


def differences(wanted: Stored, found: Stored) -> list[str]:
    """Return in words what is missing and what is too much; empty where both are the same row for row."""
    told = []
    for table in sorted({*wanted, *found}):
        missing, surplus = wanted[table] - found[table], found[table] - wanted[table]
        told += [f"{table}: {sum(rows.values())} {what}" for what, rows in (("lost", missing), ("too many", surplus)) if rows]
        told += [f"  - {_short(text)}" for text in sorted(missing)[:2]]
        told += [f"  + {_short(text)}" for text in sorted(surplus)[:2]]
    return told


def _short(text: str) -> str:
    return json.dumps(json.loads(text), ensure_ascii=False)[:1500]


def files_below(folder: Path) -> list[str]:
    """Return the files below a folder, relative and sorted."""
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())
