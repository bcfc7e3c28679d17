"""Destroy what is over; erase one thing before its time."""

from xinheng.retention.services.erase import erase
from xinheng.retention.services.run import Destroyed, retention_run

__all__ = ["Destroyed", "erase", "retention_run"]
