"""Which pairs of characters a name is looked up by: the rarest, and never one that is in very many names."""

from collections.abc import Sequence
from typing import Final

from xinheng.adapters.database import prepared_rows

COMMON_PAIR_FROM: Final = 10_000
"""A pair in more names than this is not looked up: reading its list alone would take longer than a search may."""


_FREQUENT: Final = "SELECT pair, names FROM subjects_frequentpair WHERE pair = ANY(%(pairs)s::text[])"


def rarest_pairs(*, pairs: Sequence[str], most: int, names_at_most: int = COMMON_PAIR_FROM) -> list[str]:
    """Return up to ``most`` of ``pairs``, the rarest first, without those that are in more than ``names_at_most`` names.

    How many names a pair is in was estimated at the last large import; below a thousand it counts as rare. One query.
    """
    wanted = list(dict.fromkeys(pairs))
    if not wanted:
        return []
    frequent: dict[str, int] = dict(prepared_rows(_FREQUENT, {"pairs": wanted}))
    usable = [pair for pair in wanted if frequent.get(pair, 0) <= names_at_most]
    return sorted(usable, key=lambda pair: frequent.get(pair, 0))[:most]
