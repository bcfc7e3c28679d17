"""Zero reports: stated by a clerk, certified by another person."""

from collections.abc import Callable

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST, require_safe

from xinheng.accounts.domain import Actor, Role
from xinheng.adapters import clock
from xinheng.catalogue.selectors import catalogue_current
from xinheng.kernel.errors import DomainError
from xinheng.monitoring import services
from xinheng.monitoring.domain import month_of, month_read, months_until
from xinheng.monitoring.errors import NothingFound
from xinheng.monitoring.selectors import zero_report_lines
from xinheng.workbench.forms import ReasonForm, ZeroReportForm
from xinheng.workbench.selectors.organs import item_choices, item_title, organ_name
from xinheng.workbench.selectors.overview import own_coverage_grid
from xinheng.workbench.views.frame import page
from xinheng.workbench.views.gate import signed_in
from xinheng.workbench.views.monitoring import READERS

_ORGANS = 1
"""Of so many organs the months are shown at once: nearly everybody reports for one."""


@require_safe
@signed_in(*READERS)
def zero_reports(request: HttpRequest, actor: Actor) -> HttpResponse:
    """List the zero reports, with the form of a new one for clerks."""
    return _listed(request, actor, _form(actor) if Role.CLERK in actor.roles else None)


@require_POST
@signed_in(Role.CLERK)
def zero_report_state(request: HttpRequest, actor: Actor) -> HttpResponse:
    """State that there is nothing."""
    form = _form(actor, request.POST)
    if form.is_valid():
        values = form.cleaned_data
        month = month_read(values["month"])
        assert month is not None  # one of the form's choices
        try:
            services.zero_report_state(
                organ_code=values["organ_code"],
                item_id=values["item_id"],
                month=month,
                actor=actor,
                catalogue=catalogue_current(),
                now=clock.now(),
                today=clock.today(),
            )
        except DomainError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, f"{month.label}的零报告已经提交，等本单位另一位审核人确认。确认前后都可以撤回。")
            return redirect("workbench:zero_reports")
    return _listed(request, actor, form, status=422)


@require_POST
@signed_in(Role.REVIEWER)
def zero_report_certify(request: HttpRequest, actor: Actor, report_id: int) -> HttpResponse:
    """Certify a zero report."""
    return _done(
        request,
        lambda: services.zero_report_certify(report_id=report_id, actor=actor, catalogue=catalogue_current(), now=clock.now()),
        "零报告已确认。",
    )


@require_POST
@signed_in(Role.REVIEWER)
def zero_report_return(request: HttpRequest, actor: Actor, report_id: int) -> HttpResponse:
    """Return a zero report to the clerk."""
    return _done(
        request,
        lambda: services.zero_report_return(
            report_id=report_id, reason=_reason(request), actor=actor, catalogue=catalogue_current(), now=clock.now()
        ),
        "零报告已退回经办人。",
    )


@require_POST
@signed_in(Role.CLERK)
def zero_report_withdraw(request: HttpRequest, actor: Actor, report_id: int) -> HttpResponse:
    """Withdraw a zero report."""
    return _done(
        request,
        lambda: services.zero_report_withdraw(
            report_id=report_id, reason=_reason(request), actor=actor, catalogue=catalogue_current(), now=clock.now()
        ),
        "零报告已撤回。",
    )


def _done(request: HttpRequest, act: Callable[[], object], done: str) -> HttpResponse:
    try:
        act()
    except NothingFound:
        raise Http404 from None
    except DomainError as error:
        messages.error(request, f"没有办理：{error}")
    else:
        messages.success(request, done)
    return redirect("workbench:zero_reports")


def _reason(request: HttpRequest) -> str:
    form = ReasonForm(request.POST)
    return str(form.cleaned_data["ground"]) if form.is_valid() else ""


def _form(actor: Actor, data: object = None) -> ZeroReportForm:
    last = month_of(clock.today()).back(1)
    return ZeroReportForm(
        data,
        organs=[(code, organ_name(code)) for code in sorted(actor.organs(Role.CLERK))],
        items=item_choices(),
        months=[(month.text, month.label) for month in months_until(last, count=services.MONTHS_BACK)],
    )


def _listed(request: HttpRequest, actor: Actor, form: ZeroReportForm | None, *, status: int = 200) -> HttpResponse:
    lines = [
        (line, organ_name(line.report.organ_code), item_title(line.report.item_id))
        for line in zero_report_lines(actor=actor, catalogue=catalogue_current())
    ]
    grids = [
        own_coverage_grid(actor=actor, organ_code=code, today=clock.today())
        for code in sorted(actor.organs(Role.CLERK, Role.REVIEWER))
    ]
    context = {"lines": lines, "form": form, "grids": grids[:_ORGANS]}
    return page(request, actor, "monitoring/zero_reports.html", context, status=status)
