"""Submissions: the list, and one with its findings and its time-line."""

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from xinheng.accounts.domain import Actor
from xinheng.adapters import clock
from xinheng.intake.errors import SubmissionNotFound
from xinheng.intake.models import SubmissionState
from xinheng.workbench.selectors.submissions import submission_lines, submission_page
from xinheng.workbench.views.frame import page
from xinheng.workbench.views.gate import READERS, signed_in


@require_safe
@signed_in(*READERS)
def submissions(request: HttpRequest, actor: Actor) -> HttpResponse:
    """List the newest submissions, of one state where the address names one."""
    asked = request.GET.get("state", "")
    state = asked if asked in SubmissionState.values else ""
    context = {
        "lines": submission_lines(actor=actor, state=state),
        "state": state,
        "states": SubmissionState.choices,
    }
    return page(request, actor, "submissions.html", context)


@require_safe
@signed_in(*READERS)
def submission(request: HttpRequest, actor: Actor, number: str) -> HttpResponse:
    """Show one submission; one that is another organ's is not found."""
    try:
        found = submission_page(actor=actor, number=number, today=clock.today())
    except SubmissionNotFound:
        raise Http404 from None
    return page(request, actor, "submission.html", {"page": found})
