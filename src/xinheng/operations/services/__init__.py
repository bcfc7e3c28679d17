"""Backups and their restoring; generations of the key ring."""

from xinheng.operations.services.backup import backup_make, keys_make
from xinheng.operations.services.keys import Rotation, generation_forget, keys_rotate, ring_begin
from xinheng.operations.services.restore import Restored, backup_check, backup_restore, keys_restore

__all__ = [
    "Restored",
    "Rotation",
    "backup_check",
    "backup_make",
    "backup_restore",
    "generation_forget",
    "keys_make",
    "keys_restore",
    "keys_rotate",
    "ring_begin",
]
