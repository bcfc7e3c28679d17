"""A small typed client of the open API of Xinheng 信衡: lists, organisations, snapshots, changes.

client = Client("https://credit.example.gov.cn")
snapshot = client.snapshot(Path("data"), trust=Path("trust.pem").read_bytes())
copy = {record["id"]: record for record in snapshot.records()}
place = client.apply_changes(copy, snapshot.number)
"""

from xinheng_client.api import Client, CursorGone, Problem, SnapshotUnavailable
from xinheng_client.snapshot import NotGenuine, Snapshot

__all__ = ["Client", "CursorGone", "NotGenuine", "Problem", "Snapshot", "SnapshotUnavailable"]
