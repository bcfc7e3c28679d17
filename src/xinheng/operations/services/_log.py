"""The transparency log in a restore: derived anew before anything is exchanged, and never put back behind what was published."""

import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from xinheng.adapters.log_key import NAME as LOG_KEY
from xinheng.adapters.log_key import log_key_read
from xinheng.operations.errors import RestoreDiffers
from xinheng.tlog.domain import LogKey, NoteNotBelieved, checkpoint_read
from xinheng.tlog.errors import LogDamaged
from xinheng.tlog.services import Derived, log_derive

if TYPE_CHECKING:
    import psycopg

FOLDER: Final = "tlog"
_CHECKPOINT: Final = "checkpoint"


def log_derived(connection: "psycopg.Connection[Any]", *, files: Path, keys: Path) -> Derived | None:
    """Derive the log's root from a restored database and hold it to every signed checkpoint; ``None``: nothing was logged yet.

    Raises:
        RestoreDiffers: the entries do not come to what was signed.
    """
    try:
        return log_derive(connection, folder=files / FOLDER, key=_key(keys))
    except LogDamaged as error:
        raise RestoreDiffers(what=f"公示存证日志：{error.params['what']}") from error


def published_kept(*, now_here: Path, files: Path, keys: Path, size: int) -> int:
    """Keep the log's files that are here in place of the restored ones if more was published; return how much, 0 if not.

    What was signed and shown cannot be taken back. With the restored files in its place the log would go on from an earlier size,
    which everybody who kept a checkpoint sees as a forgery.
    """
    key, here = _key(keys), now_here / FOLDER
    try:
        published = checkpoint_read((here / _CHECKPOINT).read_bytes(), key).size if key is not None else 0
    except (FileNotFoundError, NoteNotBelieved):
        return 0
    if published <= size:
        return 0
    shutil.rmtree(files / FOLDER, ignore_errors=True)
    shutil.copytree(here, files / FOLDER)
    return published


def _key(keys: Path) -> LogKey | None:
    try:
        signing = log_key_read(keys / LOG_KEY)
    except (OSError, ValueError):
        return None
    return LogKey(signing.origin, signing.key.public_key().public_bytes_raw())
