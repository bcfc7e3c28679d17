"""Public lists (公示) of licences, penalties, abnormal and serious lists, honours."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from xinheng.adapters import clock
from xinheng.portal.domain import list_kind
from xinheng.portal.forms import ListForm
from xinheng.portal.selectors import lists as selectors
from xinheng.portal.selectors.kinds import kinds
from xinheng.portal.selectors.tables import rows_at_most
from xinheng.portal.views.frame import page


@require_safe
def public_list(request: HttpRequest, slug: str) -> HttpResponse:
    """Show one page of a public list, newest decision first; sole traders are in no adverse list (P2)."""
    kind = list_kind(slug)
    if kind is None:
        raise Http404
    form = ListForm(request.GET)
    asked = form.state()
    context = {
        "page": selectors.list_page(kind=kind, asked=asked, on_date=clock.today()),
        "organs": selectors.organs(),
        "townships": selectors.townships(),
        "kinds": kinds(kind),
        "most": rows_at_most(kind),
        "form": form.as_typed(),
        "errors": form.messages(),
        "is_first": not (asked.after or asked.before),
    }
    return page(request, "list.html", context, adverse=kind.adverse)
