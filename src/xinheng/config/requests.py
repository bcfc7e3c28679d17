"""Around every request: its number, its line in the log, its count; and the doors that machines ask (``config.probes``)."""

import logging
from collections.abc import Callable
from time import perf_counter
from typing import Final

from django.conf import settings
from django.http import HttpRequest, HttpResponseBase

from xinheng.adapters.logs import route_of
from xinheng.adapters.metrics import request_counted
from xinheng.adapters.tracing import request_number_from, request_numbered
from xinheng.config.probes import probe_answered

_log = logging.getLogger(__name__)
HEADER: Final = "X-Request-ID"


class RequestMiddleware:
    """Numbers a request, tells it without its path, query and address, and counts it. Outermost: it sees every answer."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer the request."""
        # Before hosts and limits are looked at: who watches the platform asks by an address of its own, all day.
        if (answer := probe_answered(request)) is not None:
            return answer
        began = perf_counter()
        number = request_number_from(request.headers.get(HEADER, ""), believed=settings.XINHENG_PROXIES > 0)
        with request_numbered(number):
            response = self._get_response(request)
            seconds = perf_counter() - began
            route, method = _route(request), request.method or "-"
            request_counted(route=route, method=method, status=response.status_code, seconds=seconds)
            told = {"route": route, "method": method, "status": response.status_code, "seconds": round(seconds, 4)}
            _log.info("request", extra=told)
        response.headers[HEADER] = number
        return response


def _route(request: HttpRequest) -> str:
    return "static" if request.path_info.startswith(settings.STATIC_URL) else route_of(request)
