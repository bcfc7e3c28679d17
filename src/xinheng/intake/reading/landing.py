"""Land a file: read it, recognise it, clean and mask it, and write one Parquet table."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import chain
from pathlib import Path

import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq

from xinheng.adapters.ahead import made_ahead
from xinheng.adapters.progress import progress_tell
from xinheng.adapters.workbooks import binary_inspect, package_inspect
from xinheng.catalogue.domain import Catalogue, Item
from xinheng.intake.domain import FileKind, Finding, Landed, LandedSheet, Limits, column_letter
from xinheng.intake.errors import (
    CellTooLarge,
    EmptyFile,
    HeaderNotFound,
    OldTemplate,
    TwoTemplatesInOneFile,
    UnknownTemplateVersion,
    WrongTemplate,
)
from xinheng.intake.reading import notes
from xinheng.intake.reading.delimited import delimiter_choose, head_rows, sheet_make, text_open
from xinheng.intake.reading.identify import FileFacts, file_identify
from xinheng.intake.reading.labels import HeaderMatch, header_choose
from xinheng.intake.reading.sheet import SUMMARY_SHEET, SheetReader, person_words, table_columns
from xinheng.intake.reading.spreadsheet import Workbook, faults_told
from xinheng.intake.reading.tables import LANDED_COMPRESSION, ROW, RawSheet, ReadAgain
from xinheng.kernel.shown import shown

_ROW_GROUP = 16_384
"""In so few rows every column has a dictionary, and DuckDB evaluates an expression once for each different text; and a
small file has several groups, so that each processor has some."""
_KINDS = {ROW: pa.int64(), "_person": pa.bool_()}
_VERSION = re.compile(r"模板版本\s*(?:[:：]\s*)?([0-9]{4}(?:\.[0-9]{1,2}){0,2})")
_TEMPLATE_ID = re.compile(r"模板编号\s*(?:[:：]\s*)?([a-z][a-z0-9_]*)")
_SUFFIXES = {FileKind.XLSX: (".xlsx", ".xlsm"), FileKind.XLS: (".xls", ".et"), FileKind.CSV: (".csv", ".txt", ".tsv")}


@dataclass(slots=True)
class _Source:
    """An opened file: its sheets in order, and what was found on the way."""

    sheets: Iterable[RawSheet]
    delimiter: str | None = None
    formulas: int = 0
    is_1904: bool = False
    findings: list[Finding] = field(default_factory=list)


def land(
    path: Path,
    *,
    out: Path,
    catalogue: Catalogue,
    item_id: str | None,
    known_codes: frozenset[str] = frozenset(),
    limits: Limits | None = None,
) -> Landed:
    """Read the file at ``path`` into a cleaned, masked Parquet table at ``out`` (落地).

    The table has ``_sheet``, ``_row`` (from 1, as the spreadsheet program shows it), one text column per field of the
    item (``""`` where absent or blank), ``_pii`` (``"CF_SY:resident_id;..."``), ``_unknown`` (JSON of unknown columns)
    and ``_person`` (the row was about a natural person and is blanked). No personal number is in it. ``item_id`` None
    means: whichever item's header fits. Nothing is written if the file is refused; ``out`` appears whole or not at all.

    Args:
        path: XLSX, XLS or text; the content decides, not the name.
        out: where the Parquet table goes; its folder must exist.
        catalogue: the law as data.
        item_id: the announced item, or None.
        known_codes: registered codes that look like a person's number; exempt in code columns only.
        limits: how much is read; the defaults of ``Limits`` if None.

    Raises:
        FileRefused: one of its subclasses in ``intake.errors`` says why the whole file is refused.
    """
    limits = limits or Limits()
    facts = file_identify(path, limits=limits)
    source = _open(path, facts, catalogue=catalogue, item_id=item_id, limits=limits)
    chosen: list[tuple[RawSheet, HeaderMatch]] = []
    skipped: list[RawSheet] = []
    for sheet in source.sheets:
        _head_bounded(sheet, limits=limits)
        match = _recognised(path, sheet, catalogue=catalogue, item_id=item_id)
        if match is None:
            skipped.append(sheet)
            continue
        if chosen and chosen[0][1].item.id != match.item.id:
            raise TwoTemplatesInOneFile(
                file=path.name,
                first_sheet=chosen[0][0].name,
                first=chosen[0][1].item.title,
                second_sheet=sheet.name,
                second=match.item.title,
            )
        chosen.append((sheet, match))
    if not chosen:
        raise HeaderNotFound(file=path.name, rows=limits.header_rows, example=_example(catalogue, item_id))
    item = chosen[0][1].item
    version = _version_check(path, item, [*(sheet for sheet, _ in chosen), *skipped])
    readers = [
        SheetReader(
            path=path,
            kind=facts.kind,
            sheet=sheet,
            match=match,
            known_codes=known_codes,
            person_words=person_words(item=item, catalogue=catalogue),
            is_1904=source.is_1904,
            limits=limits,
        )
        for sheet, match in chosen
    ]
    row_count, persons = _written(readers, out, file=path.name)
    source.findings += [finding for reader in readers for finding in reader.findings()]
    source.findings += _skipped_notes(skipped, item)
    if not path.name.lower().endswith(_SUFFIXES[facts.kind]):
        source.findings.append(notes.suffix_differs(name=shown(path.name), kind=facts.kind.value))
    if persons:
        source.findings.append(notes.person_rows(count=persons))
    landed_sheets = [reader.landed() for reader in readers]
    labels, letters = _columns(landed_sheets)
    return Landed(
        item_id=item.id,
        source=path,
        kind=facts.kind,
        parquet=out,
        row_count=row_count,
        sheets=tuple(landed_sheets),
        columns=labels,
        column_letters=letters,
        unknown_columns=tuple(dict.fromkeys(f.column for f in source.findings if f.rule == "F01")),
        dropped_columns=tuple(dict.fromkeys(f.column for f in source.findings if f.rule == "F03")),
        file_sha256=facts.sha256,
        file_bytes=facts.size,
        encoding=facts.encoding,
        delimiter=source.delimiter,
        template_version=version,
        formulas=source.formulas,
        person_rows=persons,
        findings=tuple(source.findings),
    )


def _head_bounded(sheet: RawSheet, *, limits: Limits) -> None:
    """Refuse a sheet whose first rows hold a cell longer than any spreadsheet cell, before its header is looked for.

    Raises:
        CellTooLarge: names the row.
    """
    for number, row in enumerate(sheet.head, start=1):
        if any(len(cell) > limits.cell_characters for cell in row):
            raise CellTooLarge(sheet=sheet.name, row=number, limit=f"{limits.cell_characters:,}")


def _example(catalogue: Catalogue, item_id: str | None) -> str:
    """Return a national code of the announced item (of any, where none was) for the words about a missing header."""
    items = sorted(catalogue.items, key=lambda item: (item.id != item_id, item.id != "administrative_penalty"))
    number = items[0].field_by_role("document_no")
    return number.key if number is not None else items[0].fields[0].key


def _open(path: Path, facts: FileFacts, *, catalogue: Catalogue, item_id: str | None, limits: Limits) -> _Source:
    if facts.kind is FileKind.CSV:
        text = text_open(path, encoding=facts.encoding or "utf-8")

        def score(rows: Sequence[Sequence[str]]) -> int:
            narrow = [row[: limits.columns] for row in rows]
            return max((m.hits for m in header_choose(catalogue=catalogue, item_id=item_id, rows=narrow)), default=0)

        delimiter = delimiter_choose(text, rows=limits.header_rows, score=score)
        head = head_rows(text, delimiter=delimiter, rows=limits.header_rows)
        return _Source(sheets=[sheet_make(text, delimiter=delimiter, head=head, limits=limits)], delimiter=delimiter)
    data = path.read_bytes()
    if facts.kind is FileKind.XLSX:
        with faults_told(path, limits=limits):
            package = package_inspect(path, limits=limits)
        source = _Source(sheets=(), formulas=package.formulas, is_1904=package.is_1904)
        if package.formulas:
            source.findings.append(notes.formulas(count=package.formulas, cells=package.formula_cells))
        if package.errors:
            source.findings.append(notes.formula_errors(count=package.errors))
    else:
        with faults_told(path, limits=limits):
            binary = binary_inspect(data, limits=limits)
        source = _Source(sheets=(), formulas=binary.formulas, is_1904=binary.is_1904)
        if binary.formulas:
            source.findings.append(notes.formulas(count=binary.formulas, cells=()))
    source.sheets = Workbook(path, data, limits=limits).sheets()
    return source


def _recognised(path: Path, sheet: RawSheet, *, catalogue: Catalogue, item_id: str | None) -> HeaderMatch | None:
    """Return the sheet's header, or None if it has none.

    Raises:
        WrongTemplate: the sheet is another table, or could be several. OldTemplate: a retired one.
    """
    matches = header_choose(catalogue=catalogue, item_id=item_id, rows=sheet.head)
    if not matches:
        return None
    match = matches[0]
    if len(matches) > 1:
        named = [m for m in matches if m.item.id == _named_item([sheet])]
        if len(named) != 1:
            titles = "、".join(m.item.title for m in matches)
            raise WrongTemplate(file=path.name, expected="一类信息", found=f"“{sheet.name}”可能是：{titles}，请指明信息类别")
        match = named[0]
    if match.retired is not None and match.missing:
        raise OldTemplate(file=path.name, found=match.retired, current=_template_name(match.item))
    if item_id is None and not match.is_certain:
        missing = "、".join(match.missing[:5])
        found = f"“{sheet.name}”有点像“{match.item.title}”，但缺少“{missing}”等列，请指明信息类别"
        raise WrongTemplate(file=path.name, expected="已知的模板", found=found)
    if item_id is not None and match.item.id != item_id:
        expected = next((i.title for i in catalogue.items if i.id == item_id), item_id)
        raise WrongTemplate(file=path.name, expected=expected, found=f"“{sheet.name}”看起来是“{match.item.title}”")
    return match


def _template_name(item: Item) -> str:
    return f"{item.template_title}（模板版本 {item.template_version}）"


def _said(sheets: Iterable[RawSheet], pattern: re.Pattern[str]) -> str | None:
    """Return what the first rows say after a fixed label, in the same cell or in the next one."""
    for sheet in sheets:
        for row in sheet.head:
            found = pattern.search(" ".join(cell for cell in row if cell)[:2000])
            if found:
                return found.group(1)
    return None


def _named_item(sheets: Iterable[RawSheet]) -> str | None:
    return _said(sheets, _TEMPLATE_ID)


def _version_check(path: Path, item: Item, sheets: Sequence[RawSheet]) -> str | None:
    """Return the template version that the file names, None if it names none (the national tables do not).

    Raises:
        OldTemplate: an earlier version. UnknownTemplateVersion: a later one than this catalogue has.
    """
    version = _said(sheets, _VERSION)
    if version is None or version == item.template_version:
        return version
    found = f"{item.template_title}（模板版本 {version}）"

    def order(text: str) -> list[int]:
        return [int(part) for part in text.split(".")]

    if order(version) < order(item.template_version):
        raise OldTemplate(file=path.name, found=found, current=_template_name(item))
    raise UnknownTemplateVersion(file=path.name, found=found, current=_template_name(item))


def _skipped_notes(skipped: Iterable[RawSheet], item: Item) -> list[Finding]:
    """Return a note for every sheet with content that was not read; our own template's sheets need none."""
    return [
        notes.sheet_skipped(sheet=sheet.name, rows=sheet.row_count)
        for sheet in skipped
        if sheet.row_count and sheet.name != SUMMARY_SHEET and _named_item([sheet]) != item.id
    ]


def _written(readers: Sequence[SheetReader], out: Path, *, file: str) -> tuple[int, int]:
    """Write the rows of all sheets so that ``out`` is there whole or not at all; return how many, and of how many persons.

    A portion is read, another cleaned and masked and a third written at the same time.

    Raises:
        EmptyFile: there are no rows. What the readers raise.
    """
    part = out.with_name(out.name + ".part")
    try:
        while True:
            try:
                rows, persons = _portions_write(readers, part)
                break
            except ReadAgain:
                continue
        if not rows:
            raise EmptyFile(file=file)
        part.replace(out)
    finally:
        part.unlink(missing_ok=True)
    return rows, persons


def _portions_write(readers: Sequence[SheetReader], path: Path) -> tuple[int, int]:
    rows = persons = 0
    schema = pa.schema(
        [(name, _KINDS.get(name, pa.string())) for name in table_columns(readers[0].match.item)],
    )
    cleaned = chain.from_iterable(reader.portions() for reader in readers)
    with pq.ParquetWriter(path, schema, compression=LANDED_COMPRESSION, write_statistics=False, store_schema=False) as writer:
        for table in made_ahead(_in_row_groups(cleaned)):
            writer.write_table(_arrow(table, schema), row_group_size=_ROW_GROUP)
            rows += table.height
            progress_tell("land", rows)
            persons += int(table["_person"].sum())
    return rows, persons


def _in_row_groups(tables: Iterable[pl.DataFrame]) -> Iterator[pl.DataFrame]:
    """Yield ``tables`` anew so that each but the last is whole row groups: the file does not say how it was read."""
    left: pl.DataFrame | None = None
    for table in tables:
        joined = table if left is None else pl.concat([left, table])
        whole = joined.height // _ROW_GROUP * _ROW_GROUP
        left = joined[whole:]
        if whole:
            yield joined[:whole]
    if left is not None and left.height:
        yield left


def _arrow(table: pl.DataFrame, schema: pa.Schema) -> pa.Table:
    """Return ``table`` with plain texts: Arrow's own writer makes dictionaries of them twice as fast as ours."""
    return table.to_arrow().cast(schema)


def _columns(sheets: Iterable[LandedSheet]) -> tuple[dict[str, str], dict[str, str]]:
    labels: dict[str, str] = {}
    letters: dict[str, str] = {}
    for sheet in sheets:
        for index, (label, key) in enumerate(zip(sheet.labels, sheet.keys, strict=True)):
            if key is not None:
                labels.setdefault(key, label)
                letters.setdefault(key, column_letter(index))
    return labels, letters
