"""Read CSV, tab and semicolon separated text; the fast reader where it is sure, the careful one where it is not."""

import codecs
import csv
import io
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

import polars as pl
from polars.exceptions import PolarsError

from xinheng.intake.domain import Limits
from xinheng.intake.errors import BrokenEncoding, BrokenRows, CellTooLarge, NotAReadableFile, TooManyColumns, TooManyRows
from xinheng.intake.reading.quoting import quoting_is_regular, text_portions
from xinheng.intake.reading.spreadsheet import cells_bounded
from xinheng.intake.reading.tables import ROW, RawSheet, ReadAgain, source_column

SHEET = "CSV"
"""The one sheet of a text file, as findings name it."""

DELIMITERS = (",", "\t", ";", "|")
SPARE = 8
"""Columns read beyond the header's, so that a row with too many separators is seen and not cut off."""

_SAMPLE = 1 << 19
_CHUNK = 1 << 18
_BATCH = 10_000


@dataclass(frozen=True, slots=True)
class DelimitedText:
    """A text file that was opened: how it is written, and its first characters."""

    path: Path
    encoding: str
    ends_lines_with_cr: bool
    sample: str
    is_whole: bool

    def chunks(self, size: int = _CHUNK) -> Iterator[bytes]:
        """Yield the file as UTF-8 without mark, read ``size`` bytes at a time; a copy on disk would hold what we may not keep."""
        is_start = True
        for chunk in _as_utf8(self.path, self.encoding, size=size):
            text = chunk.replace(b"\r", b"\n") if self.ends_lines_with_cr else chunk
            yield text.removeprefix(codecs.BOM_UTF8) if is_start else text
            is_start = False

    def characters(self) -> io.TextIOBase:
        """Return the file as a stream of characters, line ends as they are."""
        return io.TextIOWrapper(io.BufferedReader(_Stream(self.chunks()), _CHUNK), encoding="utf-8", newline="")


class _Stream(io.RawIOBase):
    """Chunks of bytes as a file."""

    def __init__(self, chunks: Iterator[bytes]) -> None:
        self._chunks, self._left = chunks, memoryview(b"")

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        while not self._left:
            chunk = next(self._chunks, None)
            if chunk is None:
                return 0
            self._left = memoryview(chunk)
        taken = self._left[: len(buffer)]
        buffer[: len(taken)] = taken
        self._left = self._left[len(taken) :]
        return len(taken)


def text_open(path: Path, *, encoding: str) -> DelimitedText:
    """Return how the file is written and what it begins with.

    Raises:
        BrokenEncoding: NUL characters within UTF-16.
    """
    if encoding == "utf-16":
        _without_nul(path)
    start = b""
    for chunk in _as_utf8(path, encoding, size=_SAMPLE):
        start += chunk
        if len(start) >= _SAMPLE:
            break
    start = start[:_SAMPLE]
    # Files of old Macs end their lines with CR alone.
    ends_lines_with_cr = b"\r" in start and b"\n" not in start
    if ends_lines_with_cr:
        start = start.replace(b"\r", b"\n")
    return DelimitedText(
        path=path,
        encoding=encoding,
        ends_lines_with_cr=ends_lines_with_cr,
        sample=start.removeprefix(codecs.BOM_UTF8).decode("utf-8", errors="ignore"),
        is_whole=len(start) < _SAMPLE,
    )


def _as_utf8(path: Path, encoding: str, *, size: int) -> Iterator[bytes]:
    """Yield the file's bytes, recoded where they are no UTF-8, ``size`` of its own at a time; its mark stays.

    The first chunk has at least three bytes where the file has.
    """
    size = max(size, len(codecs.BOM_UTF8))
    decoder = codecs.getincrementaldecoder(encoding)("strict") if encoding in ("gb18030", "utf-16") else None
    with path.open("rb", buffering=0) as file:
        while chunk := file.read(size):
            if text := chunk if decoder is None else decoder.decode(chunk).encode("utf-8"):
                yield text
    if decoder is not None and (rest := decoder.decode(b"", final=True).encode("utf-8")):
        yield rest


def _without_nul(path: Path) -> None:
    line = 1
    for chunk in _as_utf8(path, "utf-16", size=_CHUNK):
        if (nul := chunk.find(b"\0")) >= 0:
            raise BrokenEncoding(file=path.name, line=line + chunk.count(b"\n", 0, nul))
        line += chunk.count(b"\n")


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

    read: Callable[..., Iterator[pl.DataFrame]] = _fast

    def portions(width: int, first_row: int) -> Iterator[pl.DataFrame]:
        nonlocal read
        too_large: CellTooLarge | None = None
        rows = 0
        try:
            for whole in read(text, delimiter=delimiter, width=width, limits=limits):
                table = whole.slice(max(0, first_row - 1 - rows))
                rows += whole.height
                # What is wrong with the rows is told before how many they are, and how many before how large.
                if too_large is not None or rows > limits.rows:
                    continue
                try:
                    cells_bounded(table, sheet=text.path.name, limits=limits)
                except CellTooLarge as refusal:
                    too_large = refusal
                else:
                    yield table
        except ReadAgain:
            read = _careful
            raise
        if rows > limits.rows:
            raise TooManyRows(file=text.path.name, limit=f"{limits.rows:,} 行")
        if too_large is not None:
            raise too_large

    return RawSheet(name=SHEET, head=head, portions=portions, row_count=len(head), is_guessed=True)


def _fast(text: DelimitedText, *, delimiter: str, width: int, limits: Limits) -> Iterator[pl.DataFrame]:
    """Yield the table as Polars reads it, a portion of the text at a time.

    Raises:
        ReadAgain: a quotation mark stands where only the careful reader knows what is meant.
    """
    names = [source_column(index) for index in range(width)]
    number = 1
    for portion in text_portions(text.chunks(min(limits.portion_bytes, _CHUNK)), size=limits.portion_bytes):
        if not quoting_is_regular(portion, delimiter=delimiter):
            raise ReadAgain
        # The encoding's mark is one at the file's start only, where it is gone already; here Polars takes it away.
        first = codecs.BOM_UTF8 if portion.startswith(codecs.BOM_UTF8) else b""
        try:
            table = pl.scan_csv(
                first + portion,
                has_header=False,
                separator=delimiter,
                schema=dict.fromkeys(names, pl.String),
                truncate_ragged_lines=True,
                # Null would have to be made an empty text of, in a second copy.
                empty_string_is_null=False,
                missing_columns="insert",
                extra_columns="ignore",
                row_index_name=ROW,
                row_index_offset=number,
                glob=False,
            ).collect(engine="streaming")
        except PolarsError as error:
            raise ReadAgain from error
        number += table.height
        yield table.with_columns(pl.col(ROW).cast(pl.Int64))


def _careful(text: DelimitedText, *, delimiter: str, width: int, limits: Limits) -> Iterator[pl.DataFrame]:
    """Yield the table read record by record: quotation marks inside a plain field are text, as spreadsheets take them.

    Raises:
        BrokenRows: a quoted field never ends, or goes on after its closing mark.
        NotAReadableFile: there is nothing in it.
    """
    names = [source_column(index) for index in range(width)]
    number, start = 0, 1
    try:
        with text.characters() as characters:
            reader = csv.reader(characters, delimiter=delimiter, strict=True)
            while batch := list(islice(reader, min(_BATCH, limits.portion_rows))):
                padded = [row if len(row) == width else [*row[:width], *[""] * (width - len(row))] for row in batch]
                data = dict(zip(names, zip(*padded, strict=True), strict=True))
                frame = pl.DataFrame({name: pl.Series(values, dtype=pl.String) for name, values in data.items()})
                rows = pl.Series(ROW, range(number + 1, number + len(batch) + 1), dtype=pl.Int64)
                yield frame.insert_column(0, rows)
                number, start = number + len(batch), reader.line_num + 1
    except csv.Error as error:
        raise BrokenRows(file=text.path.name, line=_broken_line(text, delimiter, from_line=start)) from error
    if not number:
        raise NotAReadableFile(file=text.path.name, reason="没有一行可以读取")


def _broken_line(text: DelimitedText, delimiter: str, *, from_line: int) -> int:
    """Return the line where the record begins that cannot be read."""
    with text.characters() as characters:
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
