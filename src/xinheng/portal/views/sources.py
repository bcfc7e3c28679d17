"""How far each source has reported."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from xinheng.adapters import clock
from xinheng.portal.views.frame import page
from xinheng.publicity.selectors import STALE_DAYS, source_states


@require_safe
def sources(request: HttpRequest) -> HttpResponse:
    """Show every reporting organ with its last day, so that a nought can be weighed."""
    states = source_states(on_date=clock.today())
    return page(request, "sources.html", {"sources": states, "stale_days": STALE_DAYS})
