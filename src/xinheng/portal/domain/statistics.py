"""What the statistics page shows: tables whose rows can be drawn as bars, each figure opening the list it counts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from xinheng.portal.domain.pages import FilterOption


@dataclass(frozen=True, slots=True)
class Count:
    """How many records are in a public list, and the address of that list; nothing to open where there are none."""

    value: int
    url: str = ""


@dataclass(frozen=True, slots=True)
class CountRow:
    """One row of a table: a count for each column, and their sum."""

    label: str
    counts: tuple[Count, ...]
    total: Count


@dataclass(frozen=True, slots=True)
class CountTable:
    """One table of the statistics page; ``finding`` says in a sentence what its chart shows.

    ``columns`` are the kinds of record; with one column the sum is that column and is not told twice.
    """

    slug: str
    title: str
    row_title: str
    columns: tuple[str, ...]
    rows: tuple[CountRow, ...]
    finding: str
    csv_url: str

    @property
    def total(self) -> int:
        """The sum of all rows."""
        return sum(row.total.value for row in self.rows)

    @property
    def is_drawn(self) -> bool:
        """Whether a picture would show anything: two rows or more that are not noughts."""
        return sum(row.total.value > 0 for row in self.rows) > 1

    @property
    def shows_columns(self) -> bool:
        """Whether there is more than one column besides the sum."""
        return len(self.columns) > 1


@dataclass(frozen=True, slots=True)
class StatisticsPage:
    """The statistics page: everything, or one kind of record; ``months`` is how many months the third table goes back."""

    title: str
    choices: tuple[FilterOption, ...]
    tables: tuple[CountTable, ...]
    total: int
    months: int
