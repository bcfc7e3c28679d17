"""The ends of a session: after a time without use, and after a day's work in any case."""

from collections.abc import Callable
from datetime import timedelta
from typing import Final

from django.conf import settings
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse

from xinheng.adapters import clock

SINCE: Final = "xh_since"
SEEN: Final = "xh_seen"
ENDED: Final = "xh_ended"
_SEEN_EVERY = timedelta(minutes=1)


class SessionEndMiddleware:
    """Sign out who was away too long (``XINHENG_SESSION_IDLE_MINUTES``) or signed in too long ago (``XINHENG_SESSION_HOURS``).

    A session begins with its first page after signing in. Without the session's cookie nothing is read.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Look at the session before anything else does."""
        if settings.SESSION_COOKIE_NAME in request.COOKIES and "_auth_user_id" in request.session:
            now = clock.now().timestamp()
            since, seen = request.session.setdefault(SINCE, now), request.session.setdefault(SEEN, now)
            idle = timedelta(minutes=settings.XINHENG_SESSION_IDLE_MINUTES).total_seconds()
            whole = timedelta(hours=settings.XINHENG_SESSION_HOURS).total_seconds()
            if now - seen > idle or now - since > whole:
                logout(request)
                request.session[ENDED] = True
            elif now - seen > _SEEN_EVERY.total_seconds():
                request.session[SEEN] = now
        return self.get_response(request)
