"""Amounts in fen (分): what was written is kept beside the value by whoever stores it."""

import re
import unicodedata
from decimal import Decimal, InvalidOperation

FEN_PER_WAN = 1_000_000
_NUMBER = re.compile(r"^\d{1,12}(,\d{3})*(\.\d+)?$", re.ASCII)


def parse_wan_yuan(text: str) -> int | None:
    """Return an amount written in 万元 as fen, or ``None`` if it is not exactly one plain number.

    At most six decimals, so that 0.000001 万元 is 1 fen (standards.md V08). Words, units, several amounts and Chinese
    numerals are never guessed.

    >>> parse_wan_yuan("2.000000")
    2000000
    >>> parse_wan_yuan("壹万伍仟元整") is None
    True
    """
    text = unicodedata.normalize("NFKC", text).strip()
    if _NUMBER.match(text) is None:
        return None
    try:
        fen = Decimal(text.replace(",", "")) * FEN_PER_WAN
    except InvalidOperation:
        return None
    return int(fen) if fen == fen.to_integral_value() else None


def fen_to_text(fen: int) -> str:
    """Return ``20,000.00元`` for 2,000,000 fen.

    >>> fen_to_text(2_000_000)
    '20,000.00元'
    """
    return f"{Decimal(fen) / 100:,.2f}元"


def fen_to_wan(fen: int) -> str:
    """Return the amount in 万元 with six decimals, as the national template wants it.

    >>> fen_to_wan(2_000_000)
    '2.000000'
    """
    return f"{Decimal(fen) / FEN_PER_WAN:.6f}"
