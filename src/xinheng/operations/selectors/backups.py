"""What was backed up last (最近一次备份), as the deployment itself wrote it down."""

import json
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final

from django.conf import settings

RECORD: Final = "backup.json"
KEYS_RECORD: Final = "keys-bundle.json"
UNFINISHED: Final = "restoring.json"


@dataclass(frozen=True, slots=True, kw_only=True)
class LastBackup:
    """A finished backup: when, where, how large (bytes), how long it took (seconds)."""

    at: datetime
    folder: str
    size: int
    seconds: float


def last_backup() -> LastBackup | None:
    """Return the last backup that came to its end, ``None`` where there was none or the note of it cannot be read."""
    path: Path = settings.XINHENG_VAR / RECORD
    try:
        told = json.loads(path.read_text())
        return LastBackup(
            at=datetime.fromisoformat(told["at"]),
            folder=str(told["folder"]),
            size=int(told["size"]),
            seconds=float(told["seconds"]),
        )
    except (OSError, ValueError, KeyError, TypeError):
        return None


def generation_of_last_bundle() -> int | None:
    """Return which generation of the key ring was current when the keys were last written into a bundle; ``None``: never."""
    path: Path = settings.XINHENG_VAR / KEYS_RECORD
    try:
        return int(json.loads(path.read_text())["generation"])
    except (OSError, ValueError, KeyError, TypeError):
        return None


def restore_unfinished() -> str:
    """Return what a restore that was cut off in the middle had begun, empty where none was."""
    path: Path = settings.XINHENG_VAR / UNFINISHED
    return path.read_text() if path.exists() else ""
