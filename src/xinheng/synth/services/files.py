"""Write a table the way departments do: XLSX or CSV, title rows, shuffled columns, national codes or Chinese labels."""

import csv
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from pathlib import Path

import polars as pl
import xlsxwriter

from xinheng.kernel.dates import parse_date

MOST_ROWS_IN_A_WORKBOOK = 1_000
_MADE = datetime(2026, 1, 1)  # noqa: DTZ001 - a workbook's fixed creation time keeps its bytes the same
_COLUMN_WIDTH = 18


class FileFormat(StrEnum):
    """How a file is stored."""

    XLSX = "xlsx"
    CSV_UTF8 = "csv-utf8"
    CSV_UTF8_BOM = "csv-utf8-bom"
    CSV_GB18030 = "csv-gb18030"

    @property
    def suffix(self) -> str:
        """The file name's ending."""
        return ".xlsx" if self is FileFormat.XLSX else ".csv"


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """How one department lays out its file."""

    format: FileFormat
    national_codes: bool = False
    title_rows: int = 0
    shuffled: bool = False
    extra_column: bool = False
    real_dates: bool = False


LAYOUTS: Sequence[Layout] = (
    Layout(format=FileFormat.XLSX, real_dates=True),
    Layout(format=FileFormat.CSV_UTF8_BOM),
    Layout(format=FileFormat.XLSX, title_rows=2, extra_column=True),
    Layout(format=FileFormat.CSV_GB18030, title_rows=1, shuffled=True),
    Layout(format=FileFormat.CSV_UTF8, national_codes=True, shuffled=True),
    Layout(format=FileFormat.XLSX, national_codes=True, shuffled=True),
    Layout(format=FileFormat.CSV_GB18030, extra_column=True),
)
"""Departments take these in turn."""

WITHOUT_WORKBOOK: Mapping[FileFormat, FileFormat] = {FileFormat.XLSX: FileFormat.CSV_UTF8}
"""What a file too long for a quick workbook becomes."""


def table_write(
    *, path: Path, frame: pl.DataFrame, layout: Layout, title: str, sheet: str, date_columns: Sequence[str] = ()
) -> int:
    """Write ``frame`` (all text, columns headed as they are to be) and return the 1-based row of its first record."""
    path.parent.mkdir(parents=True, exist_ok=True)
    titles = [title, "（演示数据，全部内容均为编造）"][: layout.title_rows]
    if layout.format is FileFormat.XLSX:
        dates = frozenset(date_columns) if layout.real_dates else frozenset()
        _workbook_write(path=path, frame=frame, titles=titles, sheet=sheet, dates=dates)
    else:
        _csv_write(path=path, frame=frame, titles=titles, format_=layout.format)
    return len(titles) + 2


def _csv_write(*, path: Path, frame: pl.DataFrame, titles: Sequence[str], format_: FileFormat) -> None:
    head = io.StringIO()
    writer = csv.writer(head, lineterminator="\r\n")
    for title in titles:
        writer.writerow([title, *[""] * (frame.width - 1)])
    body = io.BytesIO()
    frame.write_csv(body, line_terminator="\r\n")
    data = head.getvalue().encode() + body.getvalue()
    if format_ is FileFormat.CSV_GB18030:
        data = data.decode().encode("gb18030")
    elif format_ is FileFormat.CSV_UTF8_BOM:
        data = b"\xef\xbb\xbf" + data
    path.write_bytes(data)


def _workbook_write(*, path: Path, frame: pl.DataFrame, titles: Sequence[str], sheet: str, dates: frozenset[str]) -> None:
    with xlsxwriter.Workbook(str(path), {"constant_memory": True, "strings_to_urls": False}) as book:
        book.set_properties({"created": _MADE, "comments": "演示数据"})
        day_format = book.add_format({"num_format": "yyyy/m/d"})
        bold = book.add_format({"bold": True})
        page = book.add_worksheet(sheet)
        page.set_column(0, frame.width - 1, _COLUMN_WIDTH)
        for row, title in enumerate(titles):
            page.write_string(row, 0, title, bold)
        for column, name in enumerate(frame.columns):
            page.write_string(len(titles), column, name, bold)
        is_day = [name in dates for name in frame.columns]
        for row, cells in enumerate(frame.iter_rows(), start=len(titles) + 1):
            for column, cell in enumerate(cells):
                if not cell:
                    continue
                day = _iso_day(cell) if is_day[column] else None
                if day is None:
                    page.write_string(row, column, cell)
                else:
                    page.write_datetime(row, column, day, day_format)


def _iso_day(cell: str) -> date | None:
    """Return the day of an ISO date that a workbook can hold; other writings stay text."""
    day = parse_date(cell) if cell[4:5] == "-" else None
    return day if day is not None and day.year > 1900 else None
