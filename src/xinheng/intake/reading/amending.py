"""Lay what a clerk put right over a landed table; the file itself stays as it came (ADR 0044)."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq

from xinheng.intake.domain import AmendedCell, Finding
from xinheng.intake.reading.original import OriginalSheet
from xinheng.intake.reading.tables import LANDED_COMPRESSION, ROW, source_column

_PLACE = ["_sheet", ROW]


def amended_write(parquet: Path, cells: Sequence[AmendedCell]) -> None:
    """Rewrite a landed table with ``cells`` in it, one group of rows at a time; of a cell named twice the last counts.

    What was found in an amended cell (``_pii``) goes with its old text. A row about a person stays blank.
    """
    if not cells:
        return
    part = parquet.with_name(parquet.name + ".amended")
    wanted = _by_place(cells)
    try:
        with pq.ParquetFile(parquet) as source:
            schema = source.schema_arrow
            with pq.ParquetWriter(
                part, schema, compression=LANDED_COMPRESSION, write_statistics=False, store_schema=False
            ) as writer:
                for group in range(source.num_row_groups):
                    table = source.read_row_group(group)
                    writer.write_table(_amended(table, wanted).cast(schema), row_group_size=max(1, table.num_rows))
        part.replace(parquet)
    finally:
        part.unlink(missing_ok=True)


def _by_place(cells: Sequence[AmendedCell]) -> Mapping[tuple[str, int], Mapping[str, str]]:
    wanted: dict[tuple[str, int], dict[str, str]] = {}
    for cell in cells:
        wanted.setdefault((cell.sheet, cell.row), {})[cell.field] = cell.value
    return wanted


def _amended(table: pa.Table, wanted: Mapping[tuple[str, int], Mapping[str, str]]) -> pa.Table:
    frame = pl.from_arrow(table)
    assert isinstance(frame, pl.DataFrame)
    sheets, rows = frame["_sheet"], frame[ROW]
    numbers = pl.Series([row for _, row in wanted], dtype=pl.Int64).unique()
    at = [
        place
        for place in rows.is_in(numbers.implode()).arg_true().to_list()
        if (sheets[place], rows[place]) in wanted and not frame["_person"][place]
    ]
    if not at:
        return table
    found = frame["_pii"].to_list()
    changed: dict[str, dict[int, str]] = {}
    for place in at:
        values = wanted[sheets[place], rows[place]]
        found[place] = ";".join(e for e in found[place].split(";") if e and e.rpartition(":")[0] not in values)
        for field, value in values.items():
            if field in frame.columns:  # an item may have lost a column since
                changed.setdefault(field, {})[place] = value
    columns = [pl.Series("_pii", found, dtype=pl.String)]
    for field, by_place in changed.items():
        texts = frame[field].clone()
        columns.append(texts.scatter(list(by_place), list(by_place.values())).alias(field))
    return frame.with_columns(columns).to_arrow()


def findings_left(findings: Sequence[Finding], cells: Sequence[AmendedCell]) -> tuple[Finding, ...]:
    """Return what the reader said, without what it said of cells that stand differently now."""
    amended = {(cell.sheet, cell.row, cell.field) for cell in cells}
    return tuple(f for f in findings if not f.row or not f.field or (f.sheet, f.row, f.field) not in amended)


def original_amended(sheets: Iterator[OriginalSheet], cells: Sequence[AmendedCell]) -> Iterator[OriginalSheet]:
    """Yield the sheets of a file as written, with the amended cells as they stand now: for the table that goes back."""
    for original in sheets:
        places = {key: index for index, key in enumerate(original.sheet.keys) if key is not None}
        mine = [c for c in cells if c.sheet == original.sheet.name and c.field in places and c.row not in original.persons]
        frames = (_overlaid(frame, mine, places) for frame in original.frames) if mine else original.frames
        yield OriginalSheet(sheet=original.sheet, frames=frames, persons=original.persons)


def _overlaid(frame: pl.DataFrame, cells: Sequence[AmendedCell], places: Mapping[str, int]) -> pl.DataFrame:
    numbers = {cell.row for cell in cells}
    at = {row: place for place, row in enumerate(frame[ROW].to_list()) if row in numbers}
    for cell in cells:
        if cell.row in at:
            name = source_column(places[cell.field])
            frame = frame.with_columns(frame[name].clone().scatter(at[cell.row], cell.value).alias(name))
    return frame
