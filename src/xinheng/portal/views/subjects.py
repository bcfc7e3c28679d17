"""The page of one organisation and of one record."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_safe

from xinheng.adapters import clock
from xinheng.portal.domain import list_kind
from xinheng.portal.forms import ListForm, SearchForm
from xinheng.portal.selectors import subjects as selectors
from xinheng.portal.selectors.addresses import address, subject_address
from xinheng.portal.selectors.freshness import freshness
from xinheng.portal.views.frame import office_facts, page
from xinheng.publicity.selectors import source_states

if TYPE_CHECKING:
    from uuid import UUID


@require_safe
def subject(request: HttpRequest, subject_id: int) -> HttpResponse:
    """Show one organisation; what is adverse of a sole trader only for the full name or code in ``q`` (P2)."""
    query = SearchForm(request.GET).state().query
    today = clock.today()
    found = selectors.subject_page(subject_id=subject_id, query=query, on_date=today)
    if found is None:
        raise Http404
    states = source_states(on_date=today)
    context = {
        "page": found,
        "query": query,
        "back_url": address(reverse("portal:search"), q=query) if query else "",
        "source_count": len(states),
        "freshness": freshness(states=states),
        "report_url": address(reverse("portal:report", args=[subject_id]), q=query),
        "table_url": address(reverse("portal:subject_table", args=[subject_id]), q=query),
        "stale_sources": [state for state in states if state.cannot_say and state.last_day],
    }
    return page(request, "subject.html", context, adverse=found.shows_adverse)


@require_safe
def subject_list(request: HttpRequest, subject_id: int, slug: str) -> HttpResponse:
    """Show one page of an organisation's records of one kind, newest decision first; P2 as on its own page."""
    kind = list_kind(slug)
    query = SearchForm(request.GET).state().query
    asked = ListForm(request.GET).state()
    found = kind and selectors.subject_list_page(
        subject_id=subject_id, kind=kind, query=query, after=asked.after, before=asked.before, on_date=clock.today()
    )
    if not found:
        raise Http404
    context = {"page": found, "back_url": subject_address(subject_id, query=query)}
    return page(request, "subject_list.html", context, adverse=found.kind.adverse and bool(found.records))


@require_safe
def record(request: HttpRequest, record_id: UUID) -> HttpResponse:
    """Show one record with its reasons and where it comes from, down to the cell."""
    query = SearchForm(request.GET).state().query
    found = selectors.record_card(record_id=record_id, query=query, on_date=clock.today())
    if found is None:
        raise Http404
    return page(request, "record.html", {"record": found}, adverse=found.adverse)


@require_safe
def objection_form(request: HttpRequest) -> HttpResponse:
    """Show the objection form (异议申请书) to be printed, filled in for one record where the address names it."""
    form = SearchForm(request.GET)
    found = None
    if record_id := form.record_id():
        found = selectors.record_card(record_id=record_id, query=form.state().query, on_date=clock.today())
        if found is None:
            raise Http404
    context = {"record": found, "office": office_facts()}
    return page(request, "objection_form.html", context, adverse=found is not None and found.adverse)
