"""The queue of doubts: list, one side by side, decide or propose, confirm, decline, undo."""

from collections.abc import Callable
from urllib.parse import urlencode

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from xinheng.accounts.domain import SUBMISSION_READERS, Actor, Role
from xinheng.adapters import clock
from xinheng.intake import services
from xinheng.intake.errors import DoubtNotFound, SamePerson
from xinheng.kernel.errors import DomainError
from xinheng.subjects.selectors import subject_by_code
from xinheng.workbench.forms import DoubtForm, WhyForm
from xinheng.workbench.selectors import doubts as queue
from xinheng.workbench.selectors.organs import organ_choices
from xinheng.workbench.views.frame import page
from xinheng.workbench.views.gate import signed_in

_READERS = tuple(role for role in Role if role in SUBMISSION_READERS)


@require_safe
@signed_in(*_READERS)
def doubts(request: HttpRequest, actor: Actor) -> HttpResponse:
    """List the doubts that wait, or those of the state, organ and batch that the address names."""
    asked = request.GET.get("state", "")
    state = asked if asked in dict(queue.STATES) else queue.WAITING
    organ = request.GET.get("organ", "") if actor.is_of_credit_office else ""
    number = request.GET.get("number", "")[:32]
    after = request.GET.get("after", "")
    found = queue.doubt_list(
        actor=actor,
        state=state,
        organ_code=organ,
        number=number,
        after=int(after) if after.isdecimal() and len(after) < 16 else 0,
    )
    kept = {"state": state, "organ": organ, "number": number}
    context = {
        "found": found,
        "state": state,
        "states": queue.STATES,
        "organ": organ,
        "organs": organ_choices() if actor.is_of_credit_office else [],
        "number": number,
        "more": f"?{urlencode({**kept, 'after': found.after})}" if found.after else "",
    }
    return page(request, actor, "doubts.html", context)


@require_safe
@signed_in(*_READERS)
def doubt(request: HttpRequest, actor: Actor, doubt_id: int) -> HttpResponse:
    """Show one doubt; one of another organ is not found."""
    return _page(request, actor, doubt_id, form=DoubtForm(), code=request.GET.get("code", "")[:50])


@require_POST
@signed_in(*_READERS)
def doubt_decide(request: HttpRequest, actor: Actor, doubt_id: int) -> HttpResponse:
    """Decide whose the row is, or propose it where a second person must confirm."""
    found = _found(actor, doubt_id)
    form = DoubtForm(request.POST)
    if request.POST.get("choice") == DoubtForm.LATER:
        return _next(request, actor, doubt_id, "这条没有决定，仍在待确认里。")
    if not form.is_valid():
        return _page(request, actor, doubt_id, form=form, code=form.typed_code)
    if not found.rights.chooses:
        return _page(request, actor, doubt_id, form=form, problem=found.rights.why_not)
    subject_id = form.subject_id
    if form.by_code:
        typed = subject_by_code(code=form.typed_code)
        if typed is None:
            form.add_error("code", "登记库里没有这个代码。请核对；登记库里没有的单位，先由信用办导入登记信息。")
            return _page(request, actor, doubt_id, form=form)
        subject_id = typed.pk
    reason = form.cleaned_data["reason"]
    try:
        if found.rights.propose and subject_id is not None:
            services.doubt_propose(
                doubt_id=doubt_id, subject_id=subject_id, actor=actor.login_name, reason=reason, now=clock.now()
            )
            said = "已提出，等审核人或信用办的另一人复核；复核同意后随即入库。"
        else:
            services.doubt_decide(
                doubt_id=doubt_id, subject_id=subject_id, actor=actor.login_name, reason=reason, now=clock.now()
            )
            said = "已退回报送机关补充。" if subject_id is None else "已确认，随整批交审核人审核。"
    except DomainError as error:
        return _page(request, actor, doubt_id, form=form, problem=str(error), code=form.typed_code)
    return _next(request, actor, doubt_id, said)


@require_POST
@signed_in(*_READERS)
def doubt_confirm(request: HttpRequest, actor: Actor, doubt_id: int) -> HttpResponse:
    """Confirm what another person proposed; the record is published at once."""
    return _act(
        request,
        actor,
        doubt_id,
        may=lambda found: found.rights.confirm,
        act=lambda: services.doubt_confirm(doubt_id=doubt_id, actor=actor.login_name, now=clock.now()),
        done="已复核同意，这一行已入库；该公示的随即公示。",
    )


@require_POST
@signed_in(*_READERS)
def doubt_decline(request: HttpRequest, actor: Actor, doubt_id: int) -> HttpResponse:
    """Do not confirm, or take one's own proposal back."""
    reason = _reason(request)
    return _act(
        request,
        actor,
        doubt_id,
        may=lambda found: found.rights.confirm or found.rights.take_back,
        act=lambda: services.doubt_decline(doubt_id=doubt_id, actor=actor.login_name, reason=reason, now=clock.now()),
        done="已记下不同意，这条重新待确认。",
    )


@require_POST
@signed_in(*_READERS)
def doubt_undo(request: HttpRequest, actor: Actor, doubt_id: int) -> HttpResponse:
    """Undo a decision: a record made from it is withdrawn at once, history stays."""
    reason = _reason(request)
    return _act(
        request,
        actor,
        doubt_id,
        may=lambda found: found.rights.undo,
        act=lambda: services.doubt_undo(doubt_id=doubt_id, actor=actor.login_name, reason=reason, now=clock.now()),
        done="已撤销确认。由它形成的记录已停止公示，历史保留；这条重新待确认。",
    )


def _reason(request: HttpRequest) -> str:
    form = WhyForm(request.POST)
    return str(form.cleaned_data["reason"]) if form.is_valid() else ""


def _found(actor: Actor, doubt_id: int) -> queue.DoubtPage:
    try:
        return queue.doubt_page(actor=actor, doubt_id=doubt_id)
    except DoubtNotFound:
        raise Http404 from None


def _act(
    request: HttpRequest,
    actor: Actor,
    doubt_id: int,
    *,
    may: Callable[[queue.DoubtPage], bool],
    act: Callable[[], object],
    done: str,
) -> HttpResponse:
    found = _found(actor, doubt_id)
    if not may(found):
        return _page(request, actor, doubt_id, form=DoubtForm(), problem=found.rights.why_not)
    try:
        act()
    except SamePerson:
        return _page(request, actor, doubt_id, form=DoubtForm(), problem="提出人与复核人不能是同一人。请由另一人复核。")
    except DomainError as error:
        return _page(request, actor, doubt_id, form=DoubtForm(), problem=str(error))
    messages.success(request, done)
    return redirect("workbench:doubt", doubt_id)


def _next(request: HttpRequest, actor: Actor, doubt_id: int, said: str) -> HttpResponse:
    messages.success(request, said)
    following = queue.next_doubt(actor=actor, after=doubt_id)
    if following is None or following == doubt_id:
        return redirect(reverse("workbench:doubts"))
    return redirect("workbench:doubt", following)


def _page(
    request: HttpRequest, actor: Actor, doubt_id: int, *, form: DoubtForm, problem: str = "", code: str = ""
) -> HttpResponse:
    try:
        found = queue.doubt_page(actor=actor, doubt_id=doubt_id, code=code)
    except DoubtNotFound:
        raise Http404 from None
    context = {"page": found, "form": form, "problem": problem, "typed": code or form.typed_code}
    return page(request, actor, "doubt.html", context, status=422 if form.errors or problem else 200)
