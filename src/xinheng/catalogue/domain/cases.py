"""Law cases (用例): a sentence, what is given, what follows. They are tests, and examples for people."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any


class CaseKind(StrEnum):
    """What a case is about; also the name of its folder."""

    DISPLAY = "display"
    DEADLINE = "deadlines"
    CONTENT = "content"


@dataclass(frozen=True, slots=True)
class LawCase:
    """One case. ``about`` are the ids of the entries it tries: items, clocks, lists, measures.

    ``given`` and ``expected`` are as the file says them; the tests in ``tests/law`` hold the catalogue to them.
    """

    kind: CaseKind
    sentence: str
    about: frozenset[str]
    given: Mapping[str, Any] = field(default_factory=dict)
    expected: Mapping[str, Any] = field(default_factory=dict)
