"""Backups and their restoring."""

from xinheng.operations.services.backup import backup_make, keys_make
from xinheng.operations.services.restore import Restored, backup_check, backup_restore, keys_restore

__all__ = ["Restored", "backup_check", "backup_make", "backup_restore", "keys_make", "keys_restore"]
