"""Append to the event log and to the trail, and keep the trail as long as it must be kept."""

from xinheng.audit.services.events import JsonValue, event_record
from xinheng.audit.services.keeping import destroyed_and_told, partitions_make, trail_retain
from xinheng.audit.services.reads import (
    ReadMark,
    command_read,
    confirm_when_sent,
    read_confirm,
    read_log,
    read_of,
    request_read,
)

__all__ = [
    "JsonValue",
    "ReadMark",
    "command_read",
    "confirm_when_sent",
    "destroyed_and_told",
    "event_record",
    "partitions_make",
    "read_confirm",
    "read_log",
    "read_of",
    "request_read",
    "trail_retain",
]
