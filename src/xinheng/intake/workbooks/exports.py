"""The list of findings for people and for software: text, JSON, CSV, XLSX."""

import csv
import io
import json
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import asdict
from enum import StrEnum
from pathlib import Path
from typing import IO

import xlsxwriter

from xinheng.intake.domain import Finding, FindingSeverity
from xinheng.intake.workbooks.texts import CONFIDENCE_LABELS, HEADINGS, finding_cells

_SHEET_ROWS = 1_000_000


class ExportFormat(StrEnum):
    """In which form findings go out."""

    TEXT = "text"
    JSON = "json"
    CSV = "csv"
    XLSX = "xlsx"


def findings_export(findings: Iterable[Finding], *, form: ExportFormat | str, out: Path | IO[bytes]) -> int:
    """Write ``findings`` to ``out`` (a path or an open binary stream) and return how many there were.

    JSON is one object: ``findings`` (the fields of ``Finding``) and ``counts`` by severity. CSV is UTF-8 with a mark, for
    spreadsheet programs. Findings stream through; nothing but counts is kept, except by XLSX, which holds a million rows.
    """
    form = ExportFormat(form)
    if isinstance(out, Path):
        with out.open("wb") as file:
            return findings_export(findings, form=form, out=file)
    if form is ExportFormat.XLSX:
        return _xlsx(findings, out)
    parts = {ExportFormat.JSON: _json, ExportFormat.CSV: _csv, ExportFormat.TEXT: _text}[form]
    counts: Counter[FindingSeverity] = Counter()
    for part in parts(_counted(findings, counts), counts):
        out.write(part.encode("utf-8"))
    return counts.total()


def _counted(findings: Iterable[Finding], counts: Counter[FindingSeverity]) -> Iterator[Finding]:
    for finding in findings:
        counts[finding.severity] += 1
        yield finding


def finding_record(finding: Finding) -> dict[str, object]:
    """Return ``finding`` as plain JSON values."""
    record = asdict(finding)
    record["severity"] = finding.severity.value
    return record


def _json(findings: Iterable[Finding], counts: Counter[FindingSeverity]) -> Iterator[str]:
    yield '{"findings": ['
    comma = "\n"
    for finding in findings:
        yield comma + json.dumps(finding_record(finding), ensure_ascii=False)
        comma = ",\n"
    told = {severity.value: counts[severity] for severity in FindingSeverity}
    yield "\n],\n" + f'"counts": {json.dumps(told)}}}\n'


def _csv(findings: Iterable[Finding], _counts: Counter[FindingSeverity]) -> Iterator[str]:
    line = io.StringIO(newline="")
    writer = csv.writer(line)
    line.write("\ufeff")
    writer.writerow(HEADINGS)
    for finding in findings:
        writer.writerow(finding_cells(finding))
        yield line.getvalue()
        line.seek(0)
        line.truncate()
    yield line.getvalue()


def finding_text(finding: Finding) -> str:
    """Return one finding as the lines that a terminal shows: where, what, expected, how to mend, on which ground."""
    place = "整份文件"
    if finding.row:
        place = f"“{finding.sheet}”第 {finding.row} 行" if finding.sheet else f"第 {finding.row} 行"
    elif finding.sheet:
        place = f"“{finding.sheet}”"
    column = f"，列“{finding.column}”" if finding.column else ""
    lines = [f"{place}{column}〔{finding.severity.label}·{finding.rule}〕{finding.message}"]
    if finding.value:
        lines.append(f"    表中的值：{finding.value}")
    if finding.expected:
        lines.append(f"    应当是：{finding.expected}")
    if finding.fix:
        lines.append(f"    怎么改：{finding.fix}")
    if finding.ground:
        lines.append(f"    依据：{finding.ground}（{CONFIDENCE_LABELS.get(finding.confidence, finding.confidence)}）")
    return "\n".join(lines) + "\n"


def _text(findings: Iterable[Finding], counts: Counter[FindingSeverity]) -> Iterator[str]:
    for finding in findings:
        yield finding_text(finding)
    if not counts:
        yield "没有发现问题。\n"
        return
    told = "，".join(f"{severity.label} {counts[severity]:,} 处" for severity in FindingSeverity if counts[severity])
    yield f"共 {counts.total():,} 处：{told}。\n"


def _xlsx(findings: Iterable[Finding], out: IO[bytes]) -> int:
    count = 0
    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with xlsxwriter.Workbook(out, options) as book:
        bold = book.add_format({"bold": True, "border": 1, "bg_color": "#E7EEF7"})
        sheet, row = _list_sheet(book, bold), 0
        for finding in findings:
            if row >= _SHEET_ROWS:
                sheet, row = _list_sheet(book, bold), 0
            row += 1
            count += 1
            for column, cell in enumerate(finding_cells(finding)):
                sheet.write_string(row, column, cell)
    return count


def _list_sheet(book: xlsxwriter.Workbook, bold: object) -> xlsxwriter.worksheet.Worksheet:
    sheet = book.add_worksheet()
    sheet.freeze_panes(1, 0)
    for column, width in enumerate((12, 8, 24, 28, 8, 10, 48, 32, 48, 36, 10)):
        sheet.set_column(column, column, width)
    sheet.write_row(0, 0, HEADINGS, bold)
    return sheet
