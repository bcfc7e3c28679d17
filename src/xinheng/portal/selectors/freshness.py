"""How far the sources are, told together where they are equally far: a page of one organisation has no room for a table."""

from __future__ import annotations

from functools import lru_cache
from itertools import groupby
from typing import TYPE_CHECKING

from xinheng.kernel.dates import chinese_date
from xinheng.portal.domain import Freshness
from xinheng.publicity.selectors import STALE_DAYS

if TYPE_CHECKING:
    from xinheng.publicity.domain import SourceState


@lru_cache(8)
def freshness(*, states: tuple[SourceState, ...]) -> tuple[Freshness, ...]:
    """Return the states that ``source_states`` gave (newest first) in groups of one last day."""
    groups = []
    for (day, cannot_say), found in groupby(states, key=lambda state: (state.last_day, state.cannot_say)):
        names = [state.organ_name for state in found]
        if day is None:
            text = "还没有报送，无法判断"
        else:
            text = f"更新到{chinese_date(day)}" + (f"，超过{STALE_DAYS}天，无法判断" if cannot_say else "")
        groups.append(Freshness(text, "、".join(names), len(names)))
    return tuple(groups)
