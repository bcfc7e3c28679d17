"""The number of a report (报告编号) and the check code (校验码) that only its holder has."""

import secrets
from datetime import datetime
from typing import Final

# Without I, L, O and U: nobody mistakes one of these for another (Crockford's base 32).
_ALPHABET: Final = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_MISREAD: Final = str.maketrans("ILO", "110")
_CODE_LENGTH: Final = 10
_DRAWN_DIGITS: Final = 6


def report_number(*, prefix: str, at: datetime) -> str:
    """Return a new number: prefix, second of issue, six drawn digits (``FJ20261122103201`` + ``482913``).

    Numbers by time with 22 characters are what national reports carry (standards.md §9.3).
    """
    return f"{prefix}{at:%Y%m%d%H%M%S}{secrets.randbelow(10**_DRAWN_DIGITS):0{_DRAWN_DIGITS}d}"


def check_code_new() -> str:
    """Return a new check code of 50 drawn bits, written ``7KQ2M-X9D4T``."""
    return check_code_of(secrets.token_bytes(_CODE_LENGTH))


def check_code_of(secret: bytes) -> str:
    """Return the check code that the first ten bytes of a secret make: five bits of each.

    >>> check_code_of(bytes(range(10)))
    '01234-56789'
    """
    text = "".join(_ALPHABET[byte % len(_ALPHABET)] for byte in secret[:_CODE_LENGTH])
    return f"{text[: _CODE_LENGTH // 2]}-{text[_CODE_LENGTH // 2 :]}"


def check_code_read(text: str) -> str:
    """Return a typed check code in its own form; letters that look like digits are taken as those.

    >>> check_code_read(" 7kq2m x9d4t ")
    '7KQ2M-X9D4T'
    >>> check_code_read("olo1I00000")
    '01011-00000'
    """
    typed = "".join(text.upper().split()).replace("-", "").translate(_MISREAD)
    return f"{typed[: _CODE_LENGTH // 2]}-{typed[_CODE_LENGTH // 2 :]}"
