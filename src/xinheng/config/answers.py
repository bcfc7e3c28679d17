"""Answers that are nobody's: a wrong method, a database that is slow or away; a page to people, a problem to programs."""

import logging
from collections.abc import Callable, Mapping
from http import HTTPStatus

from django.db import InterfaceError, OperationalError
from django.http import Http404, HttpRequest, HttpResponse
from psycopg.errors import QueryCanceled

from xinheng.adapters.storage import is_of_a_full_disk
from xinheng.config import api
from xinheng.config.limits import is_api, match_of
from xinheng.portal import views

_log = logging.getLogger(__name__)


class AnswerMiddleware:
    """Puts words where Django has a bare status."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer the request; a bare 405 of a page gets words."""
        response = self._get_response(request)
        if response.status_code == HTTPStatus.METHOD_NOT_ALLOWED and not response.content and not is_api(match_of(request)):
            return views.wrong_method(request, allowed=response["Allow"])
        return response

    def process_view(self, request: HttpRequest, _view: object, _given: object, named: Mapping[str, object]) -> None:
        """Find nothing under an address with a NUL in it: no name of ours has one, and the database takes none."""
        if any(isinstance(part, str) and "\0" in part for part in named.values()) and not is_api(match_of(request)):
            raise Http404

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        """Answer for a database that took too long (its statement was ended) or cannot be reached, and for a full disk."""
        program = is_api(match_of(request))
        if is_of_a_full_disk(error):
            _log.error("no room left on the disk", exc_info=error)
            return api.unavailable() if program else views.full(request)
        if not isinstance(error, (OperationalError, InterfaceError)):
            return None
        if isinstance(error.__cause__, QueryCanceled):
            return api.too_slow() if program else views.slow(request)
        return api.unavailable() if program else views.unavailable(request)
