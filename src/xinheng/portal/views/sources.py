"""How far each source has reported."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from xinheng.adapters import clock
from xinheng.portal.selectors import sources as selectors
from xinheng.portal.views.frame import page


@require_safe
def sources(request: HttpRequest) -> HttpResponse:
    """Show every reporting organ with its last day, so that a nought can be weighed."""
    states = selectors.source_states(on_date=clock.today())
    return page(request, "sources.html", {"sources": states, "stale_days": selectors.STALE_DAYS})
