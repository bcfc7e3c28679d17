"""A whole file of findings as CSV, column by column: the same bytes as ``findings_export``, for a million of them."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import IO

import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq

from xinheng.adapters.ahead import made_ahead
from xinheng.intake.domain import FindingSeverity
from xinheng.intake.workbooks.texts import CONFIDENCE_LABELS, HEADINGS, WHOLE_FILE

_RUNS_AS_FORMULA = r"^ *[=+\-@\t\r\n＝＋－＠|%]"
_NEGATIVE_NUMBER = r"^-,*[0-9][0-9,]*\.?[0-9,]*$|^-,*\.,*[0-9][0-9,]*$"
_BATCH = 40_960
_CELL = pl.col("cell")


def findings_csv_write(findings: Path, *, out: Path | IO[bytes]) -> None:
    """Write the Parquet file of a check's findings as CSV, in the order of the file, a portion of them at a time.

    Args:
        findings: with the fields of ``Finding`` as columns (``checking.Checked.findings``).
        out: a path or an open binary stream; UTF-8 with a mark, as ``findings_export`` writes it.
    """
    if isinstance(out, Path):
        with out.open("wb") as file:
            findings_csv_write(findings, out=file)
        return
    is_start = True
    for table in made_ahead(_tables(findings)):
        table.write_csv(out, include_bom=is_start, include_header=is_start, line_terminator="\r\n", quote_style="necessary")
        is_start = False


def _tables(findings: Path) -> Iterator[pl.DataFrame]:
    """Yield the findings as the table shows them, at first one without rows; null is written for an empty text."""
    yield pl.DataFrame(schema=dict.fromkeys(HEADINGS, pl.String))
    with pq.ParquetFile(findings, read_dictionary=[name for name in _CELLS if name not in _OF_THEIR_OWN]) as file:
        for batch in file.iter_batches(batch_size=_BATCH, columns=list(_CELLS)):
            cells = (_shown(name, batch.column(name)) for name in _CELLS)
            yield pl.DataFrame(dict(zip(HEADINGS, cells, strict=True)))


def _shown(name: str, column: pa.Array) -> pl.Series:
    """Return ``texts.finding_cells`` of a column; each entry of a dictionary is looked at once."""
    if isinstance(column, pa.DictionaryArray):
        return _shown(name, column.dictionary).gather(pl.Series(column.indices).cast(pl.UInt32))
    return pl.DataFrame({"cell": pl.Series(column)}).select(_CELLS[name].replace("", None).alias(name))[name]


def _labelled(labels: Mapping[str, str]) -> pl.Expr:
    return _CELL.replace(list(labels), list(labels.values()))


def _neutral() -> pl.Expr:
    """Return ``kernel.spreadsheet_safety.neutralise`` of a column."""
    runs = _CELL.str.contains(_RUNS_AS_FORMULA) & ~_CELL.str.contains(_NEGATIVE_NUMBER)
    return pl.when(runs).then(pl.lit("'") + _CELL).otherwise(_CELL)


_OF_THEIR_OWN = frozenset({"row", "value"})
_CELLS: Mapping[str, pl.Expr] = {
    "sheet": _neutral(),
    "row": pl.when(_CELL == 0).then(pl.lit(WHOLE_FILE)).otherwise(_CELL.cast(pl.String)),
    "column": _neutral(),
    "value": _neutral(),
    "rule": _neutral(),
    "severity": _labelled({severity.value: severity.label for severity in FindingSeverity}),
    "message": _neutral(),
    "expected": _neutral(),
    "fix": _neutral(),
    "ground": _neutral(),
    "confidence": _labelled(CONFIDENCE_LABELS),
}
"""Columns of the findings in the order of ``HEADINGS``, and how a cell of them is shown."""
