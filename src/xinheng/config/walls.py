"""Every request begins with nobody's reports in reach; the gates open what the actor's grants name (P11, ADR 0045)."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponseBase

from xinheng.adapters.reach import NOTHING, reaching


class ReachMiddleware:
    """Closes what an earlier request or the process could reach, and leaves nothing open behind this one."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer the request."""
        with reaching(NOTHING):
            return self._get_response(request)
