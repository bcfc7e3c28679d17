"""The rows of a landed table by their place in the file, and its columns in that order."""

from pathlib import Path

import polars as pl

from xinheng.intake.domain import Landed

_SHEET = 1 << 32
"""More rows than a sheet has; a row's place is the sheet's number times this, plus the row's number."""


class Places:
    """Every row of a landed table has a number ``at``, from 0, in the order of the file.

    Columns are read one at a time: a table of a million rows is never whole in memory.
    """

    def __init__(self, landed: Landed) -> None:
        """Read which rows there are."""
        self._parquet: Path = landed.parquet
        self._order: pl.Series | None = None
        rows = pl.read_parquet(landed.parquet, columns=["_sheet", "_row"])
        names = [sheet.name for sheet in landed.sheets]
        self.names = [*names, *sorted(set(rows["_sheet"].unique()) - set(names))]
        place = self._keys(rows)
        if not place.is_sorted():
            self._order = place.arg_sort()
            rows, place = rows[self._order], place.gather(self._order)
        self.sheet = (place // _SHEET).cast(pl.UInt32)
        self.row = rows["_row"]
        self._place = pl.DataFrame({"place": place}).with_row_index("at")

    def __len__(self) -> int:
        """Return how many rows there are."""
        return len(self.row)

    def _keys(self, rows: pl.DataFrame) -> pl.Series:
        if len(self.names) == 1:
            return rows["_row"].cast(pl.Int64)
        sheet = pl.col("_sheet").replace_strict(self.names, range(len(self.names)), return_dtype=pl.Int64)
        return rows.select((sheet * _SHEET + pl.col("_row")).alias("place"))["place"]

    def located(self, rows: pl.DataFrame) -> pl.DataFrame:
        """Return ``rows`` (``_sheet``, ``_row`` and more) in the order of the file, with ``at`` for the two."""
        keyed = rows.with_columns(self._keys(rows).alias("place")).drop("_sheet", "_row")
        return keyed.join(self._place, on="place", how="inner").drop("place").sort("at", maintain_order=True)

    def column(self, key: str) -> pl.Series:
        """Return one column of the landed table."""
        column = pl.read_parquet(self._parquet, columns=[key])[key]
        return column if self._order is None else column.gather(self._order)
