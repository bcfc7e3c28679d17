"""Texts from outside as they may stand in our sentences: one line, printable, not too long, no personal number."""

import unicodedata

from xinheng.kernel.personal import mask_personal_numbers

LONGEST = 300
"""More characters of a foreign text help nobody in a message."""

_INSTEAD = {"Cc": " ", "Zl": " ", "Zp": " ", "Cs": "\ufffd"}
_STEERING = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


def shown(text: str, *, longest: int = LONGEST) -> str:
    r"""Return ``text`` fit for a message, a file name or a terminal.

    Control characters and line breaks become blanks, half characters of a broken file name become "�", marks that
    turn the direction of writing go, personal numbers are masked, and what is longer than ``longest`` ends in "…".

    >>> shown("表\x1b[31m一\n二")
    '表 [31m一 二'
    >>> shown("张三11010519491231002X.csv")
    '张三110*************2X.csv'
    """
    if not text.isprintable():
        kept = (char for char in text if char not in _STEERING)
        text = "".join(_INSTEAD.get(unicodedata.category(char), char) for char in kept)
    text = mask_personal_numbers(text)
    return text if len(text) <= longest else text[: longest - 1] + "…"
