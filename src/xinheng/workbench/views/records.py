"""Fill in one record (填一条): choose what, type it with the rules answering, send it the way a file goes."""

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from xinheng.accounts.domain import Actor, Role
from xinheng.adapters import clock
from xinheng.catalogue.domain import Item, ItemKind
from xinheng.catalogue.selectors import catalogue_current
from xinheng.intake import services
from xinheng.intake.domain import Finding, FindingSeverity
from xinheng.intake.errors import DraftNotFound
from xinheng.intake.models import RecordDraft
from xinheng.intake.selectors import draft_visible_to
from xinheng.intake.services import Declarations
from xinheng.kernel.errors import DomainError
from xinheng.workbench.selectors import record_form as form
from xinheng.workbench.views.frame import page
from xinheng.workbench.views.gate import signed_in

_TRIGGER = "HX-Trigger-Name"


@require_safe
@signed_in(Role.CLERK)
def record_start(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Choose the item; go on with a draft."""
    context = {"organs": form.items_reported(actor=actor), "drafts": form.draft_lines(actor=actor)}
    return page(request, actor, "record_start.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in(Role.CLERK)
def record_form(request: HttpRequest, actor: Actor, item_id: str) -> HttpResponse:
    """Show the form of an item, keep a draft of it, or send it."""
    item, organ = _asked(request, actor, item_id)
    if request.method == "POST":
        return _send(request, actor, item, organ) if request.POST.get("act") == "send" else _save(request, actor, item, organ)
    draft_id = _uuid(request.GET.get("draft", ""))
    values = form.values_at_first(item=item, organ_code=organ)
    if draft_id is not None:
        try:
            draft = draft_visible_to(actor=actor, draft_id=draft_id)
        except DraftNotFound as error:
            messages.error(request, str(error))
            return redirect("workbench:record_start")
        if (draft.item_id, draft.organ_code) != (item.id, organ):
            raise Http404
        values = services.draft_values(draft=draft)
    return _form_page(request, actor, item, organ, values=values, draft=draft_id)


@require_POST
@signed_in(Role.CLERK)
def record_fields(request: HttpRequest, actor: Actor, item_id: str) -> HttpResponse:
    """Say what the rules say of the fields typed so far: for the field that was left, and what changed beside it."""
    item, organ = _asked(request, actor, item_id)
    catalogue = catalogue_current()
    values = form.values_posted(posted=request.POST, item=item, catalogue=catalogue)
    name = request.headers.get(_TRIGGER, "").removesuffix(form.NOTE)
    told = frozenset(values) if request.POST.get("checked") else frozenset(key for key, text in values.items() if text) | {name}
    filled = form.record_form(
        item=item,
        organ_code=organ,
        catalogue=catalogue,
        values=values,
        findings=_findings(request, item, organ, values),
        told=told,
    )
    response = render(request, "workbench/_record_messages.html", {"form": filled, "name": name})
    response["Cache-Control"] = "no-store"
    return response


@require_POST
@signed_in(Role.CLERK)
def record_draft_discard(request: HttpRequest, actor: Actor, draft_id: UUID) -> HttpResponse:
    """Give a draft up."""
    if services.draft_discard(draft_id=draft_id, clerk=actor.login_name):
        messages.success(request, "草稿已放弃，填写的内容已销毁。")
    return redirect("workbench:record_start")


def _asked(request: HttpRequest, actor: Actor, item_id: str) -> tuple[Item, str]:
    """Return the item and the organ, where this clerk reports that item for that organ; else it is not found."""
    organs = sorted(actor.organs(Role.CLERK))
    organ = request.POST.get("organ") or request.GET.get("organ") or organs[0]
    try:
        item = catalogue_current().item(item_id)
    except KeyError:
        raise Http404 from None
    if not actor.may(Role.CLERK, organ_code=organ, item_id=item.id):
        raise Http404
    return item, organ


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


def _declared(request: HttpRequest) -> Declarations:
    return Declarations(
        is_desensitised="is_desensitised" in request.POST,
        is_on_the_spot="is_on_the_spot" in request.POST,
        is_secret_free="is_secret_free" in request.POST,
    )


def _findings(request: HttpRequest, item: Item, organ: str, values: dict[str, str]) -> tuple[Finding, ...]:
    return services.record_check(
        values=values,
        item_id=item.id,
        organ_code=organ,
        on_date=clock.today(),
        on_the_spot=_declared(request).is_on_the_spot,
    )


def _save(request: HttpRequest, actor: Actor, item: Item, organ: str) -> HttpResponse:
    values = form.values_posted(posted=request.POST, item=item, catalogue=catalogue_current())
    try:
        kept = _keep(request, actor, item, organ, values)
    except DomainError as error:
        return _form_page(request, actor, item, organ, values=values, problem=str(error))
    messages.success(request, f"草稿已保存，保留到{kept.keep_until:%Y-%m-%d}。个人号码已遮盖后保存。")
    return redirect("workbench:record_start")


def _keep(request: HttpRequest, actor: Actor, item: Item, organ: str, values: dict[str, str]) -> RecordDraft:
    return services.draft_save(
        clerk=actor.login_name,
        organ_code=organ,
        item_id=item.id,
        values=values,
        now=clock.now(),
        draft_id=_uuid(request.POST.get("draft", "")),
    )


def _send(request: HttpRequest, actor: Actor, item: Item, organ: str) -> HttpResponse:
    values = form.values_posted(posted=request.POST, item=item, catalogue=catalogue_current())
    draft = _uuid(request.POST.get("draft", ""))
    declared = _declared(request)
    findings = _findings(request, item, organ, values)
    refused = any(finding.severity is FindingSeverity.REFUSE for finding in findings)
    unseen = bool(findings) and request.POST.get("seen") != form.told_mark(findings)
    problem = "" if declared.is_secret_free else "没有声明“不含涉密信息”。确认不含涉密信息后勾选，再报送。"
    if refused or unseen or problem:
        try:
            draft = _keep(request, actor, item, organ, values).pk
        except DomainError as error:
            problem = problem or str(error)
        return _form_page(request, actor, item, organ, values=values, draft=draft, findings=findings, problem=problem)
    try:
        submission = services.record_send(
            values=values,
            item_id=item.id,
            organ_code=organ,
            clerk=actor.login_name,
            declarations=declared,
            now=clock.now(),
        )
    except DomainError as error:
        return _form_page(request, actor, item, organ, values=values, draft=draft, findings=findings, problem=str(error))
    if draft is not None:
        services.draft_discard(draft_id=draft, clerk=actor.login_name)
    messages.success(request, f"已收到，编号{submission.number}。查完会通知你；没有要改的，就可以提交审核。")
    return redirect("workbench:submission", submission.number)


def _form_page(
    request: HttpRequest,
    actor: Actor,
    item: Item,
    organ: str,
    *,
    values: dict[str, str],
    draft: UUID | None = None,
    findings: tuple[Finding, ...] | None = None,
    problem: str = "",
) -> HttpResponse:
    filled = form.record_form(
        item=item,
        organ_code=organ,
        catalogue=catalogue_current(),
        values=services.values_masked(values=values, item=item),
        findings=findings or (),
    )
    context = {
        "form": filled,
        "draft": draft or "",
        "declared": _declared(request) if request.method == "POST" else Declarations(is_secret_free=False),
        "takes_on_the_spot": item.kind is ItemKind.PENALTY,
        "checked": findings is not None,
        "mark": form.told_mark(findings or ()),
        "problem": problem,
    }
    wrong = problem or filled.refusals or filled.remarks
    return page(request, actor, "record_form.html", context, status=422 if wrong else 200)
