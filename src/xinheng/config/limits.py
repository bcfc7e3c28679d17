"""The limits of every door (``adapters.limits``), before a request reaches its view."""

from collections.abc import Callable
from typing import Final

from django.conf import settings
from django.http import HttpRequest, HttpResponseBase
from django.urls import Resolver404, ResolverMatch, resolve

from xinheng.adapters.limits import Cost, address_of, cost_of, limiter
from xinheng.config import api
from xinheng.portal import views

_API: Final = api.api.urls_namespace


def match_of(request: HttpRequest) -> ResolverMatch | None:
    """Return what answers the request's address, ``None`` if nothing does."""
    try:
        return resolve(request.path_info)
    except Resolver404:
        return None


def is_api(match: ResolverMatch | None) -> bool:
    """Return whether a program asks, which wants its refusals as data: at the API, or for a token."""
    return match is not None and (match.namespace == _API or (match.url_name or "").startswith("oauth_"))


class LimitMiddleware:
    """Lets a request in, makes it wait its turn, or tells it when to come again: a page to people, a problem to programs."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer the request."""
        match = match_of(request)
        program = is_api(match)
        cost = Cost.READ
        if match is not None:
            cost = Cost.API if match.namespace == _API else cost_of(match.func, method=request.method)
        wait = limiter().enter(cost=cost, address=address_of(request.META, proxies=settings.XINHENG_PROXIES))
        if not wait:
            return self._get_response(request)
        return api.too_many(wait) if program else views.too_many(request, wait=wait)
