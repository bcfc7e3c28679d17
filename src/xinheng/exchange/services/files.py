"""The upload as a workbook or as CSV: records and, apart from them, withdrawals."""

import csv
from collections.abc import Iterable, Sequence
from pathlib import Path

import xlsxwriter

WITHDRAWAL_HEADER = ("文书号", "机关", "机关统一社会信用代码", "主体名称", "统一社会信用代码", "停止公示的原因", "停止公示日期")
WORKBOOK_ROWS = 1_048_575
"""Rows a sheet holds below its header."""


def workbook_write(
    *, path: Path, title: str, header: Sequence[str], rows: Iterable[Sequence[str]], withdrawals: Sequence[Sequence[str]]
) -> None:
    """Write records and withdrawals as two sheets; every cell is text, so that codes and dates stay as they are."""
    with xlsxwriter.Workbook(
        str(path), {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    ) as book:
        bold = book.add_format({"bold": True, "text_wrap": True})
        text = book.add_format({"num_format": "@"})
        for name, head, lines in ((title, header, rows), ("撤回", WITHDRAWAL_HEADER, withdrawals)):
            sheet = book.add_worksheet(name)
            sheet.freeze_panes(1, 0)
            sheet.set_column(0, len(head) - 1, 18, text)
            for column, label in enumerate(head):
                sheet.write_string(0, column, label, bold)
            for number, line in enumerate(lines, start=1):
                for column, value in enumerate(line):
                    sheet.write_string(number, column, value, text)


def csv_write(*, path: Path, header: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    """Write a CSV that spreadsheet programs open with the right characters."""
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(header)
        writer.writerows(rows)
