"""Lines of the log (运行日志) without personal data: what happened, where and in which request, never about whom.

What a line may hold is decided here, for every logger, because most of what ends in a log is said by libraries: the path of
a request (it may have a number of somebody's in it), a user's name at a wrong password, the values in a database's error.

- Our own messages are written by us; personal numbers are masked in them all the same.
- Of a library's message its words are kept and the values left out.
- Of a request its method and the name of its route are kept, never its path, query or address.
- Of an exception its kind, its place and the database's code are kept, never its message.
"""

import json
import logging
import traceback
from datetime import datetime
from types import TracebackType
from typing import Any, Final

from xinheng.adapters.tracing import request_number_now
from xinheng.kernel.dates import CHINA
from xinheng.kernel.personal import mask_personal_numbers

_WORDS_OF_OURS: Final = ("xinheng", "granian", "_granian", "procrastinate", "py.warnings")
"""Loggers whose values are ours: job arguments are numbers and names of ours only (``adapters.jobs``)."""
_STANDARD: Final = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName"}
_ALLOWED: Final = frozenset({"route", "method", "status", "seconds", "incident"})
"""What a line may say besides its message, given by ``extra=``."""
_FRAMES: Final = 12


def route_of(request: Any) -> str:
    """Return the name of the route that answers a request, never its address; ``-`` where none does."""
    return getattr(getattr(request, "resolver_match", None), "view_name", None) or "-"


def line_of(record: logging.LogRecord) -> dict[str, object]:
    """Return what may be written of a record, in the order in which it is written."""
    told: dict[str, object] = {
        "time": datetime.fromtimestamp(record.created, CHINA).isoformat(timespec="milliseconds"),
        "level": record.levelname,
        "logger": record.name,
    }
    if number := request_number_now():
        told["request"] = number
    told["message"] = _message(record)
    told |= {name: value for name, value in vars(record).items() if name in _ALLOWED and name not in _STANDARD}
    if record.exc_info and record.exc_info[1] is not None:
        told["error"] = error_told(record.exc_info[1])
    return told


def _message(record: logging.LogRecord) -> str:
    request = getattr(record, "request", None)
    if request is not None and hasattr(request, "path"):
        status = getattr(record, "status_code", "-")
        return f"{status} {getattr(request, 'method', None) or '-'} {route_of(request)}"
    if record.name.split(".", 1)[0] in _WORDS_OF_OURS or record.name in _WORDS_OF_OURS:
        return mask_personal_numbers(record.getMessage())
    return mask_personal_numbers(str(record.msg))


def error_told(error: BaseException) -> list[dict[str, object]]:
    """Return the kinds and places of an exception and of what it came from, the last first; no message of any."""
    told: list[dict[str, object]] = []
    while error is not None and len(told) < _FRAMES:
        one: dict[str, object] = {"kind": f"{type(error).__module__}.{type(error).__qualname__}"}
        diagnosis = getattr(error, "diag", None)
        for name in ("sqlstate", "constraint_name"):
            if found := getattr(diagnosis, name, None):
                one[name] = str(found)
        one["frames"] = _frames(error.__traceback__)
        told.append(one)
        following = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
        if following is None:
            break
        error = following
    return told


def _frames(trace: TracebackType | None) -> list[str]:
    found = traceback.extract_tb(trace)[-_FRAMES:]
    return [f"{_short(frame.filename)}:{frame.lineno} {frame.name}" for frame in found]


def _short(path: str) -> str:
    """Return a file below its package: where an installation lies is nobody's business."""
    for mark in ("/site-packages/", "/src/"):
        if mark in path:
            return path.rpartition(mark)[2]
    return path.rpartition("/")[2]


class JsonLines(logging.Formatter):
    """One JSON object a line, for a collector of logs."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line."""
        return json.dumps(line_of(record), ensure_ascii=False, default=str)


class PlainLines(logging.Formatter):
    """The same for people at a terminal."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line, and one for every frame of an exception."""
        told = line_of(record)
        errors = told.pop("error", [])
        head = " ".join(str(told.pop(name)) for name in ("time", "level", "logger"))
        said = f"{head}: {told.pop('message')}"
        rest = " ".join(f"{name}={value}" for name, value in told.items())
        lines = [f"{said} [{rest}]" if rest else said]
        for one in errors if isinstance(errors, list) else []:
            lines += [f"  {one['kind']} {one.get('sqlstate', '')}".rstrip(), *(f"    {frame}" for frame in one["frames"])]
        return "\n".join(lines)
