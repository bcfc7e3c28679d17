"""Order a signed report on an organisation's page, and get its files; number and check code are in no address."""

from __future__ import annotations

import logging
from http import HTTPStatus
from typing import Final

from django.http import Http404, HttpRequest, HttpResponse
from django.middleware.csrf import get_token
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from xinheng.adapters import clock
from xinheng.adapters.limits import Cost, Room, RoomFull, costs
from xinheng.kernel.dates import chinese_date
from xinheng.kernel.errors import DomainError
from xinheng.portal.domain import Fact
from xinheng.portal.forms import ReportForm, VerifyForm
from xinheng.portal.selectors import subjects as selectors
from xinheng.portal.selectors.addresses import subject_address
from xinheng.portal.views.frame import page
from xinheng.portal.views.sorry import busy
from xinheng.reports.errors import FontsMissing, PurposeUnknown, SigningKeyMissing
from xinheng.reports.services import Issued, purpose_title, purposes_known, report_issue_once, report_remake
from xinheng.subjects.selectors import subject_get

logger = logging.getLogger(__name__)

room = Room(places=2, waiting=2, patience=5.0)
"""Reports that one process makes at the same time: the other threads are for readers."""
_PUBLIC: Final = "public"
_TYPES: Final = {"pdf": "application/pdf", "json": "application/json"}
_NOT_NOW: Final = "平台的签名证书或者字体现在不能用，暂时不能出具报告。已经记下这个故障；网页上的公示信息不受影响。"


@costs(Cost.REPORT, method="POST")
@require_http_methods(["GET", "HEAD", "POST"])
def report(request: HttpRequest, subject_id: int) -> HttpResponse:
    """Show what to choose before a report is made; after a POST make it and give its receipt."""
    form = ReportForm(request.POST if request.method == "POST" else request.GET)
    order = selectors.report_order(subject_id=subject_id, query=form.query())
    if order is None:
        raise Http404
    context: dict[str, object] = {
        "order": order,
        "purposes": purposes_known(),
        "purpose": form.purpose(),
        "query": form.query(),
        "back_url": subject_address(order.head.subject_id, query=form.query()),
        "csrf_token": get_token(request),
        "once": form.once(),
        "errors": form.messages(may_be_made=order.may_be_made) if request.method == "POST" else {},
    }
    if request.method != "POST" or context["errors"]:
        return page(request, "report_order.html", context, adverse=True)
    try:
        with room.entered():
            made = _make(order.head.subject_id, form)
    except RoomFull:
        return busy(request)
    except PurposeUnknown as error:
        return page(request, "report_order.html", context | {"errors": {"purpose": str(error)}}, adverse=True)
    except (SigningKeyMissing, FontsMissing) as error:
        return _not_now(request, error)
    done = context | {"made": made, "facts": _facts(made, form.purpose())}
    return page(request, "report_made.html", done, adverse=True)


@costs(Cost.REPORT)
@require_POST
def report_file(request: HttpRequest, form: str) -> HttpResponse:
    """Give the holder of number and check code the PDF or the JSON."""
    if form not in _TYPES:
        raise Http404
    typed = VerifyForm(request.POST)
    try:
        with room.entered():
            made = report_remake(number=typed.number(), check_code=typed.check_code(), now=clock.now(), with_page=form == "pdf")
    except RoomFull:
        return busy(request)
    except (SigningKeyMissing, FontsMissing) as error:
        return _not_now(request, error)
    except DomainError as error:
        context = {"words": str(error)}
        return page(request, "report_refused.html", context, status=HTTPStatus.UNPROCESSABLE_ENTITY, adverse=True)
    response = HttpResponse(made.pdf if form == "pdf" else made.data, content_type=_TYPES[form])
    response["Content-Disposition"] = f'attachment; filename="{made.number}.{form}"'
    response["Cache-Control"] = "no-store"
    response["X-Robots-Tag"] = "noindex, nofollow, noarchive"
    return response


@require_safe
def report_again(request: HttpRequest) -> HttpResponse:
    """Show the form by which a holder gets an issued report again."""
    return page(request, "report_again.html", {"csrf_token": get_token(request)}, adverse=True)


def _facts(made: Issued, purpose: str) -> tuple[Fact, ...]:
    at = made.issued_at
    return (
        Fact("报告编号", made.number),
        Fact("校验码", made.check_code),
        Fact("用途", purpose_title(code=purpose)),
        Fact("出具时间", f"{chinese_date(at.date())}{at:%H:%M}"),
    )


def _make(subject_id: int, form: ReportForm) -> Issued:
    subject = subject_get(subject_id=subject_id)
    if subject is None:
        raise Http404
    return report_issue_once(
        subject=subject, order=form.order(), now=clock.now(), actor=_PUBLIC, purpose=form.purpose(), with_page=False
    )


def _not_now(request: HttpRequest, error: DomainError) -> HttpResponse:
    """Say that no report can be made now; what the office must mend is in the log and not on the page."""
    logger.error("no report: %s", error)
    context = {"words": _NOT_NOW}
    return page(request, "report_refused.html", context, status=HTTPStatus.SERVICE_UNAVAILABLE, adverse=True)
