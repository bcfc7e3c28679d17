"""Log every read of what is not public before it is answered (P10, P11, ADR 0060).

The line is committed before the view or the command begins, outside every transaction of theirs; that the answer was sent
whole is a second line. What was answered is therefore always logged; a line without its second is unconfirmed.
"""

import json
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.db import DEFAULT_DB_ALIAS, Error, connections, transaction
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase

from xinheng.adapters.work import Work
from xinheng.audit.domain import Aim

_log = logging.getLogger(__name__)
_READ: Final = "xinheng.read"
_INSERT: Final = """
    INSERT INTO audit_read (actor, organ_codes, roles, purpose, case_no, address, door, what, request_id,
        object_kind, object_id, method, asked)
    VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s::jsonb) RETURNING id, at"""
# Nobody waits for the disk twice: that an answer was sent may be forgotten by a power cut, that it was asked may not.
_SENT: Final = """
    INSERT INTO audit_readsent (id, at, status, size)
    SELECT %s::bigint, %s::timestamptz, %s::integer, %s::bigint WHERE set_config('synchronous_commit', 'off', true) = 'off'"""


@dataclass(frozen=True, slots=True)
class ReadMark:
    """Which line of the trail a read is."""

    number: int
    at: datetime


def read_log(*, work: Work, aim: Aim, method: str = "") -> ReadMark:
    """Log a read and commit it: one statement of its own where no transaction is open.

    Raises:
        RuntimeError: the caller is in a transaction, in which the line would be lost with it.
    """
    if connections[DEFAULT_DB_ALIAS].in_atomic_block:
        # Refuses, but for the transaction that a test has around everything.
        with transaction.atomic(durable=True, savepoint=False):
            return _insert(work, aim, method)
    return _insert(work, aim, method)


def _insert(work: Work, aim: Aim, method: str) -> ReadMark:
    about = (work.actor, work.organ, work.role, work.purpose, work.case or aim.case, work.address, work.door, work.what)
    values: list[Any] = [*about, work.request, aim.kind, aim.number, method, json.dumps(aim.asked, ensure_ascii=False)]
    with connections[DEFAULT_DB_ALIAS].cursor() as cursor:
        cursor.execute(_INSERT, values)
        return ReadMark(*cursor.fetchone())


def read_confirm(mark: ReadMark, *, status: int, size: int | None = None) -> None:
    """Say that the answer to a read was sent, with which status, and how many bytes where that is known."""
    with connections[DEFAULT_DB_ALIAS].cursor() as cursor:
        cursor.execute(_SENT, [mark.number, mark.at, status, size])


def request_read(request: HttpRequest, *, work: Work, aim: Aim) -> None:
    """Log what a request reads, once however many gates it passes; ``confirm_when_sent`` finds the line again."""
    if read_of(request) is None:
        request.META[_READ] = read_log(work=work, aim=aim, method=request.method or "")


def read_of(request: HttpRequest) -> ReadMark | None:
    """Return the line of a request that read something, ``None`` where nothing was."""
    mark: ReadMark | None = request.META.get(_READ)
    return mark


def confirm_when_sent(response: HttpResponseBase, mark: ReadMark) -> None:
    """Confirm a read when its answer has been handed over whole: the server closes it then (PEP 3333).

    An answer that is written while it is sent and broken off stays unconfirmed.
    """
    is_whole = True
    size = len(response.content) if isinstance(response, HttpResponse) else None
    if isinstance(response, StreamingHttpResponse):
        is_whole, content = False, response.streaming_content

        def to_the_end() -> Iterator[bytes]:
            nonlocal is_whole
            yield from content  # type: ignore[misc] # none of ours is a coroutine
            is_whole = True

        response.streaming_content = to_the_end()
    close = response.close

    def closed() -> None:
        try:
            if is_whole:
                read_confirm(mark, status=response.status_code, size=size)
        except Error:
            _log.warning("the read %s stays unconfirmed", mark.number, exc_info=True)
        finally:
            close()

    response.close = closed  # type: ignore[method-assign]


@contextmanager
def command_read(*, work: Work, aim: Aim) -> Iterator[None]:
    """Log what a command is about to read, and confirm it when the command came to its end."""
    mark = read_log(work=work, aim=aim)
    yield
    read_confirm(mark, status=0)
