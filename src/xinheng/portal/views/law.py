"""The catalogue, readable by people."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from xinheng.portal.selectors import law as selectors
from xinheng.portal.views.frame import page


@require_safe
def law(request: HttpRequest) -> HttpResponse:
    """List every catalogue item with its ground."""
    return page(request, "law.html", {"items": selectors.law_items(), "catalogue_hash": selectors.catalogue_hash()})


@require_safe
def law_item(request: HttpRequest, item_id: str) -> HttpResponse:
    """Show one catalogue item: who reports, how soon, who sees it, how long, on which ground."""
    item = selectors.law_item(item_id=item_id)
    if item is None:
        raise Http404
    return page(request, "law_item.html", {"item": item})
