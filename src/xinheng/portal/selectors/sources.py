"""How far each source has reported."""

from __future__ import annotations

from datetime import date
from typing import Final

from xinheng.portal.domain import SourceState

STALE_DAYS: Final = 7


def source_states(*, on_date: date) -> tuple[SourceState, ...]:
    """Return every reporting organ with its last day as of the Asia/Shanghai day ``on_date``."""
    del on_date
    return ()
