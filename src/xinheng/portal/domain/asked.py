"""What a reader asks for, as the address of the page says it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Final

FIRST_PAGE: Final = 1


@dataclass(frozen=True, slots=True)
class SearchState:
    """One search as the address says it."""

    query: str
    kind: str = ""
    status: str = ""
    township: str = ""
    page: int = FIRST_PAGE


@dataclass(frozen=True, slots=True)
class ListState:
    """One list as the address says it; ``after`` and ``before`` are places in it, empty for the newest page."""

    organ: str = ""
    kind: str = ""
    township: str = ""
    start: date | None = None
    end: date | None = None
    after: str = ""
    before: str = ""
