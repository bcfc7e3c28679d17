"""What can be asked of open data: where the feed stands, what changed, which snapshot there is."""

from xinheng.opendata.selectors.changes import Change, ChangePage, changes_after
from xinheng.opendata.selectors.places import feed_place
from xinheng.opendata.selectors.snapshots import (
    CSV_NAME,
    LICENCE_NAME,
    MANIFEST_NAME,
    PARQUET_NAME,
    Snapshot,
    snapshot_latest,
    snapshot_to_give,
    snapshots_made,
)
from xinheng.opendata.selectors.standing import is_overtaken

__all__ = [
    "CSV_NAME",
    "LICENCE_NAME",
    "MANIFEST_NAME",
    "PARQUET_NAME",
    "Change",
    "ChangePage",
    "Snapshot",
    "changes_after",
    "feed_place",
    "is_overtaken",
    "snapshot_latest",
    "snapshot_to_give",
    "snapshots_made",
]
