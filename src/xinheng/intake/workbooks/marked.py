"""The marked workbook (标记表): the sender's own table, in its order, with every problem boxed and explained."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import polars as pl
import xlsxwriter

from xinheng.adapters.demonstration import demo_lines
from xinheng.adapters.progress import progress_tell
from xinheng.adapters.storage import whole_file
from xinheng.intake.domain import AmendedCell, Finding, FindingSeverity, Landed, LandedSheet, Limits
from xinheng.intake.reading import OWN_LABELS, ROW, SUMMARY_SHEET, OriginalSheet, original_amended, original_read
from xinheng.intake.workbooks.exports import ExportFormat, findings_export
from xinheng.intake.workbooks.texts import finding_cells, sheet_name
from xinheng.kernel.spreadsheet_safety import neutralise

MARKED_FINDINGS = 50_000
"""So many findings are marked in cells; spreadsheet programs get slow beyond. The rest goes to a list."""

MARKED_CELLS = 5_000_000
"""So many cells are written; of a larger table only the rows with problems are, with their numbers."""

_COMMENT = 1_500
_RESULT, _ORIGINAL_ROW = OWN_LABELS
_ORDER = {FindingSeverity.REFUSE: 0, FindingSeverity.EXPLAIN: 1, FindingSeverity.NOTE: 2}


@dataclass(frozen=True, slots=True)
class MarkedWorkbook:
    """What was written: the workbook, how many findings are marked in it, and the list with the rest, if any."""

    path: Path
    marked: int
    rest: int
    rest_path: Path | None
    only_problem_rows: bool


@dataclass(slots=True)
class _Gathered:
    """Findings by place, counted by rule; ``late`` are those beyond the cap."""

    by_row: dict[tuple[str, int], list[Finding]] = field(default_factory=dict)
    of_file: list[Finding] = field(default_factory=list)
    by_rule: Counter[str] = field(default_factory=Counter)
    samples: dict[str, Finding] = field(default_factory=dict)
    by_severity: Counter[FindingSeverity] = field(default_factory=Counter)
    marked: int = 0


def marked_workbook_write(
    *,
    landed: Landed,
    findings: Iterable[Finding],
    out: Path,
    limits: Limits | None = None,
    scratch: Path | None = None,
    amended: Sequence[AmendedCell] = (),
) -> MarkedWorkbook:
    """Write the marked workbook of ``landed`` to ``out`` and say what is in it.

    The front sheet 问题汇总 counts the problems by rule; then come the sheets that were read, every row where it was, a
    column 处理结果 before the sender's own, problem cells boxed with a comment that gives reason and remedy. Values are as
    written, personal numbers masked, nothing can run as a formula. Mended and sent again, the table is read like any
    other. Findings beyond ``MARKED_FINDINGS`` go to a CSV beside ``out``; the front sheet says so. Rows on their way lie in
    ``scratch``, by default the system's temporary folder. ``amended`` cells stand as they were put right on the platform.

    Raises:
        OriginalChanged: ``landed.source`` is not the file that was landed.
    """
    rest_path = out.with_name(f"{out.stem}-其余问题.csv")
    gathered = _Gathered()
    late = _gather(findings, gathered)
    first_late = next(late, None)
    rest = 0
    if first_late is not None:
        with whole_file(rest_path, by_several=True) as part:
            rest = findings_export(_chained(first_late, late), form=ExportFormat.CSV, out=part)
    width = max((len(sheet.labels) for sheet in landed.sheets), default=0)
    only_problems = landed.row_count * width > MARKED_CELLS or landed.row_count > 1_000_000
    options: dict[str, Any] = {
        "constant_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
    }
    if scratch is not None:
        options["tmpdir"] = str(scratch)
    with whole_file(out, by_several=True) as part, xlsxwriter.Workbook(part, options) as book:
        formats = _formats(book)
        taken = {SUMMARY_SHEET}
        summary = book.add_worksheet(SUMMARY_SHEET)
        _summary(summary, landed, gathered, formats=formats, rest=rest, rest_path=rest_path, only_problems=only_problems)
        for original in original_amended(original_read(landed, limits=limits), amended):
            sheet = book.add_worksheet(sheet_name(original.sheet.name, taken=taken))
            _Marking(sheet, original, gathered.by_row, formats, only_problems=only_problems).write()
    return MarkedWorkbook(
        path=out,
        marked=gathered.marked,
        rest=rest,
        rest_path=rest_path if rest else None,
        only_problem_rows=only_problems,
    )


def _gather(findings: Iterable[Finding], gathered: _Gathered) -> Iterator[Finding]:
    """Put findings where they belong until the cap; yield those beyond it, counted all the same."""
    for finding in findings:
        gathered.by_rule[finding.rule] += 1
        gathered.by_severity[finding.severity] += 1
        gathered.samples.setdefault(finding.rule, finding)
        if not finding.row:
            gathered.of_file.append(finding)
        elif gathered.marked < MARKED_FINDINGS:
            gathered.marked += 1
            gathered.by_row.setdefault((finding.sheet, finding.row), []).append(finding)
        else:
            yield finding


def _chained(first: Finding, rest: Iterator[Finding]) -> Iterator[Finding]:
    yield first
    yield from rest


def _formats(book: Any) -> dict[str, Any]:
    box = {"border": 5, "num_format": "@", "text_wrap": False}
    return {
        "bold": book.add_format({"bold": True}),
        "title": book.add_format({"bold": True, "font_size": 14}),
        "head": book.add_format({"bold": True, "border": 1, "bg_color": "#E7EEF7", "text_wrap": True, "valign": "top"}),
        "text": book.add_format({"num_format": "@"}),
        "wrap": book.add_format({"text_wrap": True, "valign": "top", "border": 1}),
        FindingSeverity.REFUSE: book.add_format(box | {"bg_color": "#F8CBAD", "border_color": "#9C0006"}),
        FindingSeverity.EXPLAIN: book.add_format(box | {"bg_color": "#FFE699", "border_color": "#7F6000"}),
        FindingSeverity.NOTE: book.add_format(box | {"bg_color": "#DDEBF7", "border_color": "#1F4E79"}),
    }


def _summary(
    sheet: Any,
    landed: Landed,
    gathered: _Gathered,
    *,
    formats: Mapping[Any, Any],
    rest: int,
    rest_path: Path,
    only_problems: bool,
) -> None:
    counted = "，".join(f"{s.label} {gathered.by_severity[s]:,} 处" for s in FindingSeverity if gathered.by_severity[s])
    lines = [
        f"问题汇总：共 {landed.row_count:,} 行；{counted or '没有发现问题'}。",
        "“必须改正”的行不改不能提交；“需要说明”的行写明原因即可；“提示”不影响提交。",
        "后面是原表，行号与原表相同，首列是处理结果；有问题的格加了粗框，指向它可以看到原因和改法。",
        "在后面的表里改好，整份再传即可：已经入库的行会判为重复，不会记两次。首列和本页不用删。",
    ]
    if only_problems:
        lines[2] = "原表太大，后面只列出有问题的行（首列是处理结果，第二列是原表的行号），粗框格的批注写有原因和改法。"
        lines[3] = "可以只改这些行，改好后单独再传；也可以在原表中改好，整份再传。"
    if rest:
        lines.append(f"表中只标出前 {gathered.marked:,} 处，其余 {rest:,} 处见文件“{rest_path.name}”。")
    lines += demo_lines()
    sheet.set_column(0, 0, 10)
    for column, column_width in ((1, 48), (2, 10), (3, 10), (4, 48), (5, 36), (6, 24)):
        sheet.set_column(column, column, column_width)
    for number, line in enumerate(lines):
        sheet.write_string(number, 0, line, formats["title"] if number == 0 else None)
    top = len(lines) + 1
    for column, heading in enumerate(("规则", "问题（举一处为例）", "处理要求", "处数", "怎么改", "依据", "例子在")):
        sheet.write_string(top, column, heading, formats["head"])
    rules = sorted(gathered.by_rule, key=lambda rule: (_ORDER[gathered.samples[rule].severity], rule))
    for number, rule in enumerate(rules, start=top + 1):
        sample = gathered.samples[rule]
        place = f"{sample.sheet} 第 {sample.row} 行 {sample.column}" if sample.row else "整份文件"
        cells = (rule, sample.message, sample.severity.label, f"{gathered.by_rule[rule]:,}", sample.fix, sample.ground, place)
        for column, cell in enumerate(cells):
            sheet.write_string(number, column, neutralise(cell), formats["wrap"])
    top += len(rules) + 2
    if gathered.of_file:
        sheet.write_string(top, 0, "与整份文件或整列有关的：", formats["bold"])
    for number, finding in enumerate(gathered.of_file[:1_000], start=top + 1):
        told = finding_cells(finding)
        sheet.write_string(number, 0, told[4])
        sheet.write_string(number, 1, told[6], formats["wrap"])
        sheet.write_string(number, 2, told[5])
        sheet.write_string(number, 4, told[8], formats["wrap"])


class _Marking:
    """One sheet being written: rows in order, as constant memory wants it."""

    def __init__(
        self,
        sheet: Any,
        original: OriginalSheet,
        by_row: Mapping[tuple[str, int], Sequence[Finding]],
        formats: Mapping[Any, Any],
        *,
        only_problems: bool,
    ) -> None:
        self.sheet, self.original, self.by_row, self.formats = sheet, original, by_row, formats
        self.only_problems = only_problems
        self.read, self.whole = 0, max(original.sheet.row_count, 1)
        self.own = OWN_LABELS if only_problems else OWN_LABELS[:1]
        self.places = _places(original.sheet, indent=len(self.own))

    def write(self) -> None:
        """Write title rows, header and data; box and explain the problem cells."""
        landed = self.original.sheet
        wanted = [row for name, row in self.by_row if name == landed.name]
        self.sheet.set_column(0, 0, 24)
        self.sheet.set_column(1, len(landed.labels) + len(self.own), 16, self.formats["text"])
        self.sheet.freeze_panes(landed.first_data_row - 1, 1)
        number = 0
        for frame in self.original.frames:
            rows = frame
            if self.only_problems:
                rows = frame.filter((pl.col(ROW) < landed.first_data_row) | pl.col(ROW).is_in(wanted))
            self._write_rows(rows, first=number)
            number += rows.height
            self.read += frame.height
            progress_tell("mark", min(self.read, self.whole), self.whole)

    def _write_rows(self, rows: pl.DataFrame, *, first: int) -> None:
        landed = self.original.sheet
        text = self.formats["text"]
        for number, (row, *cells) in enumerate(rows.iter_rows(), start=first):
            at = number if self.only_problems else row - 1
            if row < landed.first_data_row:
                self._write_own(at, [*self.own] if row == landed.header_row else [], self.formats["head"])
                head = self.formats["head"] if row >= landed.header_row else text
                self._write_cells(at, cells, dict.fromkeys(range(len(cells)), head))
                continue
            found = self.by_row.get((landed.name, row), ())
            if not any(cells) and not found:
                continue
            own = [self._result(row, found), str(row)] if self.only_problems else [self._result(row, found)]
            worst = min((finding.severity for finding in found), key=_ORDER.__getitem__, default=None)
            self._write_own(at, own, self.formats[worst] if worst else text)
            self._write_cells(at, cells, self._comments(at, found))

    def _write_own(self, at: int, cells: Sequence[str], style: Any) -> None:
        for column, cell in enumerate(cells):
            self.sheet.write_string(at, column, cell, style)

    def _write_cells(self, at: int, cells: Sequence[str], styles: Mapping[int, Any]) -> None:
        indent = len(self.own)
        text = self.formats["text"]
        for index, cell in enumerate(cells):
            if cell:
                self.sheet.write_string(at, index + indent, neutralise(cell), styles.get(index, text))
            elif index in styles:
                self.sheet.write_blank(at, index + indent, None, styles[index])

    def _result(self, row: int, found: Sequence[Finding]) -> str:
        if row in self.original.persons:
            return "自然人，不接收（内容已删除）"
        counts = Counter(finding.severity for finding in found)
        if not counts:
            return "可以提交"
        return "，".join(f"{severity.label} {counts[severity]} 处" for severity in FindingSeverity if counts[severity])

    def _comments(self, at: int, found: Sequence[Finding]) -> dict[int, Any]:
        """Write one comment for each problem cell; return the boxes by column of the original."""
        by_column: dict[int, list[Finding]] = {}
        for finding in found:
            by_column.setdefault(self._place(finding), []).append(finding)
        styles: dict[int, Any] = {}
        indent = len(self.own)
        for column, those in by_column.items():
            text = "\n".join(_comment(finding) for finding in those)[:_COMMENT]
            self.sheet.write_comment(at, column, text, {"x_scale": 2.5, "y_scale": min(4.0, 0.8 + 0.9 * len(those))})
            if column >= indent:
                styles[column - indent] = self.formats[min((f.severity for f in those), key=_ORDER.__getitem__)]
        return styles

    def _place(self, finding: Finding) -> int:
        """Return the column of the finding in the workbook; the result column where it is about the whole row."""
        return self.places.get(finding.field, self.places.get(finding.column, 0)) if finding.field or finding.column else 0


def _places(sheet: LandedSheet, *, indent: int) -> dict[str, int]:
    """Return where columns stand in the workbook, by label and by catalogue key (the key wins)."""
    places = {label: index + indent for index, label in reversed(list(enumerate(sheet.labels))) if label}
    return places | {key: index + indent for index, key in enumerate(sheet.keys) if key}


def _comment(finding: Finding) -> str:
    parts = [f"〔{finding.severity.label}·{finding.rule}〕{finding.message}"]
    if finding.expected:
        parts.append(f"应当是：{finding.expected}")
    if finding.fix:
        parts.append(f"怎么改：{finding.fix}")
    return "\n".join(parts)
