"""Tables for people's spreadsheet programs: CSV as a stream, XLSX as a file; no cell of either runs as a formula."""

import csv
from collections.abc import Iterable, Iterator, Sequence
from io import StringIO
from tempfile import TemporaryFile
from typing import IO, Any, Final

import xlsxwriter

from xinheng.kernel.spreadsheet_safety import neutralise

BYTE_ORDER_MARK: Final = "\ufeff"
_OPTIONS: Final = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}


def csv_lines(*, about: Iterable[str], heading: Sequence[str], rows: Iterable[Sequence[str]]) -> Iterator[str]:
    """Return a CSV line by line: what it is about in lines that begin with ``#``, the heading, the rows.

    It begins with a byte order mark, so that spreadsheet programs read the characters right.
    """
    yield BYTE_ORDER_MARK
    for line in about:
        yield _csv([f"# {line}"])
    yield _csv(heading)
    for row in rows:
        yield _csv([neutralise(cell) for cell in row])


def _csv(row: Sequence[str]) -> str:
    out = StringIO()
    csv.writer(out).writerow(row)
    return out.getvalue()


def xlsx_file(*, about: Iterable[str], title: str, heading: Sequence[str], rows: Iterable[Sequence[str]]) -> IO[bytes]:
    """Return a workbook, open at its beginning: the rows, and on a sheet of their own the lines of what they are about.

    Every cell is text, so that codes and days stay as they are; rows go to disk as they come.
    """
    out = TemporaryFile()  # noqa: SIM115 - whoever sends it closes it
    with xlsxwriter.Workbook(out, dict(_OPTIONS)) as book:
        text, bold = book.add_format({"num_format": "@"}), book.add_format({"bold": True, "text_wrap": True})
        sheet = book.add_worksheet(title)
        sheet.freeze_panes(1, 0)
        sheet.set_column(0, len(heading) - 1, 18)
        _write(sheet, 0, heading, bold)
        for number, row in enumerate(rows, start=1):
            _write(sheet, number, [neutralise(cell) for cell in row], text)
        notes = book.add_worksheet("说明")
        notes.set_column(0, 0, 100)
        for number, line in enumerate(about):
            _write(notes, number, [line], text)
    out.seek(0)
    return out


def _write(sheet: Any, number: int, row: Sequence[str], look: Any) -> None:
    for column, cell in enumerate(row):
        sheet.write_string(number, column, cell, look)
