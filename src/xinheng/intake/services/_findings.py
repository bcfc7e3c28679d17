"""Findings into the database, in bulk."""

import csv
import io
from collections.abc import Iterable, Iterator
from pathlib import Path

import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq

from xinheng.adapters.ahead import made_ahead
from xinheng.adapters.database import copy_bytes
from xinheng.adapters.progress import progress_tell
from xinheng.intake.domain import Finding, FindingSeverity
from xinheng.intake.models import Submission, SubmissionFinding

_COLUMNS = (
    "sheet", "row", "column", "field", "value", "rule", "severity", "message", "expected", "fix", "ground", "confidence",
)  # fmt: skip
_TEXTS = ", ".join(f'"{name}"' for name in _COLUMNS if name != "row")
_CHUNK_ROWS = 5_000
_FILE_ROWS = 50_000


def findings_copy(submission: Submission, findings: Iterable[Finding]) -> int:
    """Write findings in the caller's transaction and return how many there were."""
    counter = _Counter()
    copy_bytes(
        walled=True,
        table="intake_submissionfinding",
        columns=("submission_id", *_COLUMNS),
        chunks=_chunks(submission.pk, findings, counter),
    )
    return counter.count


def findings_copy_file(submission: Submission, path: Path) -> None:
    """Write the findings of a Parquet file with the columns of ``Finding``, in the caller's transaction."""
    with pq.ParquetFile(path) as file:
        batches = file.iter_batches(batch_size=_FILE_ROWS, columns=list(_COLUMNS))
        copy_bytes(
            walled=True,
            table="intake_submissionfinding",
            columns=("submission_id", *_COLUMNS),
            chunks=_told(made_ahead(_csv(submission.pk, batch) for batch in batches), total=file.metadata.num_rows),
            # Without this an empty text would be NULL to COPY: the writer quotes only where it must.
            options=f"FORMAT csv, FORCE_NOT_NULL ({_TEXTS})",
        )


def _told(chunks: Iterable[bytes], *, total: int) -> Iterator[bytes]:
    for number, chunk in enumerate(chunks):
        progress_tell("findings", number * _FILE_ROWS, total)
        yield chunk


def _csv(submission_id: int, batch: pa.RecordBatch) -> bytes:
    table = pl.from_arrow(batch)
    assert isinstance(table, pl.DataFrame)
    return table.select(pl.lit(submission_id), *_COLUMNS).write_csv(include_header=False).encode()


class _Counter:
    count = 0


def _chunks(submission_id: int, findings: Iterable[Finding], counter: _Counter) -> Iterator[bytes]:
    buffer = io.StringIO()
    # An unquoted empty CSV value would be NULL to PostgreSQL, so every text is quoted.
    writer = csv.writer(buffer, quoting=csv.QUOTE_NONNUMERIC, lineterminator="\n")
    for finding in findings:
        counter.count += 1
        writer.writerow([submission_id, *(getattr(finding, name) for name in _COLUMNS)])
        if counter.count % _CHUNK_ROWS == 0:
            yield buffer.getvalue().encode()
            buffer.seek(0)
            buffer.truncate()
    yield buffer.getvalue().encode()


def findings_of(submission: Submission) -> Iterator[Finding]:
    """Yield the stored findings in the order of the file."""
    rows = SubmissionFinding.objects.filter(submission=submission).order_by("sheet", "row", "id")
    for row in rows.iterator(chunk_size=_CHUNK_ROWS):
        values = {name: getattr(row, name) for name in _COLUMNS}
        yield Finding(**(values | {"severity": FindingSeverity(row.severity)}))
