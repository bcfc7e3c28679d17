"""Open XLSX and XLS workbooks and hand on their sheets as tables of texts."""

import io
import math
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime, time
from decimal import Decimal
from itertools import chain, islice
from pathlib import Path
from typing import Any

import polars as pl
from python_calamine import CalamineSheet, CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum

from xinheng.adapters.workbooks import (
    WorkbookBroken,
    WorkbookEncrypted,
    WorkbookTooManyCells,
    WorkbookTooWide,
    WorkbookUnpacksTooLarge,
    reader_faults,
)
from xinheng.intake.domain import Limits, column_letter
from xinheng.intake.errors import CellTooLarge, EncryptedWorkbook, NotAReadableFile, TooManyColumns, TooManyRows, ZipBomb
from xinheng.intake.reading.identify import size_text
from xinheng.intake.reading.tables import ROW, RawSheet, source_column
from xinheng.kernel.shown import shown

_LONGEST_MERGE = 20_000
_PORTION = 2_000
"""Rows taken together: their texts are still in the processor's cache when each column takes its own."""

_TEXT = frozenset({str})
_MERGES = 50_000
_SHEET_NAME = 100
_EXACT = 1e15
"""Spreadsheet programs keep 15 digits of a number; the rest of a longer one is already lost."""


def cell_text(value: Any) -> str:
    """Return a cell's value as the text a clerk would have typed: ISO dates, plain numbers without exponent."""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, float):
        if not math.isfinite(value):
            return ""
        return str(int(value)) if value.is_integer() and abs(value) < _EXACT else format(Decimal(repr(value)), "f")
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == time() else value.isoformat(sep=" ", timespec="seconds")
    if isinstance(value, date | time):
        return value.isoformat()
    return str(value)


@contextmanager
def faults_told(path: Path, *, limits: Limits) -> Iterator[None]:
    """Put into words for its sender why a workbook is not opened.

    Raises:
        EncryptedWorkbook, ZipBomb, NotAReadableFile, TooManyColumns, TooManyRows: instead of the fault.
    """
    try:
        yield
    except WorkbookEncrypted as fault:
        raise EncryptedWorkbook(file=path.name) from fault
    except WorkbookUnpacksTooLarge as fault:
        raise ZipBomb(file=path.name, limit=size_text(limits.unpacked_bytes)) from fault
    except WorkbookBroken as fault:
        raise NotAReadableFile(file=path.name, reason=fault.reason) from fault
    except WorkbookTooWide as fault:
        raise TooManyColumns(sheet=path.name, columns=f"{fault.columns:,}", limit=f"{limits.columns:,}") from fault
    except WorkbookTooManyCells as fault:
        raise TooManyRows(file=path.name, limit=fault.limit) from fault


class Workbook:
    """An opened workbook; ``data`` are the bytes that were inspected, so nothing can change in between."""

    def __init__(self, path: Path, data: bytes, *, limits: Limits) -> None:
        self._path, self._limits = path, limits
        with faults_told(path, limits=limits), reader_faults():
            self._book = CalamineWorkbook.from_filelike(io.BytesIO(data))
            self._metadata = self._book.sheets_metadata
        if len(self._metadata) > limits.sheets:
            raise NotAReadableFile(file=path.name, reason=f"工作表超过 {limits.sheets} 张")

    def sheets(self) -> Iterator[RawSheet]:
        """Yield the work sheets in order; charts and macro sheets are left out."""
        for number, (metadata, name) in enumerate(zip(self._metadata, self._names(), strict=True)):
            if metadata.typ is not SheetTypeEnum.WorkSheet:
                continue
            with faults_told(self._path, limits=self._limits), reader_faults(f"工作表“{name}”结构损坏"):
                sheet = self._book.get_sheet_by_index(number)
            yield self._raw(sheet, name=name, hidden=metadata.visible is not SheetVisibleEnum.Visible)

    def _names(self) -> Iterator[str]:
        """Yield the names of the sheets as they may be stored: without personal numbers, each once."""
        seen: set[str] = set()
        for number, metadata in enumerate(self._metadata, start=1):
            name = shown(metadata.name, longest=_SHEET_NAME)
            if name in seen:
                # Only a damaged workbook has two sheets of one name; rows are told apart by it.
                name = f"{name}（第 {number} 张）"
            seen.add(name)
            yield name

    def _raw(self, sheet: CalamineSheet, *, name: str, hidden: bool) -> RawSheet:
        start, end = sheet.start, sheet.end
        if start is None or end is None:
            return RawSheet(name=name, head=(), portions=_nothing, row_count=0, hidden=hidden)
        rows, columns = end[0] + 1, end[1] + 1
        if columns > self._limits.columns:
            raise TooManyColumns(sheet=name, columns=f"{columns:,}", limit=f"{self._limits.columns:,}")
        if rows * columns > self._limits.cells:
            raise TooManyRows(file=self._path.name, limit=f"{self._limits.cells:,} 个单元格")
        fills, told = self._merges(sheet, rows=rows, columns=range(start[1], columns))
        lines = _Lines(sheet=sheet, indent=start[1], fills=fills)

        def portions(width: int, first_row: int) -> Iterator[pl.DataFrame]:
            lines.long_numbers.clear()
            return _framed(lines, width=width, first_row=first_row, sheet=name, limits=self._limits)

        head = list(islice(lines.texts(0), self._limits.header_rows))
        return RawSheet(
            name=name, head=head, portions=portions, row_count=rows, hidden=hidden, merged=told, long_numbers=lines.long_numbers
        )

    @staticmethod
    def _merges(
        sheet: CalamineSheet, *, rows: int, columns: range
    ) -> tuple[dict[int, list[tuple[int, bool]]], tuple[str, ...]]:
        """Return, per row, the columns of cells merged downwards (True where one begins), and their places in words.

        A merged cell says the same for every row it covers. Only its first column is filled: the others have no
        value of their own in any program.
        """
        fills: dict[int, list[tuple[int, bool]]] = {}
        told: list[str] = []
        for (top, left), (bottom, _) in islice(sheet.merged_cell_ranges or (), _MERGES):
            if bottom <= top or bottom >= rows or bottom - top > _LONGEST_MERGE:
                continue
            told.append(f"{column_letter(left)}{top + 1}:{column_letter(left)}{bottom + 1}")
            if left not in columns:
                continue
            for row in range(top, bottom + 1):
                fills.setdefault(row, []).append((left, row == top))
        return fills, tuple(told)


@dataclass(slots=True)
class _Lines:
    """A sheet's rows as lists of texts from column A on, cells merged downwards filled."""

    sheet: CalamineSheet
    indent: int
    fills: dict[int, list[tuple[int, bool]]]
    long_numbers: dict[int, tuple[int, int]] = field(default_factory=dict)

    def texts(self, first: int) -> Iterator[list[str]]:
        """Yield the rows from index ``first`` (from 0) on, each from column A on."""
        indent = [""] * self.indent
        for index, row in self._rows(first):
            yield indent + self._as_texts(row, index, len(row))

    def batches(self, first: int) -> Iterator[tuple[int, list[str]]]:
        """Yield of the rows from index ``first`` on how many, and their cells one row after another, without indent."""
        rows = self._rows(first)
        for index, cells in rows:
            width = len(cells)
            # Rows are let go as they come: a batch of lists kept would be looked through by Python's collector.
            cells.extend(chain.from_iterable(row for _, row in islice(rows, _PORTION - 1)))
            yield len(cells) // width, self._as_texts(cells, index, width)

    def _rows(self, first: int) -> Iterator[tuple[int, list[Any]]]:
        """Yield index and cells of the rows from index ``first`` on; the reader makes all rows of a sheet equally long."""
        rows = enumerate(self.sheet.iter_rows())
        if not self.fills:
            yield from islice(rows, first, None)
            return
        above: dict[int, str] = {}
        for index, cells in rows:
            row = self._as_texts(cells, index, len(cells))
            for column, is_top in self.fills.get(index, ()):
                if is_top:
                    above[column] = row[column - self.indent]
                else:
                    # What a program left under a merged cell is seen by nobody.
                    row[column - self.indent] = above.get(column, "")
            if index >= first:
                yield index, row

    def _as_texts(self, cells: list[Any], index: int, width: int) -> list[str]:
        """Return the cells of rows of ``width`` from row ``index`` on as texts."""
        if _TEXT.issuperset(map(type, cells)):
            return cells
        return [
            cell if cell.__class__ is str else self._text(cell, at % width, index + at // width)
            for at, cell in enumerate(cells)
        ]

    def _text(self, cell: Any, at: int, index: int) -> str:
        if cell.__class__ is float and abs(cell) >= _EXACT:
            count, first = self.long_numbers.get(self.indent + at, (0, index + 1))
            self.long_numbers[self.indent + at] = (count + 1, first)
        return cell_text(cell)


def _nothing(_width: int, _first_row: int) -> Iterator[pl.DataFrame]:
    return iter(())


def _framed(lines: _Lines, *, width: int, first_row: int, sheet: str, limits: Limits) -> Iterator[pl.DataFrame]:
    """Yield the rows from ``first_row`` on as ``width`` text columns, ``limits.portion_rows`` at a time.

    Each column takes every n-th cell of what the reader gives: no step of Python for each cell.

    Raises:
        CellTooLarge: a cell is longer than any spreadsheet cell.
    """
    frames: list[pl.DataFrame] = []
    waiting, row_number = 0, first_row
    for count, cells in lines.batches(first_row - 1):
        across = len(cells) // count
        places = (column - lines.indent for column in range(width))
        blank = pl.repeat("", count, dtype=pl.String, eager=True)
        columns = [pl.Series(cells[at::across], dtype=pl.String) if 0 <= at < across else blank for at in places]
        frame = pl.DataFrame({source_column(i): column for i, column in enumerate(columns)})
        frames.append(frame.insert_column(0, pl.Series(ROW, range(row_number, row_number + count), dtype=pl.Int64)))
        row_number, waiting = row_number + count, waiting + count
        if waiting >= limits.portion_rows:
            yield _bounded(frames, sheet=sheet, limits=limits)
            waiting = 0
    if frames:
        yield _bounded(frames, sheet=sheet, limits=limits)


def _bounded(frames: list[pl.DataFrame], *, sheet: str, limits: Limits) -> pl.DataFrame:
    """Return ``frames`` as one, proven to have no cell too large; the list is empty then."""
    table = pl.concat(frames, rechunk=True)
    frames.clear()
    cells_bounded(table, sheet=sheet, limits=limits)
    return table


def cells_bounded(table: pl.DataFrame, *, sheet: str, limits: Limits) -> None:
    """Refuse a table with a cell longer than any spreadsheet cell.

    Raises:
        CellTooLarge: names the first such row.
    """
    texts = pl.exclude(ROW).str.len_bytes()
    if table.is_empty() or (table.select(pl.max_horizontal(texts.max())).item() or 0) <= limits.cell_characters:
        return
    long = table.filter(pl.any_horizontal(pl.exclude(ROW).str.len_chars() > limits.cell_characters))
    if not long.is_empty():
        raise CellTooLarge(sheet=sheet, row=long[ROW][0], limit=f"{limits.cell_characters:,}")
