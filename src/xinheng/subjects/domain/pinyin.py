"""A sort key by pronunciation: no PostgreSQL wheel has a Chinese collation, so the order is stored (拼音排序)."""

from functools import cache
from typing import Final

_LONGEST: Final = 240
"""Width of the column that keeps the key."""


@cache  # at most one entry per Chinese character
def _syllable(char: str) -> str:
    from pypinyin import Style, lazy_pinyin  # its dictionary takes a third of a second to load; few processes need it

    return str(lazy_pinyin(char, style=Style.TONE3, errors="default")[0]).lower()


def name_sort_key(name_key: str) -> str:
    """Return the pinyin of a normalised name, one syllable a character with its tone as a digit, cut to 240.

    A character with several readings gets its most common one: good enough for the order of a list.

    >>> name_sort_key("奉节")
    'feng4 jie2'
    """
    return " ".join([_syllable(char) for char in name_key[:80]])[:_LONGEST]
