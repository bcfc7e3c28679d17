"""Practice (练习): an invented file through the real rules, without any effect; a first report in five steps."""

from typing import Final

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_http_methods, require_safe

from xinheng.accounts.domain import Actor, Role
from xinheng.adapters import clock
from xinheng.adapters.storage import folder
from xinheng.catalogue.selectors import catalogue_current
from xinheng.intake.services import practice_check
from xinheng.kernel.errors import DomainError
from xinheng.synth.services import PRACTISED, practice_file_write
from xinheng.workbench.selectors.organs import item_title, organ_name
from xinheng.workbench.selectors.practice import practice_choices, practice_page
from xinheng.workbench.views.frame import page
from xinheng.workbench.views.gate import signed_in

_XLSX: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
STEPS: Final = ("选文件", "检查", "处理问题", "提交审核", "审核确认")


@require_safe
@signed_in(Role.CLERK, Role.REVIEWER)
def practice(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Say what practice is and what can be practised."""
    return page(request, actor, "practice.html", {"organs": practice_choices(actor=actor), "steps": STEPS})


@require_safe
@signed_in(Role.CLERK, Role.REVIEWER)
def practice_sample(request: HttpRequest, actor: Actor, item_id: str) -> HttpResponse:
    """Send the practice workbook, as it came (with things to mend) or mended (``?mended=1``)."""
    organ = _organ(request, actor, item_id)
    mended = bool(request.GET.get("mended"))
    catalogue = catalogue_current()
    path = folder("practice") / f"{item_id}-{organ}-{clock.today():%Y%m%d}-{int(mended)}.xlsx"
    if not path.exists():
        for old in path.parent.glob(f"{item_id}-{organ}-*-{int(mended)}.xlsx"):
            old.unlink(missing_ok=True)
        practice_file_write(
            out=path, item_id=item_id, organ=catalogue.organ(organ), on_date=clock.today(), catalogue=catalogue, mended=mended
        )
    response = HttpResponse(path.read_bytes(), content_type=_XLSX)
    name = "practice-mended" if mended else "practice"
    response["Content-Disposition"] = f'attachment; filename="{name}-{item_id}.xlsx"'
    response["Cache-Control"] = "no-store"
    return response


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in(Role.CLERK, Role.REVIEWER)
def practice_item(request: HttpRequest, actor: Actor, item_id: str) -> HttpResponse:
    """Take a first report through its steps: nothing of the file stays."""
    organ = _organ(request, actor, item_id)
    context: dict[str, object] = {
        "item_id": item_id,
        "item": item_title(item_id),
        "organ_code": organ,
        "organ": organ_name(organ),
        "steps": STEPS,
        "step": 1,
        "result": None,
        "problem": "",
    }
    if request.method == "POST":
        context |= _checked(request, item_id, organ)
    elif request.GET.get("step") in ("4", "5"):
        context["step"] = int(request.GET["step"])
    return page(request, actor, "practice_item.html", context, status=422 if context["problem"] else 200)


def _checked(request: HttpRequest, item_id: str, organ: str) -> dict[str, object]:
    upload = request.FILES.get("file")
    if upload is None:
        return {"problem": "没有选文件。先下载练习表，再选它上传。"}
    try:
        result = practice_check(
            content=upload.read(),
            file_name=upload.name or "",
            item_id=item_id,
            organ_code=organ,
            on_date=clock.today(),
        )
    except DomainError as error:
        return {"problem": str(error)}
    found = practice_page(result=result)
    return {"result": found, "step": 3 if found.must else 4}


def _organ(request: HttpRequest, actor: Actor, item_id: str) -> str:
    organs = sorted(actor.organs(Role.CLERK, Role.REVIEWER))
    organ = request.POST.get("organ") or request.GET.get("organ") or organs[0]
    if organ not in organs or item_id not in PRACTISED:
        raise Http404
    return organ
