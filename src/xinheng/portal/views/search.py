"""Search for organisations."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from xinheng.adapters import clock
from xinheng.adapters.limits import Cost, costs
from xinheng.portal.forms import SearchForm
from xinheng.portal.selectors import home as home_selectors
from xinheng.portal.selectors import search as selectors
from xinheng.portal.views.frame import fragment, page


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """Show the front door: search, live figures, the latest licences and honours."""
    return page(request, "home.html", {"page": home_selectors.home_page(on_date=clock.today())})


@costs(Cost.SEARCH)
@require_safe
def search(request: HttpRequest) -> HttpResponse:
    """Show which organisations match, and why; nothing of what is recorded about them."""
    asked = SearchForm(request.GET)
    result = selectors.search_page(asked=asked.state(), on_date=clock.today())
    return page(request, "search.html", {"page": result})


@costs(Cost.TYPING)
@require_safe
def suggestions(request: HttpRequest) -> HttpResponse:
    """Return the organisations to offer while somebody types, as the inside of the list under the field (for htmx)."""
    asked = SearchForm(request.GET).state()
    return fragment(request, "_suggestions.html", {"suggestions": selectors.suggestions(text=asked.query)})
