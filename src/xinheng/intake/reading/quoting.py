"""Prove that the quotation marks of a text file stand as the format wants them, before the fast reader may have it.

The fast reader guesses where a mark is out of place, and a wrong guess moves cells into other columns. The proof looks at
runs of marks only: a run of odd length opens or closes a quoted field, one of even length is written-out marks.
"""

from collections.abc import Iterable, Iterator

import numpy as np
from numpy.typing import NDArray

_MARK, _CHUNK = ord('"'), 1 << 20


def text_portions(chunks: Iterable[bytes], *, size: int) -> Iterator[bytes]:
    """Yield a text in portions of ``size`` bytes or somewhat more, each of whole records; the last may be smaller.

    A record ends with a line feed outside quotation marks. Where marks stand out of place the cuts may be within a record;
    then the portion is not regular, or a later one is not.
    """
    kept: list[bytes] = []
    length = end = 0
    is_open = False
    for chunk in chunks:
        if found := _records_end(chunk, is_open=is_open):
            end = length + found
        is_open ^= chunk.count(b'"') % 2 == 1
        kept.append(chunk)
        length += len(chunk)
        if length >= size and end:
            text = b"".join(kept)
            yield text[:end]
            kept = [text[end:]]
            length, end = length - end, 0
    if length:
        yield b"".join(kept)


def _records_end(chunk: bytes, *, is_open: bool) -> int:
    """Return where the last record ends that ends in ``chunk``, 0 if none does; ``is_open`` says that it begins in quotes."""
    end = chunk.rfind(b"\n")
    is_inside = end >= 0 and chunk.count(b'"', 0, end) % 2 != is_open
    while is_inside and end >= 0:
        before = chunk.rfind(b"\n", 0, max(0, chunk.rfind(b'"', 0, end)))
        is_inside ^= chunk.count(b'"', max(0, before), end) % 2 == 1
        end = before
    return end + 1


def quoting_is_regular(text: bytes, *, delimiter: str) -> bool:
    """Return whether every quoted field begins at a field's start and ends at its end, and none is left open.

    ``text`` has no byte order mark. A text is regular if the portions are that ``portions`` cuts it into. False does not mean that the file is broken: marks inside plain fields, which are plain text, make it False too.
    """
    data: NDArray[np.uint8] = np.frombuffer(text, dtype=np.uint8)
    is_break = np.zeros(256, dtype=np.bool_)
    is_break[[ord(delimiter), ord("\n"), ord("\r")]] = True
    odd_before, start = 0, 0
    while start < len(data):
        stop = min(start + _CHUNK, len(data))
        while stop < len(data) and data[stop] == _MARK:
            stop += 1
        found = _chunk_is_regular(data, start, stop, is_break=is_break, odd_before=odd_before)
        if found is None:
            return False
        odd_before, start = found, stop
    return odd_before % 2 == 0


def _chunk_is_regular(
    data: NDArray[np.uint8], start: int, stop: int, *, is_break: NDArray[np.bool_], odd_before: int
) -> int | None:
    """Return the number of odd runs up to ``stop``, or None if one of them is out of place."""
    marks = np.flatnonzero(data[start:stop] == _MARK) + start
    if not len(marks):
        return odd_before
    new_run = np.diff(marks, prepend=marks[0] - 2) > 1
    first = marks[new_run]
    last = marks[np.append(new_run[1:], True)]
    after_break = np.where(first == 0, True, is_break[data[first - 1]])
    at_end = last == len(data) - 1
    before_break = np.where(at_end, True, is_break[data[np.where(at_end, 0, last + 1)]])
    is_odd = (last - first) % 2 == 0
    opens = (odd_before + np.cumsum(is_odd) - is_odd) % 2 == 0
    # Odd runs open after a break and close before one, in turn; between two breaks it cannot be said which.
    wrong = is_odd & np.where(opens, ~after_break | before_break, after_break | ~before_break)
    # A pair of marks that begins a plain field is an empty quoted field, and nothing may follow it.
    wrong |= ~is_odd & opens & after_break & ~before_break
    return None if wrong.any() else odd_before + int(is_odd.sum())
