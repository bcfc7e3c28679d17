"""No number of a person's stays in an address: what somebody typed there is masked before anything sees it (P3, P4).

A query is typed by readers, a path by links of others, a method and the name of a browser by whoever wrote the program. From there they would go into links,
into the sign-in's way back, into what is printed, into the history of the browser and the logs of proxies behind it.
"""

import re
from collections.abc import Callable
from typing import Final
from urllib.parse import parse_qsl, quote, urlencode

from django.http import HttpRequest, HttpResponseBase, HttpResponseRedirect

from xinheng.kernel.personal import mask_personal_numbers
from xinheng.subjects.domain import numbers_masked_but_codes

_UUID: Final = re.compile(r"([0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12})")
_HEADERS: Final = ("HTTP_USER_AGENT", "HTTP_REFERER")
_METHODS: Final = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "CONNECT"})
_OTHER: Final = "OTHER"
_FOR_PROGRAMS: Final = ("/api/", "/oauth/")


class AddressMiddleware:
    """Masks personal numbers in path, query and the headers that are kept; a page is asked for again without them."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer the request, or send the browser to the address without the numbers."""
        if request.method not in _METHODS:  # any word may stand there, and would stand in the log
            request.method = request.META["REQUEST_METHOD"] = _OTHER
        for name in _HEADERS:
            if name in request.META:
                request.META[name] = mask_personal_numbers(request.META[name])
        path = "/".join(_masked(part) for part in request.path.split("/"))
        query = request.META.get("QUERY_STRING", "")
        asked = _query_masked(query)
        if path == request.path and asked == query:
            return self._get_response(request)
        is_page = (
            request.method in {"GET", "HEAD"} and not path.startswith(_FOR_PROGRAMS) and "HX-Request" not in request.headers
        )
        if is_page:
            answer = HttpResponseRedirect(quote(path) + (f"?{asked}" if asked else ""))
            answer.headers["Cache-Control"] = "no-store"
            return answer
        request.META["QUERY_STRING"], request.META["PATH_INFO"] = asked, path
        request.path = request.path_info = path
        return self._get_response(request)


def _masked(text: str) -> str:
    """Return a text with personal numbers masked; digits of our own numbers (UUID) and codes of organisations are none."""
    parts = _UUID.split(text)
    return "".join(part if place % 2 else numbers_masked_but_codes(part) for place, part in enumerate(parts))


def _query_masked(query: str) -> str:
    """Return the query as it is where nothing in it is a number of a person's."""
    pairs = parse_qsl(query, keep_blank_values=True)
    masked = [(_masked(name), _masked(value)) for name, value in pairs]
    return query if masked == pairs else urlencode(masked)
