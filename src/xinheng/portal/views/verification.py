"""Verify a report (报告核验): by number and check code, or by the file itself."""

from __future__ import annotations

from typing import Final

from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from xinheng.adapters import clock
from xinheng.adapters.limits import Cost, costs
from xinheng.portal.domain import Outcome, VerifyPage
from xinheng.portal.forms import VerifyForm
from xinheng.portal.selectors import verification as selectors
from xinheng.portal.views.frame import page
from xinheng.reports.services import trust_file, verifier_file

LARGEST_FILE: Final = 20 * 2**20


# Nothing is changed and nobody is signed in: a token would only put a cookie on every reader's machine.
@costs(Cost.DOWNLOAD, method="POST")
@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def verify(request: HttpRequest) -> HttpResponse:
    """Show the form, and after a POST what is to be said of the report. What was typed is in no address."""
    form = VerifyForm(request.POST if request.method == "POST" else request.GET)
    found = _found(request, form) if request.method == "POST" else selectors.NOTHING_ASKED
    context = {"page": found, "number": form.number() or found.number, "errors": form.messages(asked=found.outcome)}
    return page(request, "verify.html", context, adverse=request.method == "POST")


def _found(request: HttpRequest, form: VerifyForm) -> VerifyPage:
    uploaded = request.FILES.get("file")
    if uploaded is not None:
        if uploaded.size is not None and uploaded.size > LARGEST_FILE:
            return VerifyPage(Outcome.UNKNOWN, "文件太大", "信用报告不会超过20 MB，请检查是不是选错了文件。")
        return selectors.by_file(content=uploaded.read(), now=clock.now())
    if not form.number() or not form.check_code():
        return selectors.NOTHING_ASKED
    return selectors.by_number(number=form.number(), check_code=form.check_code(), on_date=clock.today())


@require_safe
def trust(request: HttpRequest) -> HttpResponse:
    """Give the file that others verify our reports against."""
    del request
    return HttpResponse(
        trust_file(now=clock.now()),
        content_type="application/x-pem-file",
        headers={"Content-Disposition": 'attachment; filename="xinheng-trust.pem"', "Cache-Control": "no-cache"},
    )


@require_safe
def verifier(request: HttpRequest) -> HttpResponse:
    """Give the one-file program that verifies a report offline."""
    del request
    return HttpResponse(
        verifier_file(),
        content_type="text/x-python; charset=utf-8",
        headers={"Content-Disposition": 'attachment; filename="verify_report.py"', "Cache-Control": "no-cache"},
    )
