"""The manifest of a snapshot (快照清单): what is in it and what proves it, as JSON and back."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from xinheng.opendata.domain.cursor import Cursor
from xinheng.opendata.domain.licence import LICENCE_CONFIDENCE, LICENCE_ID, LICENCE_TEXT
from xinheng.publicity.domain import BULK_COLUMNS

FORMAT = "xinheng-snapshot/1"
_TYPES = {str: "text", int: "integer", bool: "boolean", date: "day", list: "json"}


@dataclass(frozen=True, slots=True, kw_only=True)
class SnapshotFile:
    """One file of a snapshot; its size in bytes and its SHA-256 in hexadecimal."""

    name: str
    media_type: str
    size: int
    sha256: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """What a snapshot says of itself. ``items``: how many records of each item; ``made_at`` is aware."""

    cursor: Cursor
    made_at: datetime
    publisher: str
    platform: str
    is_demo: bool
    catalogue: str
    items: Mapping[str, int]
    files: Sequence[SnapshotFile]

    @property
    def number(self) -> str:
        """The snapshot's number: the place in the feed from which its changes follow."""
        return self.cursor.text

    @property
    def records(self) -> int:
        """How many records it holds."""
        return sum(self.items.values())


def manifest_document(manifest: Manifest) -> dict[str, Any]:
    """Return a manifest as JSON: texts, whole numbers, true and false under ASCII keys."""
    return {
        "format": FORMAT,
        "number": manifest.number,
        "sequence": manifest.cursor.seq,
        "day": manifest.cursor.day.isoformat(),
        "made_at": manifest.made_at.isoformat(timespec="seconds"),
        "publisher": manifest.publisher,
        "platform": manifest.platform,
        "is_demo": manifest.is_demo,
        "catalogue": manifest.catalogue,
        "licence": {"id": LICENCE_ID, "confidence": LICENCE_CONFIDENCE, "text": LICENCE_TEXT},
        "records": manifest.records,
        "items": dict(manifest.items),
        "columns": [{"name": name, "type": _TYPES[kind]} for name, kind in BULK_COLUMNS.items()],
        "files": [
            {"name": one.name, "media_type": one.media_type, "bytes": one.size, "sha256": one.sha256} for one in manifest.files
        ],
    }


def manifest_read(document: Mapping[str, Any]) -> Manifest:
    """Return the manifest that a document of our own holds.

    Raises:
        KeyError: it is none.
        CursorNotRead: its number is none.
    """
    return Manifest(
        cursor=Cursor.read(document["number"]),
        made_at=datetime.fromisoformat(document["made_at"]),
        publisher=document["publisher"],
        platform=document["platform"],
        is_demo=document["is_demo"],
        catalogue=document["catalogue"],
        items=document["items"],
        files=[
            SnapshotFile(name=one["name"], media_type=one["media_type"], size=one["bytes"], sha256=one["sha256"])
            for one in document["files"]
        ],
    )
