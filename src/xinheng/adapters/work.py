"""Who is at work and why (操作背景): what the trail writes down beside every change and every read (P11, ADR 0060).

It belongs to the thread, as the reach does (``adapters.reach``), and the database is told both in one statement: the triggers
that record changes read the session setting :data:`SETTING`. It is kept by those who open something (the gates of the
workbench and the API, a command, a job), never by whoever changes or reads.
"""

import json
import uuid
from contextvars import ContextVar
from dataclasses import asdict, dataclass
from functools import lru_cache
from typing import Final

from django.conf import settings
from django.http import HttpRequest

from xinheng.adapters.limits import address_of
from xinheng.adapters.tracing import request_number_now

SETTING: Final = "xinheng.work"
"""The server's name of it. Migrations write it out: they are history."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """One request, command or job, as far as it is known; texts of ours, never a person's number.

    ``actor`` is a signature (``account:7``, ``client:3``, ``os:postgres``), ``organ`` and ``role`` codes separated by commas,
    ``case`` the thing that it is about (``submission:FJ-…``), ``what`` the route, command or job, ``request`` one number for
    everything that belongs together.
    """

    door: str = ""
    actor: str = ""
    organ: str = ""
    role: str = ""
    purpose: str = ""
    case: str = ""
    address: str = ""
    what: str = ""
    request: str = ""

    def told(self) -> str:
        """Return it as the database is told: JSON without what is not known, nothing of nobody.

        >>> Work(actor="account:7").told(), Work().told()
        ('{"actor": "account:7"}', '')
        """
        return _told(self)


@lru_cache(maxsize=64)
def _told(work: Work) -> str:
    """Return it once for all the questions of a request: it is looked at before each of them."""
    known = {name: value for name, value in asdict(work).items() if value}
    return json.dumps(known, ensure_ascii=False) if known else ""


NOBODY: Final = Work()
_work: ContextVar[Work] = ContextVar("xinheng_work", default=NOBODY)


def work_now() -> Work:
    """Return who is at work in this thread at this moment."""
    return _work.get()


def work_variable() -> ContextVar[Work]:
    """Return the variable itself, for :func:`xinheng.adapters.reach.reaching`, which opens and closes both at once."""
    return _work


def work_of(request: HttpRequest, *, door: str, actor: str, what: str, **known: str) -> Work:
    """Return the work that a request is: with the address that it comes from and the number that its answer and its log carry."""
    address = address_of(request.META, proxies=settings.XINHENG_PROXIES)
    return Work(door=door, actor=actor, what=what, address=address, request=request_number_now() or new_number(), **known)


def new_number() -> str:
    """Return a number for a request, a command or a job that begins."""
    return uuid.uuid4().hex
