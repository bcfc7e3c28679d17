"""The first page after signing in."""

from datetime import datetime

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from xinheng.accounts.domain import BEFORE, Actor
from xinheng.adapters import clock
from xinheng.workbench.selectors.desk import desk_ways
from xinheng.workbench.selectors.home import home_page
from xinheng.workbench.views.frame import page
from xinheng.workbench.views.gate import signed_in


@require_safe
@signed_in()
def home(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Show what waits for this person, and what changed since this person signed in before."""
    before = request.session.get(BEFORE)
    since = None if before is None else datetime.fromisoformat(before)
    found = home_page(actor=actor, now=clock.now(), today=clock.today(), since=since)
    return page(request, actor, "home.html", {"page": found, "desk": desk_ways(actor=actor)})
