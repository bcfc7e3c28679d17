"""Closed vocabularies whose words people read in Chinese: the code is stored, the label is shown."""

from enum import StrEnum
from typing import Self


class LabelledCode(StrEnum):
    """A code with its Chinese term, written as one pair: ``LAW = "LAW", "法律"``.

    >>> class Rank(LabelledCode):
    ...     LAW = "LAW", "法律"
    >>> Rank("LAW").label, f"{Rank.LAW}"
    ('法律', 'LAW')
    """

    label: str

    def __new__(cls, code: str, label: str = "") -> Self:
        """Make a member that is its code and knows its term."""
        member = str.__new__(cls, code)
        member._value_ = code
        member.label = label
        return member
