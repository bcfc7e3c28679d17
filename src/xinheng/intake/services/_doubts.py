"""Doubtful rows into the database, in bulk; the row itself sealed under the submission's own key."""

import csv
import hashlib
import io
import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import polars as pl

from xinheng.adapters.crypto import open_sealed, seal
from xinheng.adapters.database import copy_bytes
from xinheng.intake.errors import DoubtNotFound
from xinheng.intake.models import Doubt, Submission
from xinheng.intake.services._rows import KEYS
from xinheng.intake.services.converting import landed_batches

_CHUNK_ROWS = 2_000
_COLUMNS = (
    "submission_id", "sheet", "row", "name", "code", "document_no", "decision_date", "reason", "candidates", "inputs_digest",
    "sealed_row", "is_not_shown", "state",
)  # fmt: skip
_INPUTS = ("subject_name", "uscc", "registration_no", "organisation_code", "decision_date")
"""By what the register is asked whose a row is; the decision day, because names and codes hold from day to day."""
_BETWEEN = "\x1f"


def row_place(number: str, sheet: str, row: int) -> bytes:
    """Return what binds a sealed row to its place."""
    return f"{number}:{sheet}:{row}".encode()


def row_opened(doubt: Doubt, *, key: bytes) -> dict[str, Any]:
    """Return the landed row of a doubt: its place and its text cells by catalogue key."""
    place = row_place(doubt.submission.number, doubt.sheet, doubt.row)
    row: dict[str, Any] = json.loads(open_sealed(key, bytes(doubt.sealed_row or b""), place))
    return row


def doubt_locked(doubt_id: int) -> Doubt:
    """Return the doubt with its submission, both locked until the transaction ends.

    Raises:
        DoubtNotFound: no doubt has this id.
    """
    try:
        number = Doubt.objects.values_list("submission_id", flat=True).get(pk=doubt_id)
    except Doubt.DoesNotExist:
        raise DoubtNotFound(doubt=doubt_id) from None
    # The submission first, as everywhere: two locks in two orders would wait for each other.
    Submission.objects.select_for_update().get(pk=number)
    return Doubt.objects.select_for_update(of=("self",)).select_related("submission").get(pk=doubt_id)


def doubts_copy(submission: Submission, doubtful: pl.DataFrame, *, landed: Path, key: bytes) -> None:
    """Write one doubt for each of ``doubtful`` in the caller's transaction."""
    if doubtful.height:
        copy_bytes(
            walled=True,
            table="intake_doubt",
            columns=_COLUMNS,
            chunks=_chunks(submission, doubtful, landed=landed, key=key),
            options="FORMAT csv, FORCE_NULL (decision_date)",
        )


def _chunks(submission: Submission, doubtful: pl.DataFrame, *, landed: Path, key: bytes) -> Iterator[bytes]:
    buffer = io.StringIO()
    writer = csv.writer(buffer, quoting=csv.QUOTE_NONNUMERIC, lineterminator="\n")
    for batch in landed_batches(landed=landed):
        joined = batch.join(doubtful, on=KEYS, how="inner", maintain_order="left")
        cells = [name for name in batch.columns if name not in doubtful.columns]
        for start in range(0, joined.height, _CHUNK_ROWS):
            for row in joined.slice(start, _CHUNK_ROWS).iter_rows(named=True):
                writer.writerow(_line(submission, row, cells=cells, key=key))
            yield buffer.getvalue().encode()
            buffer.seek(0)
            buffer.truncate()


def _line(submission: Submission, row: Mapping[str, Any], *, cells: list[str], key: bytes) -> list[Any]:
    content = json.dumps({name: row[name] for name in (*KEYS, *cells)}, ensure_ascii=False).encode()
    sealed = seal(key, content, row_place(submission.number, row["_sheet"], row["_row"]))
    code = row["uscc"] or row["registration_no"] or row["organisation_code"]
    return [
        submission.pk,
        row["_sheet"],
        row["_row"],
        row["subject_name"],
        code,
        row["document_no"],
        row["decision_date"],
        row["reason"],
        json.dumps(row["candidates"] or [], ensure_ascii=False, default=str),
        hashlib.sha256(_BETWEEN.join(str(row[name] or "") for name in _INPUTS).encode()).hexdigest(),
        f"\\x{sealed.hex()}",
        row["is_not_shown"],
        "OPEN",
    ]
