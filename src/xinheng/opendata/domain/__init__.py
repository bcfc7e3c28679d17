"""Places in the feed and the words of a snapshot: no Django, no clock."""

from xinheng.opendata.domain.cursor import PATTERN, Cursor
from xinheng.opendata.domain.licence import LICENCE_CONFIDENCE, LICENCE_ID, LICENCE_TEXT
from xinheng.opendata.domain.manifest import FORMAT, Manifest, SnapshotFile, manifest_document, manifest_read

__all__ = [
    "FORMAT",
    "LICENCE_CONFIDENCE",
    "LICENCE_ID",
    "LICENCE_TEXT",
    "PATTERN",
    "Cursor",
    "Manifest",
    "SnapshotFile",
    "manifest_document",
    "manifest_read",
]
