"""The pages of monitoring as values: what is due, how well organs report, what the whole county reported."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Final
from urllib.parse import urlencode

from django.urls import reverse

from xinheng.accounts.domain import Actor
from xinheng.catalogue.selectors import catalogue_current
from xinheng.kernel.dates import chinese_date
from xinheng.monitoring.domain import (
    NOT_MEASURED,
    NOTHING,
    PLAN_TARGETS,
    RATES,
    Band,
    Cell,
    CellState,
    Counts,
    DueKind,
    DueLine,
    Month,
    Part,
    Rate,
    months_until,
)
from xinheng.monitoring.models import Reconciliation
from xinheng.monitoring.selectors import (
    Coverage,
    FigureRow,
    Scope,
    Span,
    counts_by_month,
    counts_of,
    coverage_of,
    due_lines,
    figure_rows,
    late_organs,
    rules_failing,
    scope_of,
)
from xinheng.portal.domain import Tag, Tone
from xinheng.workbench.selectors.grids import Grid, GridCell, GridRow, cells
from xinheng.workbench.selectors.organs import item_title, organ_name

MONTHS_OFFERED: Final = 24
TREND_MONTHS: Final = 12
ROWS_SHOWN: Final = 200
_SHOWN_RATES: Final = ("compliance", "timeliness", "completeness", "matching", "duplication")
_TONES: Final = {Band.REACHED: Tone.DONE, Band.NEAR: Tone.NEUTRAL, Band.BELOW: Tone.ATTENTION, Band.NONE: Tone.NEUTRAL}
PROVISIONAL: Final = Tag("暂定")
_CELL_TONES: Final = {CellState.MISSING: Tone.ATTENTION, CellState.CONTRADICTED: Tone.ATTENTION}


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What a page of monitoring was asked for: one organ or all, a month, and the day up to whose end it is known."""

    month: Month
    as_of: date
    organ_code: str = ""

    def query(self, **more: str) -> dict[str, str]:
        """Return the conditions of an address that shows the same."""
        return {"month": self.month.text, "on": self.as_of.isoformat(), "organ": self.organ_code, **more}

    @property
    def span(self) -> Span:
        """The month as known on that day."""
        return Span(first=self.month.first, last=self.month.last, as_of=self.as_of)


def _address(name: str, query: dict[str, str]) -> str:
    return f"{reverse(f'workbench:{name}')}?{urlencode({key: value for key, value in query.items() if value})}"


def due_grid(*, actor: Actor, organ_code: str, now: datetime, today: date) -> Grid:
    """Return what is due and late, the most urgent first."""
    lines = due_lines(actor=actor, catalogue=catalogue_current(), now=now, today=today, organ_code=organ_code)
    columns = ("还剩几天", "期限", "事项", "行数", "批次", "报送机关", "信息类别")
    rows = tuple(_due_row(line, columns) for line in lines)
    late = sum(line.count for line in lines if line.is_late and line.kind is not DueKind.LATE)
    coming = sum(line.count for line in lines if not line.is_late and line.due is not None)
    finding = f"已过期限还没有办的{late:,}行，还在期限内的{coming:,}行。" if lines else ""
    return Grid(
        slug="deadlines",
        title="到期和迟报",
        finding=finding,
        columns=columns,
        rows=rows,
        empty="没有到期或迟报的事。退回改正的、主体存疑的行会列在这里，写明最后一天。",
        query={"organ": organ_code},
        is_cards=True,
    )


def _due_row(line: DueLine, columns: tuple[str, ...]) -> GridRow:
    tag = Tag("迟报" if line.kind is DueKind.LATE else "已过期限", Tone.ATTENTION) if line.is_late else None
    left = f"报送时{line.left}" if line.kind is DueKind.LATE else line.left
    due = "" if line.due is None else line.due.isoformat()
    return GridRow(
        GridCell(left, tag=tag),
        cells(
            columns,
            GridCell(due, tag=PROVISIONAL if line.is_provisional else None),
            line.kind.label,
            f"{line.count:,}",
            GridCell(line.number, reverse("workbench:submission", args=[line.number])),
            organ_name(line.organ_code),
            item_title(line.item_id),
        ),
    )


def quality_grid(*, actor: Actor, asked: Asked) -> Grid:
    """Return the rates of every organ and item that reported anything in the month, each opening its rows."""
    scope = scope_of(actor=actor, catalogue=catalogue_current(), organ_code=asked.organ_code)
    counted = counts_of(actor=actor, scope=scope, span=asked.span)
    rates = _shown_rates()
    columns = ("机关和信息类别", "上报数", *(rate.title for rate in rates))
    order = {organ.code: place for place, organ in enumerate(scope.organs)}
    rows = [
        _quality_row(f"{organ_name(organ)}　{item_title(item)}", counts, columns=columns, asked=asked, key=(organ, item))
        for (organ, item), counts in sorted(counted.items(), key=lambda entry: (order[entry[0][0]], entry[0][1]))
        if not counts.is_empty
    ]
    whole = sum(counted.values(), NOTHING)
    if len(rows) > 1:
        rows.append(_quality_row("合计", whole, columns=columns, asked=asked, key=("", "")))
    finding = "；".join(f"{rate.title}{rate.text(whole)}" for rate in rates[:2]) + "。" if rows else ""
    return Grid(
        slug="quality",
        title=f"{asked.month.label}报送质量",
        finding=finding,
        columns=columns,
        rows=tuple(rows),
        empty=f"{asked.month.label}没有上报。换一个月份，或者先报送一批。",
        query=asked.query(),
    )


def _shown_rates() -> list[Rate]:
    return [rate for rate in RATES if rate.slug in _SHOWN_RATES]


def _quality_row(head: str, counts: Counts, *, columns: tuple[str, ...], asked: Asked, key: tuple[str, str]) -> GridRow:
    organ, item = key

    def opens(part: Part, count: int) -> str:
        return _address("quality_rows", asked.query(organ=organ, item=item, part=part.value)) if item and count else ""

    shown = [
        GridCell(
            rate.text(counts),
            opens(rate.part, getattr(counts, rate.part.value)),
            Tag(band.label, _TONES[band]) if (band := rate.band(counts)) in (Band.NEAR, Band.BELOW) else None,
        )
        for rate in _shown_rates()
    ]
    reported = GridCell(f"{counts.reported:,}", opens(Part.REPORTED, counts.reported))
    return GridRow(GridCell(head), cells(columns, reported, *shown))


def rows_grid(*, actor: Actor, asked: Asked, item_id: str, part: Part, limit: int | None = ROWS_SHOWN) -> Grid:
    """Return the rows behind one figure; the first ``limit`` of them."""
    scope = scope_of(actor=actor, catalogue=catalogue_current(), organ_code=asked.organ_code)
    found = figure_rows(actor=actor, scope=scope, span=asked.span, part=part, item_id=item_id, limit=limit)
    columns = ("批次", "工作表", "行", "文书号", "决定日期", "报送日期", "期限", "结果")
    finding = (
        f"只列出前{limit:,}行，全部在下载的表里。" if limit is not None and len(found) == limit else f"共{len(found):,}行。"
    )
    return Grid(
        slug="rows",
        title=f"{asked.month.label}{part.label}",
        finding=finding,
        columns=columns,
        rows=tuple(_figure_row(row, columns) for row in found),
        empty="没有这样的行。",
        query=asked.query(item=item_id, part=part.value),
        is_cards=True,
    )


def _figure_row(row: FigureRow, columns: tuple[str, ...]) -> GridRow:
    return GridRow(
        GridCell(row.number, reverse("workbench:submission", args=[row.number])),
        cells(
            columns,
            row.sheet or "—",
            str(row.row),
            row.document_no or "—",
            row.decided.isoformat() if row.decided else "—",
            row.reported.isoformat(),
            row.due.isoformat() if row.due else "—",
            row.what,
        ),
    )


def rules_grid(*, actor: Actor, asked: Asked) -> Grid:
    """Return the checks by which most cells came back."""
    scope = scope_of(actor=actor, catalogue=catalogue_current(), organ_code=asked.organ_code)
    columns = ("检查", "代号", "处")
    rows = tuple(
        GridRow(GridCell(title), cells(columns, rule, f"{count:,}"), str(count))
        for rule, title, count in rules_failing(actor=actor, scope=scope, span=asked.span)
    )
    return Grid(
        slug="rules",
        title="最常退回的原因",
        finding=f"最多的是“{rows[0].head.text}”，{rows[0].cells[1].text}处。" if rows else "",
        columns=columns,
        rows=rows,
        empty="这个月没有退回改正的问题。",
        query=asked.query(),
        drawn="处",
    )


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
            GridCell(late.organ.short_name, _address("deadlines", {"organ": late.organ.code})),
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


def as_of_text(asked: Asked) -> str:
    """Return up to when the figures are known, in words."""
    return f"截至{chinese_date(asked.as_of)}（含当日）"


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
