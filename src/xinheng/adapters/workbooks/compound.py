"""Look through an XLS file before any library opens it: password, formulas, how far its cells reach.

Only as much of the compound file and record formats as that takes. Source: [MS-CFB] and [MS-XLS].
"""

import struct
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice

from xinheng.adapters.workbooks.faults import (
    WorkbookBroken,
    WorkbookEncrypted,
    WorkbookTooManyCells,
    WorkbookTooWide,
    WorkbookUnpacksTooLarge,
)
from xinheng.adapters.workbooks.limits import WorkbookLimits
from xinheng.adapters.workbooks.probing import reader_survives

_END = 0xFFFFFFFA
_EOF, _FILEPASS, _FORMULA, _DATE_1904 = 0x000A, 0x002F, 0x0006, 0x0022
_BOUNDSHEET, _TEXTS, _CONTINUE, _SHARED_TEXT = 0x0085, 0x00FC, 0x003C, 0x00FD
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


def binary_inspect(data: bytes, *, limits: WorkbookLimits) -> BinaryFacts:
    """Return what the XLS in ``data`` holds, after proving that it can be opened.

    Raises:
        WorkbookFault: one of its subclasses says why it should not be opened.
    """
    try:
        compound = _CompoundFile(data)
        if "EncryptedPackage" in compound.streams or "EncryptionInfo" in compound.streams:
            raise WorkbookEncrypted
        name = next((n for n in compound.streams if n.lower() in ("workbook", "book")), None)
        if name is None:
            raise WorkbookBroken("这不是 XLS 工作簿（可能是 Word 或其他旧格式文件）")
        facts = _records(compound.stream(name), limits=limits)
    except (ValueError, struct.error, IndexError) as error:
        raise WorkbookBroken("XLS 结构损坏，文件可能没有传完整") from error
    reader_survives(data)
    return facts


@dataclass(slots=True)
class _Reach:
    """How far the cells of the current sheet reach, and of all before it together."""

    limits: WorkbookLimits
    rows: int = 0
    columns: int = 0
    dense: int = 0

    def add(self, row: int, column: int) -> None:
        self.rows, self.columns = max(self.rows, row + 1), max(self.columns, column + 1)
        if self.columns > self.limits.columns:
            raise WorkbookTooWide(self.columns)

    def close(self) -> None:
        self.dense += self.rows * self.columns
        self.rows = self.columns = 0
        if self.dense > self.limits.cells:
            raise WorkbookTooManyCells(f"{self.limits.cells:,} 个单元格")


def _walk(stream: bytes) -> Iterator[tuple[int, int, int]]:
    """Yield kind, place and length of every record; a continuation has the kind of what it continues."""
    at, last = 0, 0
    unpack, end = struct.Struct("<HH").unpack_from, len(stream) - 4
    while at <= end:
        kind, length = unpack(stream, at)
        last = last if kind == _CONTINUE else kind
        yield last, at + 4, length
        at += 4 + length


def _records(stream: bytes, *, limits: WorkbookLimits) -> BinaryFacts:
    # It stands among the first records; what follows it is cipher text.
    if any(kind == _FILEPASS for kind, _, _ in islice(_walk(stream), 50)):
        raise WorkbookEncrypted
    counts, is_1904 = Counter[int](), False
    reach, texts = _Reach(limits=limits), _SharedTexts()
    unpack = struct.Struct("<HH").unpack_from
    for kind, at, length in _walk(stream):
        counts[kind] += 1
        if kind in _CELLS and length >= 4:
            reach.add(*unpack(stream, at))
            if kind == _SHARED_TEXT and length >= 10:
                texts.uses.append(struct.unpack_from("<I", stream, at + 6)[0])
        elif kind in _SPANS and length >= 6:
            reach.add(unpack(stream, at)[0], struct.unpack_from("<H", stream, at + length - 2)[0])
        elif kind == _TEXTS:
            texts.segments.append(stream[at : at + length])
        elif kind == _DATE_1904:
            is_1904 = stream[at : at + 1] == b"\x01"
        elif kind == _EOF:
            reach.close()
    return _closed(counts, reach, texts, is_1904=is_1904, limits=limits)


def _closed(
    counts: Counter[int], reach: _Reach, texts: "_SharedTexts", *, is_1904: bool, limits: WorkbookLimits
) -> BinaryFacts:
    reach.close()
    if counts[_BOUNDSHEET] > counts[_EOF]:
        raise ValueError("sheets without a part of their own")
    if texts.expanded(limit=limits.text_bytes) > limits.text_bytes:
        raise WorkbookUnpacksTooLarge
    return BinaryFacts(formulas=counts[_FORMULA], is_1904=is_1904)


@dataclass(slots=True)
class _SharedTexts:
    """The table of shared texts in its segments, and which of them the cells name."""

    segments: list[bytes] = field(default_factory=list)
    uses: list[int] = field(default_factory=list)

    def expanded(self, *, limit: int) -> int:
        """Return the characters that all cells hold once every text is copied into them; counted only if it could be much."""
        if len(self.uses) * min(65_535, sum(map(len, self.segments))) <= limit:
            return 0
        lengths = list(self._lengths())
        return sum(lengths[use] for use in self.uses if use < len(lengths))

    def _lengths(self) -> Iterator[int]:
        """Yield the length of each text; one may run over the end of its segment, and then its width is said again."""
        segments = iter(self.segments)
        segment, at = next(segments, b""), 8
        while True:
            while at >= len(segment):
                at -= len(segment)
                following = next(segments, None)
                if following is None:
                    return
                segment = following
            length, flags = struct.unpack_from("<HB", segment, at)
            at += 3
            skip = 0
            if flags & 0x08:
                skip += 4 * struct.unpack_from("<H", segment, at)[0]
                at += 2
            if flags & 0x04:
                skip += struct.unpack_from("<I", segment, at)[0]
                at += 4
            yield length
            left = length
            while left > (fits := (len(segment) - at) >> (flags & 1)):
                left -= fits
                segment, at = next(segments, b""), 1
                if not segment:
                    raise ValueError("texts end early")
                flags = segment[0]
            at += (left << (flags & 1)) + skip
