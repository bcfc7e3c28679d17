"""Current records and what is kept of the law, read by plain SQL."""

import json
from collections.abc import Iterator
from dataclasses import fields
from typing import Any

from django.db import connection

from xinheng.recheck.domain import Law, Row
from xinheng.recheck.domain.law import law_of

_AT_ONCE = 20_000

_ROWS = """
SELECT c.seq, c.record_id::text, c.item_id, c.organ_code, c.catalogue_hash, c.legal_basis, c.decision_date, c.valid_to,
    c.display_from, c.statutory_until, c.list_type, c.penalty_mask, c.fine_fen, c.on_the_spot, c.withdrawn, c.held,
    c.revoked_date, c.repaired_date, c.delisted_date, c.disputed_until, c.fields,
    c.is_sole_trader OR s.kind = 'SOLE_TRADER' OR coalesce(m.kind = 'SOLE_TRADER', false)
FROM records_currentrecord c JOIN subjects_subject s ON s.id = c.subject_id LEFT JOIN subjects_subject m ON m.id = s.merged_into_id
WHERE c.seq > %s ORDER BY c.seq LIMIT %s
"""

# The digest that a record carries of its own content, worked out anew from the columns.
_CONTENT = """
SELECT record_id::text FROM records_currentrecord WHERE seq > %(after)s AND seq <= %(last)s AND content_hash IS DISTINCT FROM
    sha256(convert_to(jsonb_build_array(document_no, decision_date, valid_from, valid_to, list_type, statutory_until, penalty_mask,
        fine_fen, confiscated_fen, on_the_spot, free_text_confirmed, fields, encode(person_digest, 'hex'))::text, 'UTF8'))
ORDER BY seq
"""
_NEWEST = """
SELECT v.record_id::text FROM records_recordversion v LEFT JOIN records_currentrecord c ON c.seq = v.seq
WHERE c.seq IS NULL AND v.seq > %(after)s AND v.seq <= %(last)s
    AND NOT EXISTS (SELECT 1 FROM records_recordversion later WHERE later.supersedes = v.seq)
ORDER BY v.seq
"""
_SNAPSHOTS = """
SELECT hash FROM catalogue_cataloguesnapshot WHERE hash <> encode(sha256(convert_to(content, 'UTF8')), 'hex') ORDER BY hash
"""


def rows_current() -> Iterator[Row]:
    """Yield every current record, oldest publication first, in portions."""
    names, after = [one.name for one in fields(Row)], 0
    while True:
        with connection.cursor() as cursor:
            cursor.execute(_ROWS, [after, _AT_ONCE])
            found = cursor.fetchall()
        for values in found:
            told: dict[str, Any] = dict(zip(names, values, strict=True))
            told["fields"] = json.loads(told["fields"]) if isinstance(told["fields"], str) else told["fields"]
            yield Row(**told)
        if len(found) < _AT_ONCE:
            return
        after = found[-1][0]


def content_altered() -> Iterator[str]:
    """Yield the records whose content does not come to the digest that stands beside it."""
    yield from _in_portions(_CONTENT)


def not_current() -> Iterator[str]:
    """Yield the records whose newest version is not what is shown of them."""
    yield from _in_portions(_NEWEST)


def catalogues_altered() -> list[str]:
    """Return the hashes of kept catalogues that do not come to their hash."""
    with connection.cursor() as cursor:
        cursor.execute(_SNAPSHOTS)
        return [found for (found,) in cursor.fetchall()]


def catalogue_kept(content_hash: str) -> Law | None:
    """Return a catalogue that was in use, by its hash, ``None`` where it is not kept."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT content FROM catalogue_cataloguesnapshot WHERE hash = %s", [content_hash])
        found = cursor.fetchone()
    return law_of([json.loads(found[0])]) if found is not None else None


def _in_portions(statement: str) -> Iterator[str]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT coalesce(max(seq), 0) FROM records_recordversion")
        (newest,) = cursor.fetchone()
        for after in range(0, newest, _AT_ONCE):
            cursor.execute(statement, {"after": after, "last": after + _AT_ONCE})
            yield from (record for (record,) in cursor.fetchall())
