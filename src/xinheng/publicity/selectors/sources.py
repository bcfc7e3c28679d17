"""How far each source has reported, so that a nought can be weighed (命中、未命中、无法判断)."""

from __future__ import annotations

from datetime import timedelta
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from xinheng.catalogue.domain import OrganKind
from xinheng.catalogue.selectors import catalogue_current
from xinheng.intake.selectors import sources_last_reported
from xinheng.publicity.domain import SourceState
from xinheng.publicity.selectors.state import kept_under, state_of_data

if TYPE_CHECKING:
    from datetime import date

    from xinheng.publicity.selectors.state import DataState

# Our own bound, no rule of law: a department reports within seven working days, so a longer silence tells nothing.
STALE_DAYS: Final = 14
_STALE: Final = timedelta(days=STALE_DAYS)
_REMEMBERED: Final = 8


def source_states(*, on_date: date, state: DataState | None = None) -> tuple[SourceState, ...]:
    """Return every department, and every other organ that has reported, with its last day. One small query, none for ``state``.

    ``cannot_say`` where it has not reported for more than ``STALE_DAYS`` days as of the Asia/Shanghai day ``on_date``.
    Every page and answer says it, so it is worked out anew only after something was published.
    """
    return _states(kept_under(state or state_of_data()), on_date)


@lru_cache(_REMEMBERED)
def _states(state: str, on_date: date) -> tuple[SourceState, ...]:
    del state
    last = sources_last_reported()
    organs = [organ for organ in catalogue_current().organs if organ.kind is OrganKind.DEPARTMENT or organ.code in last]
    states = [
        SourceState(organ.name, day := last.get(organ.code), cannot_say=day is None or on_date - day > _STALE)
        for organ in organs
    ]
    # Python's sort is stable: among equals the order of the catalogue stays.
    return tuple(sorted(states, key=lambda state: -(state.last_day.toordinal() if state.last_day else 0)))
