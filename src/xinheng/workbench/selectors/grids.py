"""A table of figures as page, chart and file: built once, so that all three say the same."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlencode

from django.urls import reverse

from xinheng.portal.domain import Tag

FORMS: Final = ("csv", "xlsx")
_RATE: Final = re.compile(r"([\d.,]+%)(（[\d,]+/[\d,]+）)")


@dataclass(frozen=True, slots=True)
class GridCell:
    """What stands in a cell; ``url`` opens what it counts, ``tag`` is a word beside it."""

    text: str
    url: str = ""
    tag: Tag | None = None
    column: str = ""

    @property
    def rate(self) -> tuple[str, str] | None:
        """A rate and what it was counted from, ``97.7%`` and ``（1,155/1,182）``; ``None`` of any other text."""
        found = _RATE.fullmatch(self.text)
        return None if found is None else (found[1], found[2])


@dataclass(frozen=True, slots=True)
class GridRow:
    """One row: its heading, its cells, and the number that a chart draws of it."""

    head: GridCell
    cells: tuple[GridCell, ...]
    total: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Grid:
    """One table. ``finding`` says in a sentence what it shows; ``drawn`` names the column that its chart draws.

    ``is_cards``: on a phone each row is a card; else the table keeps its shape in a box that moves sideways.
    """

    slug: str
    title: str
    finding: str
    columns: tuple[str, ...]
    rows: tuple[GridRow, ...]
    empty: str
    query: Mapping[str, str]
    drawn: str = ""
    is_cards: bool = False

    @property
    def is_drawn(self) -> bool:
        """Whether a chart would show anything: two rows or more with a number above nought."""
        return bool(self.drawn) and sum(bool(row.total) and float(row.total) > 0 for row in self.rows) > 1

    @property
    def files(self) -> tuple[tuple[str, str], ...]:
        """The forms in which this table can be taken away, with their addresses."""
        query = urlencode({key: value for key, value in self.query.items() if value})
        return tuple(
            (form.upper(), reverse("workbench:table", args=[self.slug, form]) + (f"?{query}" if query else ""))
            for form in FORMS
        )

    def lines(self) -> list[list[str]]:
        """Return the rows as texts, a tag after what it stands beside."""
        return [[_text(row.head), *(_text(cell) for cell in row.cells)] for row in self.rows]


def _text(cell: GridCell) -> str:
    return f"{cell.text}〔{cell.tag.text}〕" if cell.tag else cell.text


def cells(columns: Sequence[str], *values: GridCell | str) -> tuple[GridCell, ...]:
    """Return cells that know the heading of their column; the first column is the row's heading."""
    made = (value if isinstance(value, GridCell) else GridCell(value) for value in values)
    return tuple(GridCell(cell.text, cell.url, cell.tag, column) for cell, column in zip(made, columns[1:], strict=True))
