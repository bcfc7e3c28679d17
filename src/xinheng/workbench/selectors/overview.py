"""The overview of the credit office and the comparisons as values: coverage, trend, late organs, targets, lists."""

from datetime import date, datetime
from typing import Final

from xinheng.accounts.domain import Actor
from xinheng.catalogue.selectors import catalogue_current
from xinheng.monitoring.domain import NOT_MEASURED, NOTHING, PLAN_TARGETS, Cell, CellState, Rate, month_of, months_until
from xinheng.monitoring.models import Reconciliation
from xinheng.monitoring.selectors import (
    Coverage,
    Scope,
    Span,
    counts_by_month,
    coverage_by_month,
    coverage_of,
    due_lines,
    late_organs,
    scope_of,
)
from xinheng.portal.domain import Tag, Tone
from xinheng.workbench.selectors.grids import Grid, GridCell, GridRow, cells
from xinheng.workbench.selectors.monitoring import PROVISIONAL, Asked, address_of
from xinheng.workbench.selectors.organs import organ_name

TREND_MONTHS: Final = 12
_CELL_TONES: Final = {CellState.MISSING: Tone.ATTENTION, CellState.CONTRADICTED: Tone.ATTENTION}
_SAYS_NOTHING: Final = frozenset({CellState.OPEN, CellState.MISSING, CellState.NOT_ASKED, CellState.OUT_OF_SCOPE})


def coverage_grid(*, actor: Actor, asked: Asked, today: date, is_whole: bool = True) -> tuple[Coverage, Grid]:
    """Return what every organ reported of the month, item by item; not ``is_whole``: only organs of which anything came."""
    coverage = coverage_of(
        actor=actor, catalogue=catalogue_current(), month=asked.month, today=today, organ_code=asked.organ_code
    )
    columns = ("机关", *(item.title for item in coverage.items))
    rows = tuple(
        GridRow(GridCell(row.organ.short_name), cells(columns, *(_coverage_cell(cell) for cell in row.cells)))
        for row in coverage.rows
        if is_whole or any(cell.state not in _SAYS_NOTHING for cell in row.cells)
    )
    missing = coverage.count(CellState.MISSING)
    contradicted = coverage.count(CellState.CONTRADICTED)
    silent = len(coverage.rows) - len(rows)
    finding = f"未报的格子{missing:,}个，零报告与记录矛盾的{contradicted:,}个。"
    if silent:
        finding += f"没有列出的{silent:,}个机关本月既没有记录也没有零报告。"
    return coverage, Grid(
        slug="coverage",
        title=f"{asked.month.label}覆盖情况",
        finding=finding,
        columns=columns,
        rows=rows,
        empty=f"{asked.month.label}还没有机关有记录或零报告。",
        query=asked.query(),
    )


def _coverage_cell(cell: Cell) -> GridCell:
    tone = _CELL_TONES.get(cell.state)
    if tone is None:
        return GridCell(cell.text, tag=PROVISIONAL if cell.state is CellState.OPEN and cell.is_provisional else None)
    return GridCell(cell.text, tag=Tag("要办", tone))


def own_coverage_grid(*, actor: Actor, organ_code: str, today: date) -> Grid:
    """Return what one organ reported of the last year, month by month: what is missing, what a zero report says."""
    months = list(months_until(month_of(today).back(1), count=TREND_MONTHS))
    found = coverage_by_month(actor=actor, catalogue=catalogue_current(), months=months, today=today, organ_code=organ_code)
    columns = ("月份", *(item.title for item in found[0].items))
    rows = tuple(
        GridRow(GridCell(one.month.label), cells(columns, *(_coverage_cell(cell) for cell in row.cells)))
        for one in found
        for row in one.rows
    )
    missing = sum(one.count(CellState.MISSING) for one in found)
    contradicted = sum(one.count(CellState.CONTRADICTED) for one in found)
    return Grid(
        slug="own",
        title=f"{organ_name(organ_code)}最近{TREND_MONTHS}个月",
        finding=f"未报的{missing:,}处，零报告与记录矛盾的{contradicted:,}处。",
        columns=columns,
        rows=rows,
        empty="没有可看的机关。",
        query={"organ": organ_code},
    )


def trend_grid(*, actor: Actor, asked: Asked, rate: Rate) -> Grid:
    """Return one rate month by month, the newest first, all organs that a person sees together."""
    scope = scope_of(actor=actor, catalogue=catalogue_current(), organ_code=asked.organ_code)
    months = list(months_until(asked.month, count=TREND_MONTHS))
    span = Span(first=months[-1].first, last=asked.month.last, as_of=asked.as_of)
    counted = counts_by_month(actor=actor, scope=scope, span=span)
    columns = ("月份", rate.title, "上报数")
    rows = []
    for month in months:
        counts = counted.get(month, NOTHING)
        value = rate.value(counts)
        total = "" if value is None else f"{float(value * 100):.1f}"
        rows.append(GridRow(GridCell(month.label), cells(columns, rate.text(counts), f"{counts.reported:,}"), total))
    told = [row for row in rows if row.total]
    finding = f"{told[-1].head.text}{told[-1].total}%，{told[0].head.text}{told[0].total}%。" if len(told) > 1 else ""
    return Grid(
        slug="trend",
        title=f"{rate.title}走势（%）",
        finding=finding,
        columns=columns,
        rows=tuple(rows),
        empty="",
        query=asked.query(rate=rate.slug),
        drawn=f"{rate.title}（%）",
    )


def late_grid(*, actor: Actor, now: datetime, today: date) -> Grid:
    """Return which organs have something late, in the catalogue's order: they are listed, not ranked."""
    catalogue = catalogue_current()
    scope: Scope = scope_of(actor=actor, catalogue=catalogue)
    lines = due_lines(actor=actor, catalogue=catalogue, now=now, today=today)
    columns = ("机关", "退回没有补报（行）", "存疑没有确认（行）", "迟报已入库（行）", "最久（工作日）")
    rows = tuple(
        GridRow(
            GridCell(late.organ.short_name, address_of("deadlines", {"organ": late.organ.code})),
            cells(columns, f"{late.to_mend:,}", f"{late.doubtful:,}", f"{late.published:,}", str(late.most_days)),
            str(late.to_mend + late.doubtful + late.published),
        )
        for late in late_organs(lines=lines, organs=scope.organs)
    )
    return Grid(
        slug="late",
        title="有迟报的机关",
        finding=f"{len(rows)}个机关有迟报或过了期限的行；按目录的次序排列，不排名。" if rows else "",
        columns=columns,
        rows=rows,
        empty="没有机关迟报。",
        query={},
        drawn="行数",
    )


def targets_grid() -> Grid:
    """Return the plan's targets against its own baseline; what nothing here counts yet is said to be uncounted."""
    columns = ("指标", "本县基线", "全市平均", "基线时点", "规划目标", "本年", "说明")
    rows = tuple(
        GridRow(
            GridCell(target.title),
            cells(
                columns,
                f"{target.baseline:,}",
                f"{target.city_average:,}",
                target.as_of,
                target.aim,
                NOT_MEASURED,
                target.waits_for,
            ),
        )
        for target in PLAN_TARGETS
    )
    return Grid(
        slug="targets",
        title="规划指标",
        finding="两项都尚未统计：有关部分还没有建成，不用0代替。",
        columns=columns,
        rows=rows,
        empty="",
        query={},
        is_cards=True,
    )


_LISTS: Final = (
    ("missing", "清单里有、没有报送", ("文书号", "决定日期"), "清单里的都报送了。"),
    ("only_here", "报送了、清单里没有", ("文书号", "决定日期"), "这段时间报送的都在清单里。"),
    ("differing", "决定日期不一致", ("文书号", "清单里的日期", "报送的日期"), "两边的决定日期都一致。"),
)


def reconciliation_grids(found: Reconciliation) -> tuple[Grid, ...]:
    """Return what a comparison found: three tables."""
    return tuple(
        Grid(
            slug=slug,
            title=title,
            finding=f"{len(found.found[slug]):,}个文书号。" if found.found[slug] else "",
            columns=columns,
            rows=tuple(
                GridRow(GridCell(number), cells(columns, *(day or "—" for day in days))) for number, *days in found.found[slug]
            ),
            empty=empty,
            query={"id": str(found.pk)},
            is_cards=True,
        )
        for slug, title, columns, empty in _LISTS
    )
