"""Proposed changes of the catalogue: list, propose, review with the effect, decide."""

import zipfile
from datetime import date
from typing import IO, Final

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from xinheng.accounts.domain import OFFICE_ROLES, Actor, Role
from xinheng.adapters import clock
from xinheng.catalogue import services
from xinheng.catalogue.errors import ProposalNotFound, ProposalRefused
from xinheng.catalogue.selectors import sources_current
from xinheng.kernel.errors import DomainError
from xinheng.workbench.selectors import catalogue_proposals as reviewed
from xinheng.workbench.views.frame import page
from xinheng.workbench.views.gate import signed_in

_OFFICE = tuple(role for role in Role if role in OFFICE_ROLES)
_FILE_BYTES: Final = 1_000_000
_FILES: Final = 200
_TOP: Final = "catalogue/"


@require_safe
@signed_in(*_OFFICE)
def catalogue_proposals(request: HttpRequest, actor: Actor) -> HttpResponse:
    """List the proposals, and the files of the catalogue in use to propose changes of."""
    context = {"proposals": reviewed.proposal_lines(), "files": sorted(sources_current())}
    return page(request, actor, "catalogue_proposals.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in(*_OFFICE)
def catalogue_propose(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Change one file in the page or send several, and propose it with a reason."""
    if request.method != "POST":
        name = request.GET.get("file", "")
        return _propose_page(request, actor, name=name, text=sources_current().get(name, ""))
    name = request.POST.get("name", "").strip()
    text = request.POST.get("text", "").replace("\r\n", "\n")
    files: dict[str, str] = {}
    try:
        archive = request.FILES.get("archive")
        files = _unpacked(archive) if archive is not None and archive.name else {name: text}
        made = services.proposal_make(
            title=request.POST.get("title", "")[:120],
            reason=request.POST.get("reason", ""),
            files=files,
            actor=actor.login_name,
            now=clock.now(),
        )
    except DomainError as error:
        problems = services.proposal_problems(files=files) if files else []
        return _propose_page(request, actor, name=name, text=text, problem=str(error), problems=problems)
    messages.success(request, "已提出。下面是对照和模拟的影响；由信用办主任（不是提出人）审批。")
    return redirect("workbench:catalogue_proposal", made.pk)


@require_safe
@signed_in(*_OFFICE)
def catalogue_proposal(request: HttpRequest, actor: Actor, proposal_id: int) -> HttpResponse:
    """Show a proposal with its difference and effect; of one organ and item the records too."""
    return _page(request, actor, proposal_id)


@require_POST
@signed_in(Role.CREDIT_DIRECTOR)
def catalogue_proposal_adopt(request: HttpRequest, actor: Actor, proposal_id: int) -> HttpResponse:
    """Adopt a proposal of somebody else."""
    try:
        services.proposal_adopt(
            proposal_id=proposal_id, actor=actor.login_name, reason=request.POST.get("reason", ""), now=clock.now()
        )
    except ProposalNotFound:
        raise Http404 from None
    except DomainError as error:
        return _page(request, actor, proposal_id, problem=str(error))
    messages.success(request, "已批准，目录快照已存。由系统管理员在服务器上装入后施行。")
    return redirect("workbench:catalogue_proposal", proposal_id)


@require_POST
@signed_in(*_OFFICE)
def catalogue_proposal_refuse(request: HttpRequest, actor: Actor, proposal_id: int) -> HttpResponse:
    """Refuse a proposal, or take one's own back."""
    try:
        found = reviewed.proposal_page(actor=actor, proposal_id=proposal_id, on_date=clock.today())
        if not found.may_refuse:
            return _page(request, actor, proposal_id, problem="只有提出人可以收回，信用办主任可以不同意；已经决定的不能再改。")
        services.proposal_refuse(
            proposal_id=proposal_id, actor=actor.login_name, reason=request.POST.get("reason", ""), now=clock.now()
        )
    except ProposalNotFound:
        raise Http404 from None
    except DomainError as error:
        return _page(request, actor, proposal_id, problem=str(error))
    messages.success(request, "已记下，现行目录没有变化。")
    return redirect("workbench:catalogue_proposal", proposal_id)


def _page(request: HttpRequest, actor: Actor, proposal_id: int, *, problem: str = "") -> HttpResponse:
    on_date = _day(request.GET.get("on", ""))
    organ, item = request.GET.get("organ", "")[:18], request.GET.get("item", "")[:64]
    try:
        found = reviewed.proposal_page(actor=actor, proposal_id=proposal_id, on_date=on_date)
    except ProposalNotFound:
        raise Http404 from None
    records = (
        reviewed.proposal_records(proposal_id=proposal_id, on_date=on_date, organ_code=organ, item_id=item)
        if organ and item
        else ()
    )
    context = {"page": found, "records": records, "asked": bool(organ and item), "problem": problem}
    return page(request, actor, "catalogue_proposal.html", context, status=422 if problem else 200)


def _day(text: str) -> date:
    """Return the day of the address: today or a later one, as a law may come into force later."""
    try:
        asked = date.fromisoformat(text)
    except ValueError:
        return clock.today()
    return max(asked, clock.today())


def _propose_page(
    request: HttpRequest, actor: Actor, *, name: str, text: str, problem: str = "", problems: object = ()
) -> HttpResponse:
    context = {
        "name": name,
        "text": text,
        "title": request.POST.get("title", ""),
        "reason": request.POST.get("reason", ""),
        "problem": problem,
        "problems": problems,
    }
    return page(request, actor, "catalogue_propose.html", context, status=422 if problem else 200)


def _unpacked(archive: IO[bytes]) -> dict[str, str]:
    """Return the YAML files of a packed catalogue folder by relative name; generated ones (``_…``) are left out.

    Raises:
        ProposalRefused: it is no ZIP, or holds too much.
    """
    try:
        with zipfile.ZipFile(archive) as packed:
            entries = [entry for entry in packed.infolist() if entry.filename.endswith(".yaml")]
            names = [entry.filename for entry in entries]
            top = _TOP if all(name.startswith(_TOP) for name in names) else ""
            wanted = {name.removeprefix(top): entry for name, entry in zip(names, entries, strict=True)}
            wanted = {name: entry for name, entry in wanted.items() if not name.startswith(("_", "."))}
            if len(wanted) > _FILES or any(entry.file_size > _FILE_BYTES for entry in wanted.values()):
                raise ProposalRefused(why=f"压缩包里的文件太多或太大（最多{_FILES}个，每个不超过1 MB）。")
            return {name: packed.read(entry).decode("utf-8-sig") for name, entry in wanted.items()}
    except (zipfile.BadZipFile, UnicodeDecodeError, NotImplementedError, RuntimeError) as error:
        raise ProposalRefused(why=f"压缩包打不开（{type(error).__name__}）；请把目录文件夹打成 ZIP，文件用 UTF-8。") from None
