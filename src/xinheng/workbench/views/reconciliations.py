"""A case system's list beside the records."""

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST, require_safe

from xinheng.accounts.domain import OFFICE_ROLES, Actor, Role
from xinheng.adapters import clock
from xinheng.catalogue.selectors import catalogue_current
from xinheng.kernel.errors import DomainError
from xinheng.monitoring.errors import NothingFound
from xinheng.monitoring.models import Reconciliation
from xinheng.monitoring.selectors import reconciliation_visible_to, reconciliations_visible_to
from xinheng.monitoring.services import list_reconcile
from xinheng.workbench.forms import ReconcileForm
from xinheng.workbench.selectors.organs import item_choices, item_title, organ_name, organs_followed
from xinheng.workbench.selectors.overview import reconciliation_grids
from xinheng.workbench.views.frame import page
from xinheng.workbench.views.gate import signed_in
from xinheng.workbench.views.monitoring import READERS

_MAY_COMPARE = tuple(role for role in Role if role is Role.CLERK or role in OFFICE_ROLES)
_BYTES = 20 * 1024 * 1024
_LISTED = 50


@require_safe
@signed_in(*READERS)
def reconciliations(request: HttpRequest, actor: Actor) -> HttpResponse:
    """List the comparisons, with the form of a new one for those who may make it."""
    return _listed(request, actor, _form(actor) if actor.roles & set(_MAY_COMPARE) else None)


@require_POST
@signed_in(*_MAY_COMPARE)
def reconcile(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Compare an uploaded list. The file is gone when the answer is given."""
    form = _form(actor, request)
    if form.is_valid():
        file = form.cleaned_data["file"]
        if file.size > _BYTES:
            form.add_error("file", "文件超过20 MB。清单只要文书号和决定日期两列，删去其他列再传。")
        else:
            try:
                made = _compared(actor, form, file)
            except DomainError as error:
                form.add_error("file", str(error))
            else:
                messages.success(request, "对账完成，上传的文件没有保存。")
                return redirect("workbench:reconciliation", made.pk)
    return _listed(request, actor, form, status=422)


def _compared(actor: Actor, form: ReconcileForm, file: "UploadedFile[Any]") -> Reconciliation:
    values = form.cleaned_data
    with TemporaryDirectory() as folder:
        path = Path(folder) / (Path(file.name or "").name[-60:] or "清单")
        with path.open("wb") as out:
            out.writelines(file.chunks())
        return list_reconcile(
            path=path,
            organ_code=values["organ_code"],
            item_id=values["item_id"],
            first=values["first"],
            last=values["last"],
            actor=actor,
            catalogue=catalogue_current(),
            now=clock.now(),
        )


@require_safe
@signed_in(*READERS)
def reconciliation(request: HttpRequest, actor: Actor, reconciliation_id: int) -> HttpResponse:
    """Show what a comparison found."""
    try:
        found = reconciliation_visible_to(actor=actor, catalogue=catalogue_current(), reconciliation_id=reconciliation_id)
    except NothingFound:
        raise Http404 from None
    context = {
        "found": found,
        "organ": organ_name(found.organ_code),
        "item": item_title(found.item_id),
        "grids": reconciliation_grids(found),
    }
    return page(request, actor, "monitoring/reconciliation.html", context)


def _form(actor: Actor, request: HttpRequest | None = None) -> ReconcileForm:
    own = actor.organs(Role.CLERK)
    organs = [(code, name) for code, name in organs_followed(actor) if actor.is_of_credit_office or code in own]
    data, files = (None, None) if request is None else (request.POST, request.FILES)
    return ReconcileForm(data, files, organs=organs, items=item_choices())


def _listed(request: HttpRequest, actor: Actor, form: ReconcileForm | None, *, status: int = 200) -> HttpResponse:
    found = reconciliations_visible_to(actor=actor, catalogue=catalogue_current())[:_LISTED]
    lines = [(one, organ_name(one.organ_code), item_title(one.item_id), len(one.found["missing"])) for one in found]
    return page(request, actor, "monitoring/reconciliations.html", {"lines": lines, "form": form}, status=status)
