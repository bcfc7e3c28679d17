"""One record with where it came from and what was explained about it."""

from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from xinheng.accounts.domain import Actor
from xinheng.adapters import clock
from xinheng.records.errors import RecordNotFound
from xinheng.workbench.selectors.records import record_page
from xinheng.workbench.views.frame import page
from xinheng.workbench.views.gate import READERS, signed_in


@require_safe
@signed_in(*READERS)
def record(request: HttpRequest, actor: Actor, record_id: UUID) -> HttpResponse:
    """Show one record of the organ's; another's is not found."""
    try:
        found = record_page(actor=actor, record_id=record_id, now=clock.now())
    except RecordNotFound:
        raise Http404 from None
    return page(request, actor, "record.html", {"page": found})
