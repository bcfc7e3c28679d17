"""Which snapshots there are. Only the newest one has data; of older ones the manifests stay (P8, ADR 0037)."""

import json
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Final

from xinheng.adapters.storage import var_dir
from xinheng.opendata.domain import Manifest, manifest_read
from xinheng.opendata.errors import NoSnapshot, SnapshotOvertaken
from xinheng.opendata.selectors.standing import is_overtaken

CSV_NAME: Final = "records.csv"
PARQUET_NAME: Final = "records.parquet"
MANIFEST_NAME: Final = "manifest.json"
LICENCE_NAME: Final = "LICENCE.txt"
_NEWEST: Final = "newest"


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A snapshot whose files are there. ``signed``: its manifest as it was signed."""

    manifest: Manifest
    signed: bytes
    folder: Path

    def path(self, name: str) -> Path | None:
        """Return where one of its files lies, ``None`` for a name that is none of them."""
        names = {MANIFEST_NAME, *(one.name for one in self.manifest.files)}
        return self.folder / name if name in names else None


def snapshots_folder() -> Path:
    """Return the folder of the snapshots; it may not exist yet."""
    return var_dir() / "opendata"


def snapshot_latest() -> Snapshot | None:
    """Return the newest snapshot, ``None`` before the first. Whether it may be given away is ``snapshot_to_give``'s to say."""
    pointer = snapshots_folder() / _NEWEST
    if not pointer.exists():
        return None
    folder = snapshots_folder() / pointer.read_text(encoding="ascii")
    signed = (folder / MANIFEST_NAME).read_bytes()
    return Snapshot(manifest_read(json.loads(signed)["manifest"]), signed, folder)


def snapshot_to_give(*, on_date: date) -> Snapshot:
    """Return the newest snapshot if it still may be shown on ``on_date`` (the real day).

    Raises:
        NoSnapshot: there is none.
        SnapshotOvertaken: it shows something adverse that no door may go on showing.
    """
    found = snapshot_latest()
    if found is None:
        raise NoSnapshot
    if is_overtaken(place=found.manifest.cursor, on_date=on_date):
        raise SnapshotOvertaken
    return found


def snapshots_made() -> list[Manifest]:
    """Return the manifests that are kept, newest first."""
    found = [
        manifest_read(json.loads(path.read_bytes())["manifest"]) for path in (snapshots_folder() / "manifests").glob("*.json")
    ]
    return sorted(found, key=lambda one: (one.made_at, one.number), reverse=True)
