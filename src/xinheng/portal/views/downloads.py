"""Tables to download: a public list, or an organisation's records; kept by no cache, indexed by nobody."""

from __future__ import annotations

from typing import Final

from django.http import FileResponse, Http404, HttpRequest, HttpResponseBase, StreamingHttpResponse
from django.views.decorators.http import require_safe

from xinheng.adapters import clock
from xinheng.adapters.limits import Cost, costs
from xinheng.adapters.sheets import csv_lines, xlsx_file
from xinheng.portal.domain import list_kind
from xinheng.portal.forms import ListForm, SearchForm
from xinheng.portal.selectors import tables as selectors
from xinheng.portal.selectors.tables import Table
from xinheng.portal.views.frame import site_url

_XLSX: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
FORMS: Final = ("csv", "xlsx")


@costs(Cost.DOWNLOAD)
@require_safe
def list_table(request: HttpRequest, slug: str, form: str) -> HttpResponseBase:
    """Give a public list as CSV or XLSX, with the filters of its page; sole traders are in no adverse one (P2)."""
    kind = list_kind(slug)
    if kind is None or form not in FORMS:
        raise Http404
    asked = ListForm(request.GET).state()
    return _given(selectors.list_table(kind=kind, asked=asked, now=clock.now(), site=site_url(request)), form)


@costs(Cost.DOWNLOAD)
@require_safe
def subject_table(request: HttpRequest, subject_id: int) -> HttpResponseBase:
    """Give the records that an organisation's page shows as CSV; nothing adverse of a sole trader (P2)."""
    query = SearchForm(request.GET).state().query
    table = selectors.subject_table(subject_id=subject_id, query=query, now=clock.now())
    if table is None:
        raise Http404
    return _given(table, "csv")


def _given(table: Table, form: str) -> HttpResponseBase:
    response: HttpResponseBase
    if form == "csv":
        lines = csv_lines(about=table.about, heading=table.heading, rows=table.rows)
        response = StreamingHttpResponse(lines, content_type="text/csv; charset=utf-8")
    else:
        book = xlsx_file(about=table.about, title=table.title, heading=table.heading, rows=table.rows)
        response = FileResponse(book, content_type=_XLSX)
    response["Content-Disposition"] = f'attachment; filename="{table.file_name}.{form}"'
    response["Cache-Control"] = "no-store" if table.adverse else "private, no-cache"
    response["X-Robots-Tag"] = "noindex, nofollow, noarchive"
    return response
