"""Findings: by rule, to the cell, put right in place, explained, checked again; the marked workbook and the list."""

import tempfile
from pathlib import Path
from typing import cast

from django.contrib import messages
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from xinheng.accounts.domain import Actor, Role
from xinheng.adapters import clock
from xinheng.intake import services
from xinheng.intake.errors import CellNotFound, SubmissionNotFound
from xinheng.intake.models import Submission
from xinheng.intake.selectors import explanations_of_row, submission_visible_to
from xinheng.kernel.errors import DomainError
from xinheng.workbench.domain import Act
from xinheng.workbench.forms import CellForm, ExplainForm
from xinheng.workbench.selectors.acts import acts_of, submission_for
from xinheng.workbench.selectors.findings import findings_page, row_lines
from xinheng.workbench.selectors.records import explanation_lines
from xinheng.workbench.views.frame import page
from xinheng.workbench.views.gate import READERS, signed_in


@require_safe
@signed_in(*READERS)
def findings(request: HttpRequest, actor: Actor, number: str, rule: str) -> HttpResponse:
    """List what one rule found."""
    asked = request.GET.get("page", "1")
    try:
        found = findings_page(actor=actor, number=number, rule=rule, page=int(asked) if asked.isdecimal() else 1)
        submission = submission_visible_to(actor=actor, number=number)
    except (SubmissionNotFound, CellNotFound):
        raise Http404 from None
    context = {
        "page": found,
        "may_amend": Act.AMEND in acts_of(actor=actor, submission=submission),
        "form": ExplainForm(initial={"text": found.explanation}),
    }
    return page(request, actor, "findings.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in(*READERS)
def cell(request: HttpRequest, actor: Actor, number: str) -> HttpResponse:
    """Show a row with its problems; its clerk puts one cell of it right."""
    sheet, field = request.GET.get("sheet", "")[:100], request.GET.get("field", "")[:64]
    asked_row = request.GET.get("row", "")
    row = int(asked_row) if asked_row.isdecimal() and len(asked_row) < 9 else 0
    try:
        submission = submission_visible_to(actor=actor, number=number)
        lines = row_lines(submission=submission, sheet=sheet, row=row, asked=field)
    except SubmissionNotFound:
        raise Http404 from None
    except DomainError as error:
        messages.error(request, str(error))
        return redirect("workbench:submission", number)
    asked = next((line for line in lines if line.is_asked), None)
    may_amend = Act.AMEND in acts_of(actor=actor, submission=submission) and asked is not None
    form = CellForm(request.POST or None, initial={"value": asked.value if asked else ""})
    if request.method == "POST" and may_amend and form.is_valid():
        try:
            made = services.cell_amend(
                number=number,
                sheet=sheet,
                row=row,
                field=field,
                value=form.cleaned_data["value"],
                actor=actor.login_name,
                now=clock.now(),
            )
        except DomainError as error:
            form.add_error("value", str(error))
        else:
            messages.success(request, "已改正，重新检查后生效。" if made else "和原来的值相同，没有改动。")
            query = urlencode([("sheet", sheet), ("row", str(row)), ("field", field)])
            return redirect(f"{reverse('workbench:cell', args=[number])}?{query}")
    elif request.method == "POST" and not may_amend:
        messages.error(request, "没有办理：这一格现在不能由你改正。")
        return redirect("workbench:submission", number)
    context = {
        "number": number,
        "sheet": sheet,
        "row": row,
        "lines": lines,
        "asked": asked,
        "may_amend": may_amend,
        "explanations": explanation_lines(explanations_of_row(submission, sheet=sheet, row=row)),
        "may_choose": Act.AMEND in acts_of(actor=actor, submission=submission),
        "form": form,
    }
    return page(request, actor, "cell.html", context, status=422 if form.errors else 200)


@require_POST
@signed_in(Role.CLERK)
def recheck(request: HttpRequest, actor: Actor, number: str) -> HttpResponse:
    """Check the amended table again, as a new submission."""
    try:
        submission_for(actor=actor, number=number, act=Act.RECHECK)
        found = services.submission_recheck(number=number, actor=actor.login_name, now=clock.now())
    except SubmissionNotFound:
        raise Http404 from None
    except DomainError as error:
        messages.error(request, f"没有办理：{error}")
        return redirect("workbench:submission", number)
    messages.success(request, f"正在重新检查，新的批次编号 {found.number}。")
    return redirect("workbench:submission", found.number)


@require_POST
@signed_in(Role.CLERK)
def explain(request: HttpRequest, actor: Actor, number: str, rule: str) -> HttpResponse:
    """Explain all rows that a rule asks about, or one of them."""
    form = ExplainForm(request.POST)
    row = request.POST.get("row", "0")
    try:
        submission_for(actor=actor, number=number, act=Act.AMEND)
        if not form.is_valid():
            messages.error(request, "没有保存：要写明原因，不超过500字。")
        else:
            services.findings_explain(
                number=number,
                rule=rule,
                text=form.cleaned_data["text"],
                sheet=request.POST.get("sheet", "")[:100],
                row=int(row) if row.isdecimal() and len(row) < 9 else 0,
                actor=actor.login_name,
                now=clock.now(),
            )
            messages.success(request, "说明已保存，随批次留存。")
    except SubmissionNotFound:
        raise Http404 from None
    except DomainError as error:
        messages.error(request, f"没有保存：{error}")
    return redirect("workbench:findings", number, rule)


@require_safe
@signed_in(*READERS)
def findings_csv(request: HttpRequest, actor: Actor, number: str) -> HttpResponse:
    """Give every finding as CSV, whatever their number."""
    del request
    submission = _visible(actor, number)
    with tempfile.TemporaryDirectory(prefix="xinheng-findings-") as folder:
        path = services.findings_file_write(number=submission.number, out_dir=Path(folder))
        return _file(path, content_type="text/csv; charset=utf-8")


def _visible(actor: Actor, number: str) -> Submission:
    try:
        return submission_visible_to(actor=actor, number=number)
    except SubmissionNotFound:
        raise Http404 from None


def _file(path: Path, *, content_type: str) -> HttpResponse:
    """Return the file as an answer; it is open before its folder goes. To the gate every answer is an answer."""
    headers = {"Cache-Control": "no-store", "X-Robots-Tag": "noindex"}
    found = FileResponse(path.open("rb"), as_attachment=True, filename=path.name, content_type=content_type, headers=headers)
    return cast("HttpResponse", found)
