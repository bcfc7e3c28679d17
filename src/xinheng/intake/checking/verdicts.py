"""The verdict of every row: refused, to be explained, not to be shown, a person's, a repetition."""

from collections.abc import Iterable, Mapping

import numpy as np
import polars as pl
import pyarrow as pa
from numpy.typing import NDArray

from xinheng.intake.checking.model import Check, CheckContext
from xinheng.intake.checking.places import Places
from xinheng.intake.checking.results import Totals
from xinheng.intake.domain import FindingSeverity, Landed

Flags = NDArray[np.bool_]


class Verdicts:
    """A row's verdict is what masks, comparisons of rows and the reader say of it together."""

    def __init__(self, *, places: Places, context: CheckContext) -> None:
        """Begin with rows that nothing is said of."""
        self._places = places
        self.refused, self.explain, self.person, self.duplicate = (np.zeros(len(places), dtype=np.bool_) for _ in range(4))
        self.not_shown: Flags = np.full(len(places), fill_value=context.on_the_spot)

    def add_masks(self, masks: pl.DataFrame, checks: Iterable[Check]) -> None:
        """Add what the masks of the broken rows say (``at``, ``_m0``, …)."""
        by_rows = [check for check in checks if not check.rule.over_file]
        severe = {
            "refused": [check for check in by_rows if check.rule.severity is FindingSeverity.REFUSE],
            "explain": [check for check in by_rows if check.rule.severity is FindingSeverity.EXPLAIN],
            "not_shown": [check for check in by_rows if check.rule.not_shown],
            "person": [check for check in by_rows if check.rule.of_persons],
        }
        said = masks.select("at", *(any_set(chosen).alias(name) for name, chosen in severe.items()))
        for name in severe:
            flags: Flags = getattr(self, name)
            flags[said.filter(pl.col(name))["at"].to_numpy()] = True

    def add_compared(self, check: Check, at: pl.Series) -> None:
        """Add the rows that a rule over the whole file found."""
        flags = {
            FindingSeverity.REFUSE: self.refused,
            FindingSeverity.EXPLAIN: self.explain,
            FindingSeverity.NOTE: self.duplicate,
        }
        flags[check.rule.severity][at.to_numpy()] = True

    def add_reader(self, landed: Landed) -> None:
        """Add where the reader refused a row or asked about it (a row wider than the header)."""
        flags: Mapping[FindingSeverity, Flags] = {
            FindingSeverity.REFUSE: self.refused,
            FindingSeverity.EXPLAIN: self.explain,
        }
        for severity, flag in flags.items():
            said = [(one.sheet, one.row) for one in landed.findings if one.row > 0 and one.severity is severity]
            known = [(sheet, row) for sheet, row in said if sheet in self._places.names]
            rows = pl.DataFrame(known, schema={"_sheet": pl.String, "_row": pl.Int64}, orient="row")
            flag[self._places.located(rows)["at"].to_numpy()] = True

    def table(self) -> pa.Table:
        """Return the verdict of every row in the order of the file."""
        names = pl.Series(self._places.names, dtype=pl.String)
        return pa.table(
            {
                "_sheet": names.gather(self._places.sheet).to_arrow().cast(pa.string()),
                "_row": self._places.row.to_arrow(),
                "refused": _booleans(self.refused),
                "explain": _booleans(self.explain),
                "not_shown": _booleans(self.not_shown),
                "person": _booleans(self.person),
                "duplicate": _booleans(self.duplicate),
            }
        )

    def totals(self) -> Totals:
        """Return how many rows there are of each verdict."""
        accepted = ~self.refused & ~self.duplicate
        return Totals(
            rows=len(self._places),
            accepted=int(accepted.sum()),
            refused=int(self.refused.sum()),
            explain=int((self.explain & accepted).sum()),
            not_shown=int((self.not_shown & accepted).sum()),
            persons=int(self.person.sum()),
            duplicates=int((self.duplicate & ~self.refused).sum()),
        )


def any_set(checks: Iterable[Check]) -> pl.Expr:
    """Return whether one of the checks is broken: one comparison per mask column."""
    bits: dict[int, int] = {}
    for check in checks:
        bits[check.mask] = bits.get(check.mask, 0) | check.bit
    if not bits:
        return pl.lit(value=False)
    return pl.any_horizontal((pl.col(f"_m{index}") & pl.lit(bit, dtype=pl.Int64)) != 0 for index, bit in bits.items())


def _booleans(flags: Flags) -> pa.Array:
    return pl.Series(flags, dtype=pl.Boolean).to_arrow()
