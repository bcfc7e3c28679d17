"""Open data: the newest snapshot, how to verify it, how to keep a copy right."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_safe

from xinheng.adapters import clock
from xinheng.portal.selectors.open_data import open_data_page
from xinheng.portal.views.frame import page


@require_safe
def open_data(request: HttpRequest) -> HttpResponse:
    """Show what can be downloaded now, under which terms, and the change feed."""
    context = {"page": open_data_page(on_date=clock.today()), "api_url": reverse("api-1:openapi-json")}
    return page(request, "open_data.html", context)
