"""Statistics open to the public."""

from __future__ import annotations

import csv

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from xinheng.adapters import clock
from xinheng.kernel.spreadsheet_safety import neutralise
from xinheng.portal.domain import ListKind, list_kind
from xinheng.portal.selectors import statistics as selectors
from xinheng.portal.views.frame import page


@require_safe
def statistics(request: HttpRequest) -> HttpResponse:
    """Show how many records are in public lists, by item, organ and month; nothing about any one subject."""
    found = selectors.statistics_page(kind=_kind(request), on_date=clock.today())
    return page(request, "statistics.html", {"page": found})


@require_safe
def statistics_csv(request: HttpRequest) -> HttpResponse:
    """Return one table of the statistics as CSV (UTF-8 with a byte order mark, so that a spreadsheet reads it)."""
    today = clock.today()
    slug = request.GET.get("table", "items")
    table = selectors.statistics_table(slug=slug, kind=_kind(request), on_date=today)
    if table is None:
        raise Http404
    response = HttpResponse(content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="statistics-{table.slug}-{today.isoformat()}.csv"'
    response["Cache-Control"] = "private, no-cache"
    response.write("\ufeff")
    rows = csv.writer(response)
    more = ("合计",) if table.shows_columns else ()
    rows.writerow((table.row_title, *table.columns, *more, "数据截至"))
    for row in table.rows:
        sums = (row.total.value,) if table.shows_columns else ()
        rows.writerow((neutralise(row.label), *(count.value for count in row.counts), *sums, today.isoformat()))
    return response


def _kind(request: HttpRequest) -> ListKind | None:
    slug = request.GET.get("list", "")
    kind = list_kind(slug)
    if slug and kind is None:
        raise Http404
    return kind
