"""The monthly bulletin (报送质量月报): the month's figures on a few pages, set from the same counts that the pages show."""

from datetime import date, datetime
from pathlib import Path
from typing import Any, Final

from django.conf import settings

from xinheng.adapters.typesetting import FontsNotBuilt, pdf_of
from xinheng.catalogue.domain import Catalogue
from xinheng.kernel.dates import CHINA, chinese_date
from xinheng.monitoring.domain import (
    BANDS_TOLD,
    DEFINITION,
    NOT_MEASURED,
    NOTHING,
    PLAN,
    PLAN_TARGETS,
    RATES,
    CellState,
    Counts,
    Month,
    months_until,
    rate_of,
)
from xinheng.monitoring.errors import FontsMissing
from xinheng.monitoring.selectors.batches import Span
from xinheng.monitoring.selectors.coverage import coverage_of, late_organs
from xinheng.monitoring.selectors.due import due_lines
from xinheng.monitoring.selectors.figure_rows import rules_failing
from xinheng.monitoring.selectors.quality import counts_by_month, counts_of
from xinheng.monitoring.selectors.reach import SYSTEM, scope_of

TEMPLATE = Path(__file__).parents[1] / "typst" / "bulletin.typ"
TREND_MONTHS: Final = 6
_SHOWN: Final = ("compliance", "timeliness", "completeness", "matching", "duplication")


def bulletin_pdf(*, month: Month, catalogue: Catalogue, now: datetime, today: date) -> bytes:
    """Return the bulletin of a month as known on ``today``, as a PDF. For the credit office: it covers every organ.

    Raises:
        FontsMissing: the fonts were not built.
    """
    data = bulletin_data(month=month, catalogue=catalogue, now=now, today=today)
    try:
        return pdf_of(template=TEMPLATE, data=data, at=now)
    except FontsNotBuilt as error:
        raise FontsMissing from error


def bulletin_data(*, month: Month, catalogue: Catalogue, now: datetime, today: date) -> dict[str, Any]:
    """Return what the template reads: words and figures, nothing about any organisation or person."""
    scope = scope_of(actor=SYSTEM, catalogue=catalogue)
    span = Span(first=month.first, last=month.last, as_of=today)
    counted = counts_of(actor=SYSTEM, scope=scope, span=span)
    whole = sum(counted.values(), NOTHING)
    titles = {item.id: item.title for item in catalogue.items}
    rates = [rate for rate in RATES if rate.slug in _SHOWN]
    lines = due_lines(actor=SYSTEM, catalogue=catalogue, now=now, today=today)
    return {
        "title": f"{month.label}报送质量月报",
        "county": settings.XINHENG_SITE["county"],
        "is_demo": settings.XINHENG_DEMO,
        "as_of": f"{chinese_date(today)}{now.astimezone(CHINA):%H:%M}",
        "summary": [["上报", f"{whole.reported:,}行"], *([rate.title, rate.text(whole)] for rate in rates)],
        "rates": ["上报数", *(rate.title for rate in rates)],
        "rows": [
            [organ.short_name, titles[item_id], *_figures(counts)]
            for organ in scope.organs
            for item_id in titles
            if not (counts := counted.get((organ.code, item_id), NOTHING)).is_empty
        ],
        "trend": _trend(month, catalogue, today),
        "rules": [[title, f"{count:,}"] for _, title, count in rules_failing(actor=SYSTEM, scope=scope, span=span)],
        "missing": _missing(month, catalogue, today),
        "late": [
            [late.organ.short_name, *(f"{n:,}" for n in (late.to_mend, late.doubtful, late.published, late.most_days))]
            for late in late_organs(lines=lines, organs=scope.organs)
        ],
        "targets": [
            [target.title, f"{target.baseline:,}", f"{target.city_average:,}", target.aim, NOT_MEASURED]
            for target in PLAN_TARGETS
        ],
        "plan": PLAN,
        "formulas": [[rate.title, rate.formula, rate.note] for rate in RATES],
        "definition": DEFINITION,
        "bands": BANDS_TOLD,
        "catalogue": catalogue.hash[:16],
    }


def _figures(counts: Counts) -> list[str]:
    return [f"{counts.reported:,}", *(rate.text(counts) for rate in RATES if rate.slug in _SHOWN)]


def _trend(month: Month, catalogue: Catalogue, today: date) -> list[list[str]]:
    months = list(months_until(month, count=TREND_MONTHS))
    span = Span(first=months[-1].first, last=month.last, as_of=today)
    scope = scope_of(actor=SYSTEM, catalogue=catalogue)
    counted = counts_by_month(actor=SYSTEM, scope=scope, span=span)
    shown = [rate for slug in ("compliance", "timeliness") if (rate := rate_of(slug)) is not None]
    return [
        [one.label, f"{counted.get(one, NOTHING).reported:,}", *(rate.text(counted.get(one, NOTHING)) for rate in shown)]
        for one in months
    ]


def _missing(month: Month, catalogue: Catalogue, today: date) -> list[list[str]]:
    """Return which organs reported nothing, item by item, once the last deadline of the month is over."""
    coverage = coverage_of(actor=SYSTEM, catalogue=catalogue, month=month, today=today)
    return [
        [
            item.title,
            "、".join(
                row.organ.short_name
                for row in coverage.rows
                if row.cells[place].state in (CellState.MISSING, CellState.CONTRADICTED)
            ),
        ]
        for place, item in enumerate(coverage.items)
        if any(row.cells[place].state in (CellState.MISSING, CellState.CONTRADICTED) for row in coverage.rows)
    ]
