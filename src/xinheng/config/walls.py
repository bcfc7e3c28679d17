"""Every request begins with nobody's reports in reach; the gates open what the actor's grants name (P11, ADR 0045).

What a gate lets read is logged before it is answered; here the line is confirmed when the answer was sent (ADR 0060).
"""

from collections.abc import Callable
from typing import Final

from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.http import HttpRequest, HttpResponseBase

from xinheng.adapters.reach import NOTHING, reaching
from xinheng.adapters.work import work_of
from xinheng.audit.domain import plain
from xinheng.audit.services import confirm_when_sent, read_of

_SAFE: Final = frozenset({"GET", "HEAD", "OPTIONS"})
_ALWAYS: Final = ("/account/", "/oauth/")
"""Where reading an address may change something: signing in comes back from an identity service by one."""
_GATED: Final = ("/workbench/", "/api/")
"""Where a gate knows more: it says who is at work itself."""


class ReachMiddleware:
    """Closes what an earlier request or the process could reach, and leaves nothing open behind this one."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer the request."""
        with reaching(NOTHING):
            response = self._get_response(request)
        if (mark := read_of(request)) is not None:
            confirm_when_sent(response, mark)
        return response


class WorkMiddleware:
    """Says whose request it is where something may be changed that no gate stands before: signing in, making a report.

    Public pages are only read: they cost the database nothing here.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer the request."""
        path = request.path_info
        if path.startswith(_GATED) or (request.method in _SAFE and not path.startswith(_ALWAYS)):
            return self._get_response(request)
        account = request.session.get(SESSION_KEY) if settings.SESSION_COOKIE_NAME in request.COOKIES else None
        actor = f"account:{account}" if account else ""
        work = work_of(request, door="web", actor=actor, what=plain(path.split("/")[1]))
        with reaching(NOTHING, work=work):
            return self._get_response(request)
