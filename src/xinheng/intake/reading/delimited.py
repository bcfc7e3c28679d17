"""Read CSV, tab and semicolon separated text; the fast reader where it is sure, the careful one where it is not."""

import codecs
import csv
import io
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import polars as pl
from polars.exceptions import PolarsError

from xinheng.intake.domain import Limits
from xinheng.intake.errors import BrokenEncoding, BrokenRows, NotAReadableFile, TooManyColumns, TooManyRows
from xinheng.intake.reading.quoting import quoting_is_regular
from xinheng.intake.reading.spreadsheet import cells_bounded
from xinheng.intake.reading.tables import ROW, RawSheet, source_column

SHEET = "CSV"
"""The one sheet of a text file, as findings name it."""

DELIMITERS = (",", "\t", ";", "|")
SPARE = 8
"""Columns read beyond the header's, so that a row with too many separators is seen and not cut off."""

_SAMPLE = 1 << 19
_BATCH = 50_000
_CHUNK = 1 << 18


@dataclass(frozen=True, slots=True)
class DelimitedText:
    """A text file that was opened: its UTF-8 source (the file itself, or recoded bytes) and its first characters."""

    path: Path
    source: Path | bytes
    sample: str
    is_whole: bool


def text_open(path: Path, *, encoding: str) -> DelimitedText:
    """Return the file as UTF-8; it is recoded in memory, for a copy on disk would hold what we may not keep.

    Raises:
        BrokenEncoding: NUL characters within UTF-16.
    """
    with path.open("rb") as file:
        start = file.read(_SAMPLE)
    source: Path | bytes = path
    if encoding in ("gb18030", "utf-16"):
        source = _recoded(path, encoding)
        if b"\0" in source:
            raise BrokenEncoding(file=path.name, line=source[: source.find(b"\0")].count(b"\n") + 1)
        start = source[:_SAMPLE]
    if b"\r" in start and b"\n" not in start:
        # Files of old Macs end their lines with CR alone.
        source = (source if isinstance(source, bytes) else path.read_bytes()).replace(b"\r", b"\n")
        start = source[:_SAMPLE]
    sample = start.removeprefix(codecs.BOM_UTF8).decode("utf-8", errors="ignore")
    return DelimitedText(path=path, source=source, sample=sample, is_whole=len(start) < _SAMPLE)


def _recoded(path: Path, encoding: str) -> bytes:
    decoder = codecs.getincrementaldecoder(encoding)("strict")
    out = io.BytesIO()
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            out.write(decoder.decode(chunk).encode("utf-8"))
        out.write(decoder.decode(b"", final=True).encode("utf-8"))
    return out.getvalue()


def head_rows(text: DelimitedText, *, delimiter: str, rows: int) -> list[list[str]]:
    """Return the first records, split by ``delimiter``; the last line of a cut sample is left out."""
    sample = text.sample if text.is_whole else text.sample.rpartition("\n")[0]
    reader = csv.reader(io.StringIO(sample, newline=""), delimiter=delimiter)
    found: list[list[str]] = []
    try:
        found.extend(islice(reader, rows))
    except csv.Error:
        # A field beyond the reader's own limit: whatever came before is the head.
        return found
    return found


def sheet_make(text: DelimitedText, *, delimiter: str, head: Sequence[Sequence[str]], limits: Limits) -> RawSheet:
    """Return the file as one sheet; a record is a row, numbered as a spreadsheet program would show it.

    Raises (when its frame is asked for):
        BrokenRows: quotation marks do not pair. TooManyRows, TooManyColumns, CellTooLarge: over the limits.
    """
    width = max((len(row) for row in head), default=0)
    if width > limits.columns:
        raise TooManyColumns(sheet=text.path.name, columns=f"{width:,}", limit=f"{limits.columns:,}")

    def frame(width: int, first_row: int) -> pl.DataFrame:
        table = _fast(text, delimiter=delimiter, width=width)
        if table is None:
            table = _careful(text, delimiter=delimiter, width=width)
        if table.height > limits.rows:
            raise TooManyRows(file=text.path.name, limit=f"{limits.rows:,} 行")
        table = table.slice(first_row - 1)
        cells_bounded(table, sheet=text.path.name, limits=limits)
        return table

    return RawSheet(name=SHEET, head=head, frame=frame, row_count=len(head))


def _fast(text: DelimitedText, *, delimiter: str, width: int) -> pl.DataFrame | None:
    """Return the table read by Polars, or None where its strict reader finds a quotation mark out of place."""
    if not quoting_is_regular(text.source, delimiter=delimiter):
        return None
    names = [source_column(index) for index in range(width)]
    try:
        table = pl.scan_csv(
            text.source,
            has_header=False,
            separator=delimiter,
            schema=dict.fromkeys(names, pl.String),
            truncate_ragged_lines=True,
            # Null would have to be made an empty text of, in a second copy.
            empty_string_is_null=False,
            missing_columns="insert",
            extra_columns="ignore",
            row_index_name=ROW,
            row_index_offset=1,
            glob=False,
        ).collect(engine="streaming")
    except PolarsError:
        return None
    return table.with_columns(pl.col(ROW).cast(pl.Int64))


def _characters(text: DelimitedText) -> io.TextIOBase:
    if isinstance(text.source, bytes):
        return io.TextIOWrapper(io.BytesIO(text.source), encoding="utf-8-sig", newline="")
    return text.source.open(encoding="utf-8-sig", newline="")


def _careful(text: DelimitedText, *, delimiter: str, width: int) -> pl.DataFrame:
    """Return the table read record by record: quotation marks inside a plain field are text, as spreadsheets take them.

    Raises:
        BrokenRows: a quoted field never ends, or goes on after its closing mark.
    """
    names = [source_column(index) for index in range(width)]
    frames, number, start = [], 0, 1
    try:
        with _characters(text) as characters:
            reader = csv.reader(characters, delimiter=delimiter, strict=True)
            for batch in _batches(reader):
                padded = [row if len(row) == width else [*row[:width], *[""] * (width - len(row))] for row in batch]
                data = dict(zip(names, zip(*padded, strict=True), strict=True))
                frame = pl.DataFrame({name: pl.Series(values, dtype=pl.String) for name, values in data.items()})
                rows = pl.Series(ROW, range(number + 1, number + len(batch) + 1), dtype=pl.Int64)
                frames.append(frame.insert_column(0, rows))
                number, start = number + len(batch), reader.line_num + 1
    except csv.Error as error:
        raise BrokenRows(file=text.path.name, line=_broken_line(text, delimiter, from_line=start)) from error
    if not frames:
        raise NotAReadableFile(file=text.path.name, reason="没有一行可以读取")
    return pl.concat(frames, rechunk=True)


def _batches(reader: Iterator[list[str]]) -> Iterator[list[list[str]]]:
    while batch := list(islice(reader, _BATCH)):
        yield batch


def _broken_line(text: DelimitedText, delimiter: str, *, from_line: int) -> int:
    """Return the line where the record begins that cannot be read."""
    with _characters(text) as characters:
        reader = csv.reader(islice(characters, from_line - 1, None), delimiter=delimiter, strict=True)
        line = from_line
        try:
            for _ in reader:
                line = from_line + reader.line_num
        except csv.Error:
            pass
    return line


def delimiter_choose(text: DelimitedText, *, rows: int, score: Callable[[list[list[str]]], int]) -> str:
    """Return the separator under which the first rows make the best header; the comma where none makes one."""
    return max(DELIMITERS, key=lambda delimiter: score(head_rows(text, delimiter=delimiter, rows=rows)))
