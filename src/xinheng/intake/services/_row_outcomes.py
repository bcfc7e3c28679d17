"""What became of every row, into the database in bulk."""

from collections.abc import Iterator

import polars as pl

from xinheng.adapters.ahead import made_ahead
from xinheng.adapters.database import copy_bytes
from xinheng.intake.models import Submission

_ROWS_PER_CHUNK = 50_000
_COLUMNS = {
    "_sheet": ("sheet", pl.String, ""),
    "_row": ("row", pl.Int64, 0),
    "outcome": ("outcome", pl.String, ""),
    "subject_id": ("subject_id", pl.Int64, None),
    "how": ("how", pl.String, ""),
    "record_id": ("record_id", pl.String, None),
    "seq": ("seq", pl.Int64, None),
    "late_workdays": ("late_workdays", pl.Int64, 0),
    "is_not_shown": ("is_not_shown", pl.Boolean, False),
}


def row_outcomes_copy(submission: Submission, rows: pl.DataFrame) -> None:
    """Write one line per row in the caller's transaction; columns that ``rows`` lacks are empty."""
    if not rows.height:
        return
    columns = [pl.lit(submission.pk).alias("submission_id")]
    for name, (column, kind, default) in _COLUMNS.items():
        values = pl.col(name).cast(kind) if name in rows.columns else pl.lit(None, dtype=kind)
        columns.append((values if default is None else values.fill_null(default)).alias(column))
    table = rows.select(columns)
    # Without this an empty text would be NULL to COPY: the writer quotes only where it must.
    options = "FORMAT csv, FORCE_NOT_NULL (sheet, how)"
    copy_bytes(
        table="intake_submissionrow", columns=table.columns, chunks=made_ahead(_csv(table)), options=options, walled=True
    )


def _csv(table: pl.DataFrame) -> Iterator[bytes]:
    for part in table.iter_slices(_ROWS_PER_CHUNK):
        yield part.write_csv(include_header=False).encode()
