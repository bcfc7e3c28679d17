"""Which rows came back to be mended, into the database in bulk: their place, number and day, not the rows."""

from datetime import datetime

import polars as pl

from xinheng.adapters.database import copy_bytes
from xinheng.intake.models import Submission
from xinheng.intake.services._rows import KEYS
from xinheng.intake.services.converting import document_no_key_of
from xinheng.kernel.personal import mask_personal_numbers

_ROWS_PER_CHUNK = 50_000
_NUMBER_AT_MOST = 200


def returned_copy(submission: Submission, *, judged: pl.LazyFrame, keys: pl.DataFrame, at: datetime) -> None:
    """Write one line for each row of ``keys`` (sheet and row) in the caller's transaction; ``judged`` has their cells.

    ``at`` is the moment of the matching, the same as of its event: the lines of the newest one count.
    """
    if not keys.height:
        return
    # Only the numbers of these rows are held: the texts of a million would be hundreds of megabytes.
    cells = judged.select(*KEYS, "document_no", "decision_date").join(keys.lazy(), on=KEYS, how="semi").collect()
    number = document_no_key_of(pl.col("document_no").fill_null("")).str.slice(0, _NUMBER_AT_MOST)
    table = cells.select(
        pl.lit(submission.pk).alias("submission_id"),
        pl.col("_sheet").alias("sheet"),
        pl.col("_row").alias("row"),
        # Landed cells are masked already; a number that only the normal form puts together is masked here.
        number.map_elements(mask_personal_numbers, return_dtype=pl.String).alias("document_no_key"),
        "decision_date",
        pl.lit(at.isoformat()).alias("matched_at"),
    )
    copy_bytes(
        walled=True,
        table="intake_returnedrow",
        columns=table.columns,
        chunks=(part.write_csv(include_header=False).encode() for part in table.iter_slices(_ROWS_PER_CHUNK)),
        options="FORMAT csv, FORCE_NOT_NULL (sheet, document_no_key)",
    )
