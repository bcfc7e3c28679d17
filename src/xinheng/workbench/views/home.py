"""The first page after signing in."""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from xinheng.accounts.domain import Actor
from xinheng.adapters import clock
from xinheng.workbench.selectors.desk import desk_ways
from xinheng.workbench.selectors.home import home_page
from xinheng.workbench.views.frame import page
from xinheng.workbench.views.gate import signed_in


@require_safe
@signed_in()
def home(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Show what waits for this person."""
    found = {"page": home_page(actor=actor, today=clock.today()), "desk": desk_ways(actor=actor)}
    return page(request, actor, "home.html", found)
