"""What both ways of reading (spreadsheet, text) hand on: a sheet's first rows and its rows as a table of texts."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final

import polars as pl

LANDED_COMPRESSION: Final = "snappy"
"""Of landed tables. Not LZ4: Java's reader of it, which Spark uses, refuses some blocks that every other reader takes."""
ROW = "_row"


def source_column(index: int) -> str:
    """Return the frame's name of the file's column ``index`` (from 0); such names never meet a catalogue key."""
    return f"#{index}"


def source_index(name: str) -> int:
    """Return the index of a column that ``source_column`` named."""
    return int(name[1:])


class ReadAgain(Exception):
    """The portions handed on so far were made with a guess that the rest of the file proves wrong: forget them, ask again."""


@dataclass(frozen=True, slots=True)
class RawSheet:
    """One sheet as written. ``head`` holds the first rows from the sheet's first row on, ``portions`` makes the table.

    ``portions(width, first_row)`` yields, in order, ``_row`` (as the spreadsheet program numbers it) and the texts ``#0``
    to ``#width-1`` of all rows from ``first_row`` on; null is an empty cell. Where it raises ``ReadAgain``, what it yielded
    is void and the next call does better; that happens only where ``is_guessed``. After the last portion ``long_numbers`` holds, by column, how many numbers were
    too long for the program that wrote them, and the first row with one.
    """

    name: str
    head: Sequence[Sequence[str]]
    portions: Callable[[int, int], Iterator[pl.DataFrame]]
    row_count: int
    hidden: bool = False
    merged: tuple[str, ...] = ()
    is_guessed: bool = False
    long_numbers: dict[int, tuple[int, int]] = field(default_factory=dict)

    def frames(self, width: int, first_row: int) -> Iterator[pl.DataFrame]:
        """Return the portions one by one for who cannot forget any: they are read once beforehand, where they might be void."""
        while self.is_guessed:
            try:
                for _ in self.portions(width, first_row):
                    pass
                break
            except ReadAgain:
                continue
        return self.portions(width, first_row)

    def frame(self, width: int, first_row: int) -> pl.DataFrame:
        """Return all portions as one table."""
        empty = pl.DataFrame(schema={ROW: pl.Int64} | {source_column(index): pl.String for index in range(width)})
        while True:
            try:
                return pl.concat([empty, *self.portions(width, first_row)])
            except ReadAgain:
                continue
