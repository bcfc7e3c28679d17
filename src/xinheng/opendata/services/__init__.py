"""What open data does: make snapshots."""

from xinheng.opendata.services.snapshot import Made, snapshot_make

__all__ = ["Made", "snapshot_make"]
