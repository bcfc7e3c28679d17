"""Read a landed file again, as it was written, for the table that goes back to its sender."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from xinheng.adapters.storage import file_sha256
from xinheng.intake.domain import FileKind, Landed, LandedSheet, Limits
from xinheng.intake.errors import OriginalChanged
from xinheng.intake.reading.delimited import head_rows, sheet_make, text_open
from xinheng.intake.reading.personal import FILTER, columns_mask
from xinheng.intake.reading.sheet import DELETED, PERSON
from xinheng.intake.reading.spreadsheet import Workbook
from xinheng.intake.reading.tables import ROW, RawSheet, source_column


@dataclass(frozen=True, slots=True)
class OriginalSheet:
    """One sheet as written: ``frames`` have ``_row`` and the texts ``#0``, ``#1``... from the sheet's first row on, in order.

    They are read as they are asked for, once: a million rows are not held at the same time. Personal numbers are masked,
    papers of persons deleted, rows about persons blank but for their category; ``persons`` are the numbers of those rows.
    """

    sheet: LandedSheet
    frames: Iterator[pl.DataFrame]
    persons: frozenset[int]


def original_read(landed: Landed, *, limits: Limits | None = None) -> Iterator[OriginalSheet]:
    """Yield the sheets of ``landed.source`` that were landed, in order, title and header rows included.

    Raises:
        OriginalChanged: the file is not the one that was landed.
    """
    limits = limits or Limits(csv_bytes=landed.file_bytes)
    if file_sha256(landed.source) != landed.file_sha256:
        raise OriginalChanged(file=landed.source.name)
    kept = pl.scan_parquet(landed.parquet)
    exempt = _exempt(kept, list(landed.columns))
    found = {sheet.name: sheet for sheet in landed.sheets}
    for raw in _raw_sheets(landed, limits=limits):
        if raw.name not in found:
            continue
        sheet = found[raw.name]
        persons = kept.filter((pl.col("_sheet") == raw.name) & pl.col("_person")).select(ROW).collect()[ROW]
        yield OriginalSheet(sheet=sheet, frames=_frames(raw, sheet, persons, exempt), persons=frozenset(persons))


def _raw_sheets(landed: Landed, *, limits: Limits) -> Iterator[RawSheet]:
    path: Path = landed.source
    if landed.kind is FileKind.CSV:
        text = text_open(path, encoding=landed.encoding or "utf-8")
        delimiter = landed.delimiter or ","
        head = head_rows(text, delimiter=delimiter, rows=limits.header_rows)
        yield sheet_make(text, delimiter=delimiter, head=head, limits=limits)
    else:
        yield from Workbook(path, path.read_bytes(), limits=limits).sheets()


def _exempt(kept: pl.LazyFrame, keys: list[str]) -> frozenset[str]:
    """Return the registered codes that look like personal numbers and were landed as they are."""
    suspects = kept.select(pl.col(key).filter(pl.col(key).str.contains(FILTER)).unique().implode() for key in keys).collect()
    return frozenset(value for key in keys for value in suspects[key][0])


def _frames(raw: RawSheet, sheet: LandedSheet, persons: pl.Series, exempt: frozenset[str]) -> Iterator[pl.DataFrame]:
    for frame in raw.frames(len(sheet.labels), 1):
        yield _hidden(frame, sheet, persons, exempt)


def _hidden(frame: pl.DataFrame, sheet: LandedSheet, persons: pl.Series, exempt: frozenset[str]) -> pl.DataFrame:
    names = [source_column(index) for index in range(len(sheet.labels))]
    rows = frame.with_columns(pl.col(names).fill_null(""))
    papers = [names[index] for index in sheet.papers]
    data = pl.col(ROW) >= sheet.first_data_row
    rows = rows.with_columns(
        pl.when(data & (pl.col(name) != "")).then(pl.lit(DELETED)).otherwise(pl.col(name)).alias(name) for name in papers
    )
    rows = columns_mask(rows, {name: name for name in names}, exempt=exempt, exempt_columns=frozenset(names)).drop("_pii")
    if persons.is_empty():
        return rows
    of_person = pl.col(ROW).is_in(persons.implode())
    return rows.with_columns(
        pl.when(of_person).then(pl.lit(PERSON if index == sheet.category else "")).otherwise(pl.col(name)).alias(name)
        for index, name in enumerate(names)
    )
