"""The number of the request that is being answered (请求编号): in its answer, in every line of the log, on the error page.

It belongs to the thread that answers, so that whatever is logged below a view carries it without being told.
"""

import re
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Final

_ACCEPTED: Final = re.compile(r"[A-Za-z0-9-]{8,64}")
_number: ContextVar[str] = ContextVar("xinheng_request_number", default="")


def request_number_from(given: str, *, believed: bool) -> str:
    r"""Return the number of a new request: the one that our own proxy gave it, or a fresh one.

    Args:
        given: the header ``X-Request-ID`` as it came, empty without one.
        believed: whether a proxy of our own stands before the site; a reader's own header could forge lines of the log.

    >>> request_number_from("0a1b2c3d4e5f", believed=True)
    '0a1b2c3d4e5f'
    >>> request_number_from("0a1b2c3d4e5f", believed=False) == "0a1b2c3d4e5f"
    False
    >>> len(request_number_from("a b\nc", believed=True))
    32
    """
    return given if believed and _ACCEPTED.fullmatch(given) else uuid.uuid4().hex


def request_number_now() -> str:
    """Return the number of the request that this thread answers; empty outside of one (commands, jobs)."""
    return _number.get()


@contextmanager
def request_numbered(number: str) -> Iterator[None]:
    """Let everything inside belong to this request."""
    token = _number.set(number)
    try:
        yield
    finally:
        _number.reset(token)
