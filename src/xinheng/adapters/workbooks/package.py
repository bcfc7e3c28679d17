"""Look through a workbook's package before any library opens it: bombs, entities, formulas, how far its cells reach.

The spreadsheet reader is fast because it believes the file: it makes room for every cell from the first to the last,
and copies a shared text into each cell that names it. So both are measured here first, in one streamed pass: ``openings``
says where cells and shared texts begin, and only what may be there and is seldom there is searched for as well.
"""

import re
import struct
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice, pairwise
from pathlib import Path

import numpy as np

from xinheng.adapters.workbooks.faults import (
    WorkbookBroken,
    WorkbookEncrypted,
    WorkbookTooManyCells,
    WorkbookTooWide,
    WorkbookUnpacksTooLarge,
)
from xinheng.adapters.workbooks.limits import WorkbookLimits
from xinheng.adapters.workbooks.openings import Places, farthest, openings_find

_CHUNK = 1 << 20
_SMALL = 1 << 20
_HOLD = 1 << 24
# Two patterns each, with and without a name space prefix: a literal beginning makes the search ten times faster.
_PREFIXED_CELL = re.compile(rb"<\w+:c(?=[\s/>])")
_CELL = (re.compile(rb"<c(?=[\s/>])"), _PREFIXED_CELL)
_REFERENCE = re.compile(rb"<(?:\w+:)?c\s(?:[^>]*?\s)?r\s*=\s*[\"']([A-Za-z]{1,8}[0-9]{1,12})[\"']")
_PLACE = re.compile(rb"\sr\s*=\s*[\"']([A-Za-z]{1,8}[0-9]{1,12})[\"']")
_ROW = re.compile(rb"<(?:\w+:)?row(?=[\s/>])")
_FORMULA = (re.compile(rb"<f(?=[\s/>])"), re.compile(rb"<\w+:f(?=[\s/>])"))
_FORMULA_CELL = re.compile(rb"<(?:\w+:)?c\s(?:[^>]*?\s)?r\s*=\s*[\"']([A-Z]+[0-9]+)[\"'][^>]*>\s*<(?:\w+:)?f(?=[\s/>])")
_ERROR = re.compile(rb"\bt\s*=\s*[\"']e[\"']")
_PREFIXED_STRING = re.compile(rb"<\w+:si(?=[\s/>])")
_SHARED = re.compile(rb"\st\s*=\s*[\"']s[\"'][^>]*>\s*<(?:\w+:)?v>\s*([0-9]{1,9})\s*<")
_BOUNDARY = re.compile(rb"<(?:\w+:)?(?:row|si|c)(?=[\s/>])")
_DATE_1904 = re.compile(rb"date1904\s*=\s*[\"'](?:1|true|on)[\"']", re.IGNORECASE)
_DECLARATION = re.compile(rb"<!(?:DOCTYPE|ENTITY)", re.IGNORECASE)
_NEAR = 1 << 16
_LETTERS = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
_DIGITS = b"0123456789"


@dataclass(slots=True)
class PackageFacts:
    """What the pass over the package counted; ``formula_cells`` names the first few."""

    formulas: int = 0
    errors: int = 0
    formula_cells: list[str] = field(default_factory=list)
    is_1904: bool = False


@dataclass(slots=True)
class _Scan:
    """Counts over the parts: how far the current one reaches, all cells, the length of every shared string."""

    columns: int = 0
    rows: int = 0
    cells: int = 0
    dense: int = 0
    string_bytes: list[Places] = field(default_factory=list)


def package_inspect(path: Path, *, limits: WorkbookLimits) -> PackageFacts:
    """Return what the XLSX at ``path`` holds, after proving that it can be opened.

    Raises:
        WorkbookFault: one of its subclasses says why it should not be opened.
    """
    try:
        with zipfile.ZipFile(path) as package:
            entries = package.infolist()
            _directory_check(entries, limits=limits)
            return _parts_check(path, entries, limits=limits)
    except (zipfile.BadZipFile, zlib.error, struct.error, UnicodeError, NotImplementedError) as error:
        raise WorkbookBroken("压缩结构损坏，文件可能没有传完整") from error


def _directory_check(entries: list[zipfile.ZipInfo], *, limits: WorkbookLimits) -> None:
    """Compare what the package's directory says with the file's size and the limits."""
    names = {entry.filename for entry in entries}
    if any(entry.flag_bits & 0x1 for entry in entries):
        raise WorkbookEncrypted
    if reason := _other_kind(names):
        raise WorkbookBroken(reason)
    if len(entries) > limits.package_entries or len(names) != len(entries):
        raise WorkbookUnpacksTooLarge
    if sum(entry.file_size for entry in entries) > limits.unpacked_bytes:
        raise WorkbookUnpacksTooLarge
    if any(entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED) for entry in entries):
        raise WorkbookBroken("压缩方式不是 Excel 使用的方式")
    for entry in entries:
        if entry.file_size > _SMALL and entry.file_size > entry.compress_size * limits.package_ratio:
            raise WorkbookUnpacksTooLarge
    # Parts that lie over one another are the trick that makes a small file unpack to petabytes.
    places = sorted((entry.header_offset, entry.header_offset + 30 + entry.compress_size) for entry in entries)
    if any(end > start for (_, end), (start, _) in pairwise(places)):
        raise WorkbookUnpacksTooLarge


def _other_kind(names: set[str]) -> str | None:
    """Return what the package is instead of an XLSX workbook, or None."""
    if "xl/workbook.bin" in names:
        return "这是 XLSB 二进制工作簿"
    if "mimetype" in names and "content.xml" in names:
        return "这是 ODS 表格"
    if "[Content_Types].xml" not in names or not any(name.lower().endswith("workbook.xml") for name in names):
        return "这是压缩包，不是 XLSX 工作簿"
    return None


def _inflated(path: Path, entry: zipfile.ZipInfo, *, limit: int) -> Iterator[bytes]:
    """Yield the unpacked bytes of one part, and refuse it if they are not exactly as many as the directory says.

    ``zipfile`` stops at the declared size, other readers do not: a lying directory would pass one and burst the other.
    """
    total = checksum = 0
    for chunk in _unpacked(path, entry):
        total += len(chunk)
        checksum = zlib.crc32(chunk, checksum)
        if total > min(limit, entry.file_size):
            raise WorkbookUnpacksTooLarge
        yield chunk
    if total != entry.file_size:
        raise WorkbookUnpacksTooLarge
    if checksum != entry.CRC:
        raise zipfile.BadZipFile


def _unpacked(path: Path, entry: zipfile.ZipInfo) -> Iterator[bytes]:
    """Yield what really lies in one part, never more than one chunk at a time."""
    inflater = zlib.decompressobj(-15) if entry.compress_type == zipfile.ZIP_DEFLATED else None
    for data in _packed(path, entry):
        if inflater is None:
            yield data
            continue
        rest = data
        while rest and not inflater.eof:
            yield inflater.decompress(rest, _CHUNK)
            rest = inflater.unconsumed_tail
    while inflater is not None and not inflater.eof:
        chunk = inflater.decompress(inflater.unconsumed_tail, _CHUNK)
        if not chunk:
            raise zipfile.BadZipFile
        yield chunk


def _packed(path: Path, entry: zipfile.ZipInfo) -> Iterator[bytes]:
    """Yield the bytes of one part as they lie in the file."""
    if entry.header_offset < 0:
        raise zipfile.BadZipFile
    with path.open("rb") as file:
        file.seek(entry.header_offset)
        signature, name_length, extra_length = struct.unpack("<4s22xHH", file.read(30))
        if signature != b"PK\x03\x04":
            raise zipfile.BadZipFile
        file.seek(name_length + extra_length, 1)
        left = entry.compress_size
        while left > 0:
            data = file.read(min(_CHUNK, left))
            if not data:
                raise zipfile.BadZipFile
            left -= len(data)
            yield data


def _texts(path: Path, entries: list[zipfile.ZipInfo], *, limits: WorkbookLimits) -> Iterator[Iterator[bytes]]:
    """Yield the pieces of every part that is XML; the others are unpacked and measured all the same."""
    for entry in entries:
        chunks = _inflated(path, entry, limit=limits.unpacked_bytes)
        first = next(chunks, b"")
        if first.startswith((b"\xff\xfe", b"\xfe\xff")):
            raise WorkbookBroken("内部编码不是 UTF-8")
        if first.removeprefix(b"\xef\xbb\xbf").lstrip().startswith(b"<"):
            yield _pieces(first, chunks)
        else:
            for _ in chunks:
                pass


def _parts_check(path: Path, entries: list[zipfile.ZipInfo], *, limits: WorkbookLimits) -> PackageFacts:
    facts, scan = PackageFacts(), _Scan()
    for pieces in _texts(path, entries, limits=limits):
        scan.columns = scan.rows = 0
        for piece in pieces:
            _piece_check(piece, facts=facts, scan=scan, limits=limits)
        scan.dense += scan.rows * scan.columns
        if scan.dense > limits.cells:
            raise WorkbookTooManyCells(f"{limits.cells:,} 个单元格")
    # Only a package with long shared texts can burst when each cell gets its copy; only then the copies are counted.
    lengths = np.concatenate([*scan.string_bytes, np.zeros(1, dtype=np.int64)])
    if scan.cells * int(lengths.max()) > limits.text_bytes:
        expanded = 0
        for pieces in _texts(path, entries, limits=limits):
            for piece in pieces:
                uses = np.array(_SHARED.findall(piece), dtype="S9").astype(np.int64)
                expanded += int(lengths[np.minimum(uses, len(lengths) - 1)].sum())
        if expanded > limits.text_bytes:
            raise WorkbookUnpacksTooLarge
    return facts


def _pieces(first: bytes, chunks: Iterator[bytes]) -> Iterator[bytes]:
    """Yield one part's text in pieces that never cut a row, a cell or a shared string in two."""
    waiting, length = [first], len(first)
    for chunk in chunks:
        waiting.append(chunk)
        length += len(chunk)
        if length < _HOLD:
            continue
        held = b"".join(waiting)
        # The last boundary, which nearly always stands near the end.
        cut = _last_boundary(held, len(held) - _NEAR) or _last_boundary(held, len(held) // 2)
        if cut:
            yield held[:cut]
            held = held[cut:]
        elif len(held) > _HOLD * 4:
            # No spreadsheet program writes a cell of 64 MB.
            raise zipfile.BadZipFile
        waiting, length = [held], len(held)
    yield b"".join(waiting)


def _last_boundary(held: bytes, start: int) -> int:
    """Return where the last row, cell or shared string from ``start`` on begins, 0 where there is none."""
    return max((match.start() for match in _BOUNDARY.finditer(held, max(start, len(held) // 2))), default=0)


def _piece_check(piece: bytes, *, facts: PackageFacts, scan: _Scan, limits: WorkbookLimits) -> None:
    found = openings_find(piece)
    if b"\0" in piece or (found.has_declarations and _DECLARATION.search(piece)):
        raise WorkbookBroken("文件里有 Excel 不会写的实体声明或空字节")
    if b"workbookPr" in piece and _DATE_1904.search(piece):
        facts.is_1904 = True
    if found.has_formulas or found.is_prefixed:
        _formulas(piece, facts=facts)
    scan.string_bytes.append(np.diff(found.strings, append=len(piece)))
    cells = len(found.cells)
    if found.is_prefixed:
        places: Places = np.array([match.start() for match in _PREFIXED_STRING.finditer(piece)], dtype=np.int64)
        scan.string_bytes.append(np.diff(places, append=len(piece)))
        cells += len(_PREFIXED_CELL.findall(piece))
    if cells:
        facts.errors += len(_ERROR.findall(piece)) if found.has_errors else 0
        scan.cells += cells
        _reach(piece, None if found.is_prefixed else farthest(piece, found.cells), cells, scan=scan, limits=limits)


def _formulas(piece: bytes, *, facts: PackageFacts) -> None:
    """Count the formulas of ``piece``, and keep where the first few of the workbook are."""
    formulas = _count(_FORMULA, piece)
    facts.formulas += formulas
    if formulas and len(facts.formula_cells) < 3:
        found = (match.group(1).decode("ascii") for match in _FORMULA_CELL.finditer(piece))
        facts.formula_cells += islice(found, 3 - len(facts.formula_cells))


def _count(patterns: tuple[re.Pattern[bytes], ...], piece: bytes) -> int:
    return sum(len(pattern.findall(piece)) for pattern in patterns)


def _reach(piece: bytes, reached: tuple[int, int] | None, cells: int, *, scan: _Scan, limits: WorkbookLimits) -> None:
    """Keep how far the sheet reaches with ``piece``: as far as ``reached`` says, or as a closer search finds."""
    columns, rows = reached or _reach_searched(piece, cells, rows_before=scan.rows)
    scan.columns, scan.rows = max(scan.columns, columns), max(scan.rows, rows)
    if scan.columns > limits.columns:
        raise WorkbookTooWide(scan.columns)
    if scan.rows > 1_048_576:
        raise WorkbookTooManyCells("1,048,576 行")


def _reach_searched(piece: bytes, cells: int, *, rows_before: int) -> tuple[int, int]:
    """Return the last column and row of cells that are written in any way that a reader understands."""
    references = _REFERENCE.findall(piece)
    # A cell may be written so that it is unclear which of two places is its own; the farther one counts.
    # Taken apart all together: a reference at a time costs more than reading the workbook.
    together = b" ".join([*references, *_PLACE.findall(piece)])
    columns = max(map(_column, set(together.translate(None, _DIGITS).upper().split())), default=0)
    rows = max(map(int, set(together.translate(None, _LETTERS).split())), default=0)
    if len(references) < cells:
        # Cells may leave their place out; then they stand one after another.
        parts = _ROW.split(piece)
        columns = max(columns, *(_count(_CELL, part) for part in parts))
        rows = max(rows, rows_before + len(parts) - 1)
    return columns, rows


def _column(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - ord("A") + 1
    return number
