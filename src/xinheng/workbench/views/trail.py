"""The auditor's page: who read and who changed what, with filters in the address, and the same as a file."""

from typing import cast

from django.http import FileResponse, Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.views.decorators.http import require_safe

from xinheng.accounts.domain import Actor, Role
from xinheng.adapters import clock
from xinheng.adapters.demonstration import demo_lines
from xinheng.adapters.limits import Cost, costs
from xinheng.adapters.sheets import csv_lines, xlsx_file
from xinheng.audit.domain import PURPOSE_LABELS, Kept
from xinheng.audit.selectors import EXPORTED_AT_MOST, heading_of
from xinheng.workbench.selectors import trail as selectors
from xinheng.workbench.selectors.grids import FORMS
from xinheng.workbench.selectors.organs import organ_choices
from xinheng.workbench.views.frame import page
from xinheng.workbench.views.gate import signed_in

_CSV = "text/csv; charset=utf-8"


@require_safe
@signed_in(Role.AUDITOR)
def trail(request: HttpRequest, actor: Actor) -> HttpResponse:
    """List the reads or the changes, newest first."""
    asked = request.GET.dict()
    query = selectors.trail_query(asked, today=clock.today())
    context = {
        "page": selectors.trail_page(asked, today=clock.today()),
        "query": query,
        "asked": asked,
        "is_reads": query.kept is Kept.READS,
        "purposes": [(purpose.value, label) for purpose, label in PURPOSE_LABELS.items()],
        "organs": organ_choices(),
        "forms": FORMS,
    }
    return page(request, actor, "trail.html", context)


@require_safe
@costs(Cost.DOWNLOAD)
@signed_in(Role.AUDITOR)
def trail_file(request: HttpRequest, actor: Actor, form: str) -> HttpResponse:
    """Return the same entries as CSV or XLSX; no cell runs as a formula, no cache keeps it."""
    del actor  # the auditor sees every organ's
    if form not in FORMS:
        raise Http404
    asked = request.GET.dict()
    query = selectors.trail_query(asked, today=clock.today())
    kept, lines = selectors.trail_lines(asked, today=clock.today())
    title = "读取记录" if kept is Kept.READS else "变更记录"
    about = [*demo_lines(), f"{title}：{query.first_day}至{query.last_day}，最近的在前，最多{EXPORTED_AT_MOST:,}条"]
    name = f"{kept.value}-{query.first_day}-{query.last_day}.{form}"
    headers = {"Cache-Control": "no-store", "X-Robots-Tag": "noindex"}
    if form == "csv":
        rows = csv_lines(about=about, heading=heading_of(kept), rows=lines)
        found = StreamingHttpResponse((row.encode() for row in rows), content_type=_CSV, headers=headers)
        found["Content-Disposition"] = f'attachment; filename="{name}"'
        return cast("HttpResponse", found)  # to the gate every answer is an answer
    book = xlsx_file(about=about, title=title, heading=heading_of(kept), rows=lines)
    return cast("HttpResponse", FileResponse(book, as_attachment=True, filename=name, headers=headers))
