"""Look through an XLS file before any library opens it: password, formulas, how far its cells reach.

Only as much of the compound file and record formats as that takes. Source: [MS-CFB] and [MS-XLS].
"""

import struct
from dataclasses import dataclass
from pathlib import Path

from xinheng.intake.domain import Limits
from xinheng.intake.errors import EncryptedWorkbook, NotAReadableFile, TooManyColumns, TooManyRows

_END = 0xFFFFFFFA
_EOF, _FILEPASS, _FORMULA, _DATE_1904 = 0x000A, 0x002F, 0x0006, 0x0022
# Records that put content into one cell, row and column first.
_CELLS = frozenset({0x0006, 0x00D6, 0x00FD, 0x0203, 0x0204, 0x0205, 0x027E, 0x0201, 0x0002, 0x0003, 0x0004, 0x0005})
# Records for several cells of one row: the last column stands at the end.
_SPANS = frozenset({0x00BE, 0x00BD})


@dataclass(frozen=True, slots=True)
class BinaryFacts:
    """What the pass over the records counted."""

    formulas: int
    is_1904: bool


class _CompoundFile:
    """A compound file in memory: sectors chained by an allocation table, a directory of streams."""

    def __init__(self, data: bytes) -> None:
        shift, mini_shift = struct.unpack_from("<HH", data, 30)
        if shift not in (9, 12) or mini_shift != 6:
            raise ValueError("sector size")
        self.data, self.size, self.mini = data, 1 << shift, 1 << mini_shift
        (directory, self.cutoff, mini_first, _, difat, _) = struct.unpack_from("<I4xIIIII", data, 48)
        table = list(struct.unpack_from("<109I", data, 76))
        seen: set[int] = set()
        while difat < _END and difat not in seen:
            seen.add(difat)
            sector = struct.unpack(f"<{self.size // 4}I", self._sector(difat))
            table += sector[:-1]
            difat = sector[-1]
        self.fat = [
            entry for number in table if number < _END for entry in struct.unpack(f"<{self.size // 4}I", self._sector(number))
        ]
        self.mini_fat: list[int] = []
        if mini_first < _END:
            chain = self._chain(mini_first)
            self.mini_fat = list(struct.unpack(f"<{len(chain) // 4}I", chain))
        entries = self._chain(directory)
        self.streams: dict[str, tuple[int, int]] = {}
        self.mini_stream = b""
        for at in range(0, len(entries), 128):
            length, kind = struct.unpack_from("<HB", entries, at + 64)
            start, size = struct.unpack_from("<IQ", entries, at + 116)
            name = entries[at : at + max(0, min(length, 64) - 2)].decode("utf-16-le", "replace")
            if kind == 5 and start < _END:
                self.mini_stream = self._chain(start)[: size & 0xFFFFFFFF]
            elif kind == 2:
                self.streams.setdefault(name, (start, size & 0xFFFFFFFF))

    def _sector(self, number: int) -> bytes:
        at = (number + 1) * self.size
        sector = self.data[at : at + self.size]
        if not sector:
            raise ValueError("sector outside the file")
        return sector.ljust(self.size, b"\0")

    def _chain(self, first: int) -> bytes:
        parts, number, seen = [], first, 0
        while number < _END:
            seen += 1
            if seen > len(self.fat) or number >= len(self.fat):
                raise ValueError("sector chain")
            parts.append(self._sector(number))
            number = self.fat[number]
        return b"".join(parts)

    def stream(self, name: str) -> bytes:
        """Return the content of one stream."""
        start, size = self.streams[name]
        if size >= self.cutoff:
            return self._chain(start)[:size]
        parts, number, seen = [], start, 0
        while number < _END:
            seen += 1
            if seen > len(self.mini_fat) or number >= len(self.mini_fat):
                raise ValueError("small sector chain")
            parts.append(self.mini_stream[number * self.mini : (number + 1) * self.mini])
            number = self.mini_fat[number]
        return b"".join(parts)[:size]


def binary_inspect(path: Path, data: bytes, *, limits: Limits) -> BinaryFacts:
    """Return what the XLS in ``data`` holds, after proving that it can be opened.

    Raises:
        EncryptedWorkbook, NotAReadableFile, TooManyColumns, TooManyRows: the file is refused as a whole.
    """
    try:
        compound = _CompoundFile(data)
        if "EncryptedPackage" in compound.streams or "EncryptionInfo" in compound.streams:
            raise EncryptedWorkbook(file=path.name)
        name = next((n for n in compound.streams if n.lower() in ("workbook", "book")), None)
        if name is None:
            raise NotAReadableFile(file=path.name, reason="这不是 XLS 工作簿（可能是 Word 或其他旧格式文件）")
        return _records(path, compound.stream(name), limits=limits)
    except (ValueError, struct.error, IndexError) as error:
        raise NotAReadableFile(file=path.name, reason="XLS 结构损坏，文件可能没有传完整") from error


@dataclass(slots=True)
class _Reach:
    """How far the cells of the current sheet reach, and of all before it together."""

    path: Path
    limits: Limits
    rows: int = 0
    columns: int = 0
    dense: int = 0

    def add(self, row: int, column: int) -> None:
        self.rows, self.columns = max(self.rows, row + 1), max(self.columns, column + 1)
        if self.columns > self.limits.columns:
            raise TooManyColumns(sheet=self.path.name, columns=f"{self.columns:,}", limit=f"{self.limits.columns:,}")

    def close(self) -> None:
        self.dense += self.rows * self.columns
        self.rows = self.columns = 0
        if self.dense > self.limits.cells:
            raise TooManyRows(file=self.path.name, limit=f"{self.limits.cells:,} 个单元格")


def _records(path: Path, stream: bytes, *, limits: Limits) -> BinaryFacts:
    formulas, is_1904, at = 0, False, 0
    reach = _Reach(path=path, limits=limits)
    unpack, end = struct.Struct("<HH").unpack_from, len(stream) - 4
    while at <= end:
        kind, length = unpack(stream, at)
        at += 4
        if kind in _CELLS and length >= 4:
            reach.add(*unpack(stream, at))
            formulas += kind == _FORMULA
        elif kind in _SPANS and length >= 6:
            row, _ = unpack(stream, at)
            reach.add(row, struct.unpack_from("<H", stream, at + length - 2)[0])
        elif kind == _FILEPASS:
            raise EncryptedWorkbook(file=path.name)
        elif kind == _DATE_1904 and length >= 2:
            is_1904 = stream[at] == 1
        elif kind == _EOF:
            reach.close()
        at += length
    reach.close()
    return BinaryFacts(formulas=formulas, is_1904=is_1904)
