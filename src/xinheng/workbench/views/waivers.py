"""Waivers: ask for one, decide about somebody else's, revoke."""

from collections.abc import Callable

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from xinheng.accounts.domain import OFFICE_ROLES, SUBMISSION_READERS, Actor, Role
from xinheng.adapters import clock
from xinheng.intake import services
from xinheng.intake.errors import WaiverNotFound
from xinheng.intake.selectors import waiver_visible_to
from xinheng.kernel.errors import DomainError
from xinheng.workbench.forms import WaiverForm
from xinheng.workbench.selectors import waivers as shown
from xinheng.workbench.views.frame import page
from xinheng.workbench.views.gate import signed_in

_READERS = tuple(role for role in Role if role in SUBMISSION_READERS)
_OFFICE = tuple(role for role in Role if role in OFFICE_ROLES)


@require_safe
@signed_in(*_READERS)
def waivers(request: HttpRequest, actor: Actor) -> HttpResponse:
    """List the waivers."""
    asks = bool(actor.roles & {Role.CLERK, Role.REVIEWER})
    return page(request, actor, "waivers.html", {"lines": shown.waiver_lines(actor=actor, on_date=clock.today()), "asks": asks})


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in(Role.CLERK, Role.REVIEWER)
def waiver_ask(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Ask for a waiver."""
    form = WaiverForm(request.POST or None, **shown.waiver_choices(actor=actor))
    if form.is_valid():
        try:
            asked = services.waiver_ask(**form.cleaned_data, actor=actor.login_name, now=clock.now())
        except DomainError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, "已申请，由信用办的人批准。批准以前，规则照常。")
            return redirect("workbench:waiver", asked.pk)
    return page(request, actor, "waiver_ask.html", {"form": form}, status=422 if form.errors else 200)


@require_safe
@signed_in(*_READERS)
def waiver(request: HttpRequest, actor: Actor, waiver_id: int) -> HttpResponse:
    """Show one waiver; one of another organ is not found."""
    return _page(request, actor, waiver_id)


@require_POST
@signed_in(*_OFFICE)
def waiver_decide(request: HttpRequest, actor: Actor, waiver_id: int) -> HttpResponse:
    """Agree or not."""
    agrees = request.POST.get("agrees") == "yes"
    return _act(
        request,
        actor,
        waiver_id,
        lambda: services.waiver_decide(
            waiver_id=waiver_id,
            agrees=agrees,
            actor=actor.login_name,
            reason=request.POST.get("reason", "")[:500],
            now=clock.now(),
        ),
        "已同意。这份文书以后检查时按豁免处理；到期自动失效。" if agrees else "已记下不同意，规则照常。",
    )


@require_POST
@signed_in(*_OFFICE)
def waiver_revoke(request: HttpRequest, actor: Actor, waiver_id: int) -> HttpResponse:
    """Revoke a waiver."""
    return _act(
        request,
        actor,
        waiver_id,
        lambda: services.waiver_revoke(
            waiver_id=waiver_id, actor=actor.login_name, reason=request.POST.get("reason", "")[:500], now=clock.now()
        ),
        "已撤销，规则照常；已入库的记录不变。",
    )


def _act(request: HttpRequest, actor: Actor, waiver_id: int, act: Callable[[], object], done: str) -> HttpResponse:
    try:
        waiver_visible_to(actor=actor, waiver_id=waiver_id)
        act()
    except WaiverNotFound:
        raise Http404 from None
    except DomainError as error:
        return _page(request, actor, waiver_id, problem=str(error))
    messages.success(request, done)
    return redirect("workbench:waiver", waiver_id)


def _page(request: HttpRequest, actor: Actor, waiver_id: int, *, problem: str = "") -> HttpResponse:
    try:
        found = shown.waiver_page(actor=actor, waiver_id=waiver_id, on_date=clock.today())
    except WaiverNotFound:
        raise Http404 from None
    return page(request, actor, "waiver.html", {"page": found, "problem": problem}, status=422 if problem else 200)
