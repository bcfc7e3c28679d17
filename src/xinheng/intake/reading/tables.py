"""What both ways of reading (spreadsheet, text) hand on: a sheet's first rows and its rows as a table of texts."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import polars as pl

ROW = "_row"


def source_column(index: int) -> str:
    """Return the frame's name of the file's column ``index`` (from 0); such names never meet a catalogue key."""
    return f"#{index}"


@dataclass(frozen=True, slots=True)
class RawSheet:
    """One sheet as written. ``head`` holds the first rows from the sheet's first row on, ``frame`` makes the table.

    ``frame(width, first_row)`` returns ``_row`` (as the spreadsheet program numbers it) and the texts ``#0`` to
    ``#width-1`` of all rows from ``first_row`` on; null is an empty cell. Then ``long_numbers`` holds, by column, how many
    numbers were too long for the program that wrote them, and the first row with one.
    """

    name: str
    head: Sequence[Sequence[str]]
    frame: Callable[[int, int], pl.DataFrame]
    row_count: int
    hidden: bool = False
    merged: tuple[str, ...] = ()
    long_numbers: dict[int, tuple[int, int]] = field(default_factory=dict)
