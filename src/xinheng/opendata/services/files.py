"""The files of a snapshot (CSV and Parquet) of the same rows."""

import io
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import Final, Self

import polars as pl
import pyarrow as pa
from pyarrow import parquet as parquet_files

from xinheng.publicity.domain import BULK_COLUMNS
from xinheng.publicity.selectors import BULK_SCHEMA

_BEGINS_A_FORMULA: Final = "^'*[ ]*[=+\\-@\t\r\n＝＋－＠|%]"
_ARROW: Final = pl.CompatLevel.oldest()
_REPEATED: Final = [
    name
    for name in BULK_COLUMNS
    if name.split(".")[0] in {"item", "organ", "severity", "basis", "source"} and name != "source.row"
]
_TEXTS: Final = [name for name, kind in BULK_COLUMNS.items() if kind is str]


class RecordFiles:
    """Write portions of rows (``publicity.domain.BULK_COLUMNS``) into a CSV and a Parquet file, both complete on leaving."""

    def __init__(self, *, csv: Path, parquet: Path) -> None:
        """Take where the two files go; they are made anew."""
        self._paths = (csv, parquet)
        self._stack = ExitStack()
        self._rows: parquet_files.ParquetWriter | None = None

    def __enter__(self) -> Self:
        """Open both files; the CSV begins with its header."""
        self._csv: io.BufferedWriter = self._stack.enter_context(self._paths[0].open("wb"))
        self._csv.write(("\ufeff" + ",".join(BULK_COLUMNS) + "\n").encode())
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        """Close both files."""
        if self._rows is None and kind is None:
            self._open(pl.DataFrame(schema=BULK_SCHEMA).to_arrow(compat_level=_ARROW).schema)
        self._stack.close()

    def write(self, rows: pl.DataFrame) -> None:
        """Add some rows to both files."""
        table = rows.to_arrow(compat_level=_ARROW)
        if self._rows is None:
            self._open(table.schema)
        assert self._rows is not None
        self._rows.write_table(table)
        safe(rows).write_csv(self._csv, include_header=False)

    def _open(self, schema: pa.Schema) -> None:
        self._rows = self._stack.enter_context(
            parquet_files.ParquetWriter(
                self._paths[1],
                schema,
                compression="zstd",
                compression_level=1,
                use_dictionary=_REPEATED,
                write_statistics=["version.seq"],
            )
        )


def safe(rows: pl.DataFrame) -> pl.DataFrame:
    """Return rows none of whose texts a spreadsheet program takes for a formula: an apostrophe stands before such a text.

    Reversible: an apostrophe also stands before texts that begin with apostrophes and then so.
    """
    columns = []
    for name in _TEXTS:
        column = rows[name]
        risky = column.str.contains(_BEGINS_A_FORMULA).fill_null(value=False)
        if risky.any():
            columns.append(pl.when(risky).then("'" + column).otherwise(column).alias(name))
    return rows.with_columns(columns)
