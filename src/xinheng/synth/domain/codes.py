"""Invented codes with valid check characters, made for whole columns at once (编造的代码).

Organisation codes begin with ``XN`` (虚拟), a prefix that no registrar issues; resident IDs have the sequence 000, which
is never issued. They pass every test that a real code passes and belong to nobody.
"""

import numpy as np
import polars as pl
from numpy.typing import NDArray

ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
"""The 31 characters of GB 32100-2015 (no I, O, S, V, Z)."""

REGION = "500236"
_BASE = len(ALPHABET)
_USCC_WEIGHTS = np.array([pow(3, place, _BASE) for place in range(17)], dtype=np.int64)
_ORGANISATION_WEIGHTS = np.array([3, 7, 9, 10, 5, 8, 4, 2], dtype=np.int64)
_RESIDENT_WEIGHTS = np.array([7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2], dtype=np.int64)
_SERIAL_DIGITS = 5
SERIAL_LIMIT = _BASE**_SERIAL_DIGITS
# A multiplier prime to 31 spreads the serials over the whole range, so that neighbours do not look alike.
_SPREAD = 7_919_003

_LETTERS = np.frombuffer(ALPHABET.encode(), dtype=np.uint8)
_INDEX_31 = np.zeros(128, dtype=np.int64)
_INDEX_31[_LETTERS] = np.arange(_BASE)
_INDEX_36 = np.zeros(128, dtype=np.int64)
_INDEX_36[np.frombuffer(b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ", dtype=np.uint8)] = np.arange(36)
_ORGANISATION_CHECK = np.frombuffer(b"0123456789X0", dtype=np.uint8)
_RESIDENT_CHECK = np.frombuffer(b"10X98765432", dtype=np.uint8)

Bytes = NDArray[np.uint8]


def _text(characters: Bytes) -> pl.Series:
    width = characters.shape[1]
    joined = np.ascontiguousarray(characters).view(f"S{width}").ravel()
    return pl.Series(joined.astype(f"U{width}"))


def _bytes(values: pl.Series) -> Bytes:
    joined = np.array(values.to_list(), dtype="S")
    return np.frombuffer(joined.tobytes(), dtype=np.uint8).reshape(len(values), joined.dtype.itemsize)


def organisation_codes(*, serials: NDArray[np.int64], prefix: str = "XN") -> Bytes:
    """Return organisation codes (组织机构代码), one row of 9 characters for each serial below ``SERIAL_LIMIT``.

    Source: GB 11714, check rule of standards.md §8.2: C9 = 11 - sum mod 11; 10 is X, 11 is 0.
    """
    spread = serials * _SPREAD % SERIAL_LIMIT
    body = np.empty((len(serials), 8), dtype=np.uint8)
    head = f"{prefix}{'0' * 8}"[: 8 - _SERIAL_DIGITS]
    body[:, : len(head)] = np.frombuffer(head.encode(), dtype=np.uint8)
    for place in range(7, len(head) - 1, -1):
        body[:, place] = _LETTERS[spread % _BASE]
        spread //= _BASE
    check = 11 - (_INDEX_36[body] * _ORGANISATION_WEIGHTS).sum(axis=1) % 11
    return np.hstack([body, _ORGANISATION_CHECK[check][:, None]])


def social_credit_codes(*, prefixes: pl.Series, organisation: Bytes) -> pl.Series:
    """Return unified social credit codes (统一社会信用代码) for two-character ``prefixes`` and organisation codes.

    Source: GB 32100-2015 (standards.md §8.1): C18 = (31 - sum mod 31) mod 31.
    """
    count = len(prefixes)
    region = np.broadcast_to(np.frombuffer(REGION.encode(), dtype=np.uint8), (count, len(REGION)))
    body = np.hstack([_bytes(prefixes), region, organisation])
    check = -(_INDEX_31[body] * _USCC_WEIGHTS).sum(axis=1) % _BASE
    return _text(np.hstack([body, _LETTERS[check][:, None]]))


def spoiled_check(*, codes: pl.Series) -> pl.Series:
    """Return the codes with a wrong last character: the "31 minus" slip of a registrar, or the next letter."""
    characters = _bytes(codes).copy()
    last = _INDEX_31[characters[:, 17]]
    slipped = np.where((last * 2) % _BASE == 0, (last + 1) % _BASE, (_BASE - last) % _BASE)
    characters[:, 17] = _LETTERS[slipped]
    return _text(characters)


def registration_numbers(*, serials: NDArray[np.int64]) -> pl.Series:
    """Return 15-digit registration numbers (注册号): region, 8 digits, check digit of ISO 7064 mod 11,10."""
    digits = np.char.add(REGION, np.char.zfill((serials % 100_000_000).astype(str), 8))
    values = np.frombuffer(digits.astype("S14").tobytes(), dtype=np.uint8).reshape(len(serials), 14) - ord("0")
    product = np.full(len(serials), 10, dtype=np.int64)
    for place in range(14):
        total = (values[:, place] + product) % 10
        product = np.where(total == 0, 10, total) * 2 % 11
    check = (11 - product) % 10
    return pl.Series(np.char.add(digits, check.astype(str)))


def resident_ids(*, serials: NDArray[np.int64]) -> pl.Series:
    """Return resident IDs (居民身份证号) that nobody has: a real day of birth, sequence 000, a valid check character.

    Source: GB 11643-1999 (standards.md §8.3).
    """
    born = np.datetime64("1960-01-01") + (serials % 14_000).astype("timedelta64[D]")
    days = np.char.replace(born.astype(str), "-", "")
    body = np.char.add(np.char.add(REGION, days), "000").astype("S17")
    values = np.frombuffer(body.tobytes(), dtype=np.uint8).reshape(len(serials), 17)
    check = ((values - ord("0")).astype(np.int64) * _RESIDENT_WEIGHTS).sum(axis=1) % 11
    return _text(np.hstack([values, _RESIDENT_CHECK[check][:, None]]))
