"""Pages that show: what is due, how well organs report, the whole county."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from functools import partial

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from xinheng.accounts.domain import OFFICE_ROLES, SUBMISSION_READERS, Actor, Role
from xinheng.adapters import clock
from xinheng.adapters.demonstration import demo_lines
from xinheng.adapters.sheets import csv_lines, xlsx_file
from xinheng.catalogue.selectors import catalogue_current
from xinheng.monitoring.domain import BANDS_TOLD, DEFINITION, PLAN, RATES, Part, month_of, month_read, rate_of
from xinheng.monitoring.errors import FontsMissing, NothingFound
from xinheng.monitoring.selectors import reconciliation_visible_to
from xinheng.monitoring.services import bulletin_pdf
from xinheng.workbench.selectors import monitoring as selectors
from xinheng.workbench.selectors import overview as overviews
from xinheng.workbench.selectors.grids import FORMS, Grid
from xinheng.workbench.selectors.monitoring import MONTHS_OFFERED, Asked
from xinheng.workbench.selectors.organs import item_title, organ_name, organs_followed
from xinheng.workbench.views.frame import page
from xinheng.workbench.views.gate import signed_in

READERS = tuple(role for role in Role if role in SUBMISSION_READERS)
OFFICE = tuple(role for role in Role if role in OFFICE_ROLES)
_TREND = "timeliness"
_LISTS = ("missing", "only_here", "differing")
_CSV = "text/csv; charset=utf-8"
_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def asked_of(request: HttpRequest) -> Asked:
    """Return what the address asks for; what it writes wrongly is as if it were not there."""
    today = clock.today()
    try:
        as_of = min(date.fromisoformat(request.GET.get("on", "")), today)
    except ValueError:
        as_of = today
    month = month_read(request.GET.get("month", "")) or month_of(as_of)
    return Asked(month=month, as_of=as_of, organ_code=request.GET.get("organ", ""))


def _choices(actor: Actor, asked: Asked) -> dict[str, object]:
    organs = organs_followed(actor)
    last = month_of(clock.today())
    months = [last.back(back) for back in range(MONTHS_OFFERED)]
    return {
        "asked": asked,
        "organs": organs if len(organs) > 1 else [],
        "months": months,
        "organ": organ_name(asked.organ_code),
    }


@require_safe
@signed_in(*READERS)
def deadlines(request: HttpRequest, actor: Actor) -> HttpResponse:
    """List what is due and late."""
    asked = asked_of(request)
    grid = selectors.due_grid(actor=actor, organ_code=asked.organ_code, now=clock.now(), today=clock.today())
    return page(request, actor, "monitoring/deadlines.html", {"grid": grid, **_choices(actor, asked)})


@require_safe
@signed_in(*READERS)
def quality(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Show the rates of a month, their formulas, and what came back most."""
    asked = asked_of(request)
    counted = selectors.quality_counts(actor=actor, asked=asked)
    context = {
        "grid": selectors.quality_grid(asked=asked, counted=counted),
        "days": selectors.days_grid(asked=asked, counted=counted),
        "stored": selectors.stored_text(actor=actor, asked=asked, counted=counted),
        "rules": selectors.rules_grid(actor=actor, asked=asked),
        "rates": RATES,
        "definition": DEFINITION,
        "bands": BANDS_TOLD,
        "as_of": selectors.as_of_text(asked),
    }
    return page(request, actor, "monitoring/quality.html", {**context, **_choices(actor, asked)})


@require_safe
@signed_in(*READERS)
def quality_rows(request: HttpRequest, actor: Actor) -> HttpResponse:
    """List the rows that a figure counts."""
    asked, item_id, part = _figure_asked(request)
    grid = selectors.rows_grid(actor=actor, asked=asked, item_id=item_id, part=part)
    context = {
        "grid": grid,
        "asked": asked,
        "organ": organ_name(asked.organ_code),
        "item": item_title(item_id),
        "as_of": selectors.as_of_text(asked),
    }
    return page(request, actor, "monitoring/quality_rows.html", context)


def _figure_asked(request: HttpRequest) -> tuple[Asked, str, Part]:
    try:
        part = Part(request.GET.get("part", Part.REPORTED.value))
    except ValueError:
        raise Http404 from None
    return asked_of(request), request.GET.get("item", ""), part


@require_safe
@signed_in(*OFFICE)
def overview(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Show what the whole county reported: coverage, trend, who is late, the plan's targets."""
    asked = asked_of(request)
    rate = rate_of(request.GET.get("rate", "")) or rate_of(_TREND)
    assert rate is not None
    is_whole = request.GET.get("show") == "all"
    _, coverage = overviews.coverage_grid(actor=actor, asked=asked, today=clock.today(), is_whole=is_whole)
    context = {
        "coverage": coverage,
        "is_whole": is_whole,
        "trend": overviews.trend_grid(actor=actor, asked=asked, rate=rate),
        "late": overviews.late_grid(actor=actor, now=clock.now(), today=clock.today()),
        "targets": overviews.targets_grid(),
        "plan": PLAN,
        "rate": rate,
        "rates": RATES,
        "as_of": selectors.as_of_text(asked),
    }
    return page(request, actor, "monitoring/overview.html", {**context, **_choices(actor, asked)})


def _grids(request: HttpRequest, actor: Actor) -> dict[str, tuple[tuple[Role, ...], Callable[[], Grid]]]:
    asked = asked_of(request)
    now, today = clock.now(), clock.today()

    def rows() -> Grid:
        whole, item_id, part = _figure_asked(request)
        return selectors.rows_grid(actor=actor, asked=whole, item_id=item_id, part=part, limit=None)

    def counted() -> selectors.ByDay:
        return selectors.quality_counts(actor=actor, asked=asked)

    def trend() -> Grid:
        rate = rate_of(request.GET.get("rate", "")) or rate_of(_TREND)
        assert rate is not None
        return overviews.trend_grid(actor=actor, asked=asked, rate=rate)

    return {
        "deadlines": (
            READERS,
            lambda: selectors.due_grid(actor=actor, organ_code=asked.organ_code, now=now, today=today),
        ),
        "quality": (READERS, lambda: selectors.quality_grid(asked=asked, counted=counted())),
        "days": (READERS, lambda: selectors.days_grid(asked=asked, counted=counted())),
        "rules": (READERS, lambda: selectors.rules_grid(actor=actor, asked=asked)),
        "rows": (READERS, rows),
        "coverage": (OFFICE, lambda: overviews.coverage_grid(actor=actor, asked=asked, today=today)[1]),
        "own": (READERS, lambda: overviews.own_coverage_grid(actor=actor, organ_code=asked.organ_code, today=today)),
        "trend": (OFFICE, trend),
        "late": (OFFICE, lambda: overviews.late_grid(actor=actor, now=now, today=today)),
        "targets": (OFFICE, overviews.targets_grid),
        **{slug: (READERS, partial(_reconciliation, request, actor, slug)) for slug in _LISTS},
    }


def _reconciliation(request: HttpRequest, actor: Actor, slug: str) -> Grid:
    try:
        found = reconciliation_visible_to(
            actor=actor, catalogue=catalogue_current(), reconciliation_id=int(request.GET.get("id", ""))
        )
    except (ValueError, NothingFound):
        raise Http404 from None
    return next(grid for grid in overviews.reconciliation_grids(found) if grid.slug == slug)


@require_safe
@signed_in(*READERS)
def table(request: HttpRequest, actor: Actor, slug: str, form: str) -> HttpResponse:
    """Return one table of these pages as CSV or XLSX; no cell of it runs as a formula."""
    roles, make = _grids(request, actor).get(slug, (READERS, None))
    if make is None or form not in FORMS or not actor.roles & set(roles):
        raise Http404
    grid = make()
    about = [*demo_lines(), grid.title, grid.finding, f"数据截至 {asked_of(request).as_of.isoformat()}"]
    return file_answer(grid, form, about=[line for line in about if line])


def file_answer(grid: Grid, form: str, *, about: list[str]) -> HttpResponse:
    """Return a grid as a file to keep; no cache keeps it."""
    name = f"{grid.slug}-{clock.today().isoformat()}.{form}"
    if form == "csv":
        content, kind = "".join(csv_lines(about=about, heading=grid.columns, rows=grid.lines())).encode(), _CSV
    else:
        with xlsx_file(about=about, title=grid.slug, heading=grid.columns, rows=grid.lines()) as book:
            content, kind = book.read(), _XLSX
    response = HttpResponse(content, content_type=kind)
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response["Cache-Control"] = "no-store"
    return response


@require_safe
@signed_in(*OFFICE)
def bulletin(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Return the bulletin of a month as PDF."""
    del actor  # the credit office sees every organ
    asked = asked_of(request)
    try:
        pdf = bulletin_pdf(month=asked.month, catalogue=catalogue_current(), now=clock.now(), today=clock.today())
    except FontsMissing as error:
        return HttpResponse(str(error), status=503, content_type="text/plain; charset=utf-8")
    response = HttpResponse(pdf, content_type="application/pdf")
    response["Content-Disposition"] = f'attachment; filename="bulletin-{asked.month.text}.pdf"'
    response["Cache-Control"] = "no-store"
    return response
