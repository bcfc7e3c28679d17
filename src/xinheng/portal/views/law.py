"""The catalogue, readable by people."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from xinheng.portal.selectors import law as selectors
from xinheng.portal.selectors import law_entries
from xinheng.portal.views.frame import page

if TYPE_CHECKING:
    from xinheng.portal.domain import LawEntry


@require_safe
def law(request: HttpRequest) -> HttpResponse:
    """List every item, list, clock and measure of the catalogue with its ground."""
    return page(request, "law.html", {"page": selectors.law_index()})


@require_safe
def law_item(request: HttpRequest, item_id: str) -> HttpResponse:
    """Show one catalogue item: who reports, how soon, who sees it, how long, on which ground, with examples."""
    item = selectors.law_item(item_id=item_id)
    if item is None:
        raise Http404
    return page(request, "law_item.html", {"item": item})


@require_safe
def law_list(request: HttpRequest, list_id: str) -> HttpResponse:
    """Show one list (名单): who enters whom, for how long, on which ground."""
    return _entry(request, law_entries.law_list(list_id=list_id))


@require_safe
def law_clock(request: HttpRequest, clock_id: str) -> HttpResponse:
    """Show one clock (期限) with all its versions."""
    return _entry(request, law_entries.law_clock(clock_id=clock_id))


@require_safe
def law_measure(request: HttpRequest, measure_id: str) -> HttpResponse:
    """Show one measure (措施), row by row with its ground."""
    return _entry(request, law_entries.law_measure(measure_id=measure_id))


def _entry(request: HttpRequest, entry: LawEntry | None) -> HttpResponse:
    if entry is None:
        raise Http404
    return page(request, "law_entry.html", {"entry": entry})
