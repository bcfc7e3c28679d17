"""The marked workbook: ordered here, made by a job, followed while it is made, taken away when it is ready."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_http_methods, require_safe

from xinheng.accounts.domain import Actor
from xinheng.adapters import clock
from xinheng.intake import services
from xinheng.intake.errors import SubmissionNotFound
from xinheng.intake.models import Submission
from xinheng.intake.selectors import submission_visible_to
from xinheng.kernel.errors import DomainError
from xinheng.workbench.selectors.workbooks import workbook_page
from xinheng.workbench.views.frame import page, part
from xinheng.workbench.views.gate import READERS, signed_in

_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_CSV = "text/csv; charset=utf-8"


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in(*READERS)
def marked(request: HttpRequest, actor: Actor, number: str) -> HttpResponse:
    """Say whether there is a marked workbook, and have one made."""
    submission = _visible(actor, number)
    if request.method == "POST":
        try:
            services.workbook_ask(number=number, actor=actor.login_name, now=clock.now())
        except DomainError as error:
            messages.error(request, f"没有办理：{error}")
        return redirect("workbench:marked", number)
    return page(request, actor, "marked.html", {"page": workbook_page(submission=submission)})


@require_safe
@signed_in(*READERS)
def marked_progress(request: HttpRequest, actor: Actor, number: str) -> HttpResponse:
    """Tell the page how many rows are written, or to be loaded again: it is over."""
    found = workbook_page(submission=_visible(actor, number))
    response = part(request, "_rows_done.html", {"rows": found.rows})
    if not found.is_working:
        response["HX-Refresh"] = "true"
    return response


@require_safe
@signed_in(*READERS)
def marked_file(request: HttpRequest, actor: Actor, number: str) -> HttpResponse:
    """Give the workbook; where it is not ready its page says why."""
    return _file(request, actor, number, content_type=_XLSX, is_rest=False)


@require_safe
@signed_in(*READERS)
def marked_rest(request: HttpRequest, actor: Actor, number: str) -> HttpResponse:
    """Give the list of the findings that do not stand in the workbook."""
    return _file(request, actor, number, content_type=_CSV, is_rest=True)


def _file(request: HttpRequest, actor: Actor, number: str, *, content_type: str, is_rest: bool) -> HttpResponse:
    order = services.workbook_order_of(_visible(actor, number))
    if order is None:
        return redirect("workbench:marked", number)
    try:
        name, content = services.workbook_read(order=order, actor=actor.login_name, now=clock.now(), is_rest=is_rest)
    except DomainError as error:
        messages.error(request, str(error))
        return redirect("workbench:marked", number)
    headers = {"Cache-Control": "no-store", "X-Robots-Tag": "noindex"}
    headers["Content-Disposition"] = content_disposition_header(as_attachment=True, filename=name) or "attachment"
    return StreamingHttpResponse(content, content_type=content_type, headers=headers)  # type: ignore[return-value] # the gate knows it


def _visible(actor: Actor, number: str) -> Submission:
    try:
        return submission_visible_to(actor=actor, number=number)
    except SubmissionNotFound:
        raise Http404 from None
