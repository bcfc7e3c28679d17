"""Whose reports may be touched (可见范围): the setting that row-level security reads (P11, ADR 0045).

The reach is the codes of organs, or everything for the platform's own work (command line, jobs). It belongs to the thread,
and the connection is told before it is asked anything (``adapters.postgres.backend``): what a request opened ends with it.
A web process begins with nothing, so that forgetting to open shows too little, never too much.
"""

import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Final, TypeVar

from django.db import connections

from xinheng.adapters.work import Work, work_variable

SETTING: Final = "xinheng.reach"
"""The server's name of it. Migrations write it out: they are history."""
EVERYTHING: Final = "*"
NOTHING: Final = ""
_CODE: Final = re.compile(r"[0-9A-Z]{1,18}")

_reach: ContextVar[str | None] = ContextVar("xinheng_reach", default=None)
_process = EVERYTHING

Item = TypeVar("Item")


def reach_of_organs(codes: Iterable[str]) -> str:
    """Return the reach of these organs and no other.

    Raises:
        ValueError: one of them is no code of an organ; nothing is ever guessed here.

    >>> reach_of_organs({"11500236DM00000136", "11500236DM0000240B"})
    '11500236DM00000136,11500236DM0000240B'
    >>> reach_of_organs([])
    ''
    """
    found = sorted(set(codes))
    if wrong := [code for code in found if not _CODE.fullmatch(code)]:
        raise ValueError(f"no code of an organ: {wrong}")
    return ",".join(found)


def reach_now() -> str:
    """Return what this thread may touch at this moment."""
    found = _reach.get()
    return _process if found is None else found


@contextmanager
def reaching(reach: str, *, work: Work | None = None) -> Iterator[None]:
    """Let this thread touch what ``reach`` says, and afterwards what it could before; the server is told so at once.

    ``work`` says who is at work meanwhile (``adapters.work``); without it that stays as it was.
    """
    token, at_work = _reach.set(reach), work_variable().set(work) if work is not None else None
    try:
        yield
    finally:
        _reach.reset(token)
        if at_work is not None:
            work_variable().reset(at_work)
        for connection in connections.all(initialized_only=True):
            if settle := getattr(connection, "reach_settle", None):
                settle()


def each_reaching(reach: str, items: Iterable[Item]) -> Iterator[Item]:
    """Yield ``items``, each made with this reach: for an answer that is written while it is sent, after its view returned."""
    source, end = iter(items), object()
    while True:
        with reaching(reach):
            item = next(source, end)
        if item is end:
            return
        yield item  # type: ignore[misc] # everything but the mark of the end


def process_begins_with(reach: str) -> None:
    """Say what the threads of this process may touch before anything is opened. A web process begins with nothing."""
    global _process  # noqa: PLW0603 - one beginning for all threads, also those that the server makes later
    _process = reach
