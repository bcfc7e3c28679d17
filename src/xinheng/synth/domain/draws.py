"""Seeded random draws as columns (随机抽取): the same seed gives the same county everywhere."""

from collections.abc import Sequence

import numpy as np
import polars as pl
from numpy.typing import NDArray


class Draws:
    """A named stream of random numbers; streams of other names do not disturb it."""

    def __init__(self, *, seed: int, name: str) -> None:
        """Seed the stream from the county's seed and the stream's name."""
        words = [seed, *name.encode()]
        self.generator = np.random.Generator(np.random.PCG64(np.random.SeedSequence(words)))

    def integers(self, count: int, *, below: int) -> NDArray[np.int64]:
        """Return ``count`` whole numbers from 0 to ``below`` - 1."""
        return self.generator.integers(0, below, count, dtype=np.int64)

    def of(self, values: Sequence[str], count: int, *, weights: Sequence[float] | None = None) -> pl.Series:
        """Return ``count`` of ``values`` by weight."""
        return pick(values, self.indices(len(values), count, weights=weights))

    def indices(self, choices: int, count: int, *, weights: Sequence[float] | None = None) -> NDArray[np.int64]:
        """Return ``count`` indices below ``choices`` by weight."""
        if weights is None:
            return self.integers(count, below=choices)
        edges = np.cumsum(np.asarray(weights, dtype=np.float64))
        return np.searchsorted(edges / edges[-1], self.generator.random(count), side="right").clip(0, choices - 1)

    def chance(self, count: int, share: float) -> NDArray[np.bool_]:
        """Return ``count`` answers of which about ``share`` are true."""
        return self.generator.random(count) < share


def pick(values: Sequence[str], indices: NDArray[np.int64]) -> pl.Series:
    """Return ``values`` at ``indices`` as a column."""
    return pl.Series(list(values), dtype=pl.String).gather(pl.Series(indices))
