"""Where cells, shared strings and what is seldom written begin in a piece of a workbook's XML: one pass of comparisons.

Whoever asks gets exact places of what has no name space prefix, and is told where a search must look closer. Blocks are
small enough to stay in the processor's cache: a comparison of all bytes then costs less than a regular expression's step.
"""

import re
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

Places: TypeAlias = NDArray[np.int64]
_Numbers: TypeAlias = NDArray[np.uint64]

_BLOCK = 1 << 18
_PREFIXED = re.compile(rb":(?:c|f|si)(?=[\s/>])")
_SPACES = b" \t\n\r\x0b\x0c/>"
_CELL_BEGINS = np.uint64(int.from_bytes(b'<c r="', "little"))
_SIX_BYTES = np.uint64((1 << 48) - 1)
_MOST_DIGITS = 7
_A, _Z, _0, _9, _QUOTE = (np.uint64(sign) for sign in b'AZ09"')
_BYTE = np.uint64(0xFF)


@dataclass(frozen=True, slots=True)
class Openings:
    """Where ``<c`` and ``<si`` begin, and whether some formula, ``<!`` or quoted ``e`` (an error's type) may be there.

    ``is_prefixed``: there may be elements with a name space prefix, of which nothing is said here.
    """

    cells: Places
    strings: Places
    has_formulas: bool
    has_declarations: bool
    has_errors: bool
    is_prefixed: bool


def openings_find(piece: bytes) -> Openings:
    """Return what begins where in ``piece``."""
    text = np.frombuffer(piece, dtype=np.uint8)
    end = max(0, len(text) - 2)
    cells, strings = [], []
    formulas = declarations = errors = False
    for start in range(0, end, _BLOCK):
        stop = min(start + _BLOCK, end)
        first, second = text[start:stop], text[start + 1 : stop + 1]
        is_tag = first == ord("<")
        cells.append(np.flatnonzero(is_tag & (second == ord("c"))) + start)
        strings.append(np.flatnonzero(is_tag & (second == ord("s"))) + start)
        formulas = formulas or bool((is_tag & (second == ord("f"))).any())
        declarations = declarations or bool((is_tag & (second == ord("!"))).any())
        errors = errors or bool(((second == ord("e")) & ((first == ord('"')) | (first == ord("'")))).any())
    return Openings(
        cells=_named(text, _together(cells), name=b"c"),
        strings=_named(text, _together(strings), name=b"si"),
        has_formulas=formulas,
        has_declarations=declarations,
        has_errors=errors,
        is_prefixed=_PREFIXED.search(piece) is not None,
    )


def _together(places: list[Places]) -> Places:
    return np.concatenate(places) if places else np.empty(0, dtype=np.int64)


def _named(text: NDArray[np.uint8], places: Places, *, name: bytes) -> Places:
    """Return those of ``places`` where an element of this name begins: its first letter is known to stand there."""
    places = places[places + len(name) + 1 < len(text)]
    for at, letter in enumerate(name[1:], start=2):
        places = places[text[places + at] == letter]
    return places[np.isin(text[places + len(name) + 1], np.frombuffer(_SPACES, dtype=np.uint8))]


def farthest(piece: bytes, cells: Places) -> tuple[int, int] | None:
    """Return the last column and row (from 1) that ``cells`` name, None where some cell does not begin as ``<c r="AB12"``.

    A reference has one to three capitals and up to seven digits here; every other one needs a closer search.
    """
    padded = piece + bytes(24)
    # Eight bytes from each place on, as one number.
    numbers: _Numbers = np.ndarray((len(padded) - 7,), dtype="<u8", buffer=padded, strides=(1,))
    if not ((numbers[cells] & _SIX_BYTES) == _CELL_BEGINS).all():
        return None
    reference = numbers[cells + 6]
    columns, is_letter = np.zeros(len(cells), dtype=np.uint64), np.ones(len(cells), dtype=bool)
    digits_at = cells + 6
    for at in range(3):
        letter = (reference >> np.uint64(8 * at)) & _BYTE
        is_letter = is_letter & (letter >= _A) & (letter <= _Z)
        if at == 0 and not is_letter.all():
            return None
        columns = np.where(is_letter, columns * np.uint64(26) + (letter - _A + np.uint64(1)), columns)
        digits_at = digits_at + is_letter
    digits = numbers[digits_at]
    # The cells of a row stand together and name the same row: it is read once.
    different = digits[np.flatnonzero(np.append(np.uint64(0), digits[:-1]) != digits)]
    row = _row(different)
    return None if row is None else (int(columns.max()), row)


def _row(digits: _Numbers) -> int | None:
    """Return the highest of numbers written as digits and a quotation mark, None where something else is written."""
    rows, is_open = np.zeros(len(digits), dtype=np.uint64), np.ones(len(digits), dtype=bool)
    for at in range(_MOST_DIGITS + 1):
        sign = (digits >> np.uint64(8 * at)) & _BYTE
        is_digit = (sign >= _0) & (sign <= _9)
        if (is_open & ~is_digit & ((sign != _QUOTE) | (at == 0))).any():
            return None
        is_open = is_open & is_digit
        rows = np.where(is_open, rows * np.uint64(10) + (sign - _0), rows)
    return None if is_open.any() else int(rows.max())
