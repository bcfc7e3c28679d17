"""Erasure (盐的销毁): without its salt a leaf stands for nothing that anybody could find out, and every proof goes on holding."""

from collections.abc import Sequence
from datetime import date, datetime

from xinheng.audit.services import destroyed_and_told
from xinheng.kernel.personal import mask_personal_numbers
from xinheng.tlog.errors import ReasonMissing


def salts_erase(*, indexes: Sequence[int], on_date: date, ground: str, actor: str, now: datetime) -> int:
    """Destroy the salts of leaves and return how many; repeating destroys none.

    Runs as the retention role, because the application role must not be able to. The bytes
    leave the table's file at its next VACUUM and old backups at their end. The log itself does not change.

    Raises:
        ReasonMissing: no ground or no actor.
    """
    if not ground.strip() or not actor.strip():
        raise ReasonMissing(act="销毁日志的盐")
    # Not which ones: the event log is read by more people than may know what was erased.
    return destroyed_and_told(
        "SELECT tlog_salts_erase(%s, %s, %s)",
        [list(indexes), on_date, mask_personal_numbers(ground)],
        action="tlog.salts.erased",
        actor=actor,
        target=("log", "salts"),
        at=now,
        counted="leaves",
        ground=ground,
    )
