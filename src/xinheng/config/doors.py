"""A process that has the public doors only (``XINHENG_DOORS=public``, ADR 0064).

What needs a person or a row to write is not there; its database role could do none of it anyway.
"""

from collections.abc import Callable
from typing import Final

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponseBase
from django.urls import ResolverMatch

from xinheng.config.api import api
from xinheng.config.limits import match_of

_NAMESPACES: Final = frozenset({"portal", "tlog", api.urls_namespace})
_WRITING: Final = frozenset({"portal:report", "portal:report_again", "portal:report_file"})
"""Public addresses at which something is stored or signed: the site's other process has them."""
_OF_SYSTEMS: Final = "api/v1/submissions"


def is_public(match: ResolverMatch) -> bool:
    """Return whether an address only reads what everybody may; a new namespace is not public by itself."""
    if match.namespace not in _NAMESPACES or match.view_name in _WRITING:
        return False
    return not match.route.startswith(_OF_SYSTEMS)


class PublicDoorsMiddleware:
    """Answers "not found" to everything that is not public, and takes sessions for what they are here: nothing."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer the request."""
        match = match_of(request)
        # What no route answers is a file of the site's own, or not found.
        if match is not None and not is_public(match):
            raise Http404
        request.COOKIES.pop(settings.SESSION_COOKIE_NAME, None)
        return self._get_response(request)
