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
    NOTHING,
    RATES,
    Band,
    Counts,
    DueKind,
    DueLine,
    Month,
    Part,
    Rate,
)
from xinheng.monitoring.selectors import (
    FigureRow,
    Span,
    counts_by_day,
    due_lines,
    figure_rows,
    figures_checked,
    rules_failing,
    scope_of,
)
from xinheng.portal.domain import Tag, Tone
from xinheng.workbench.selectors.grids import Grid, GridCell, GridRow, cells
from xinheng.workbench.selectors.organs import item_title, organ_name

MONTHS_OFFERED: Final = 24
ROWS_SHOWN: Final = 200
_SHOWN_RATES: Final = ("compliance", "timeliness", "completeness", "matching", "duplication")
_TONES: Final = {Band.REACHED: Tone.DONE, Band.NEAR: Tone.NEUTRAL, Band.BELOW: Tone.ATTENTION, Band.NONE: Tone.NEUTRAL}
PROVISIONAL: Final = Tag("暂定")


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


def address_of(name: str, query: dict[str, str]) -> str:
    """Return the address of a page with its conditions; empty ones are left out."""
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


ByDay = dict[tuple[date, tuple[str, str]], Counts]


def quality_counts(*, actor: Actor, asked: Asked) -> ByDay:
    """Return the counts of the month by day, organ and item: what the tables of quality are made of."""
    scope = scope_of(actor=actor, catalogue=catalogue_current(), organ_code=asked.organ_code)
    return counts_by_day(actor=actor, scope=scope, span=asked.span)


def quality_grid(*, asked: Asked, counted: ByDay) -> Grid:
    """Return the rates of every organ and item that reported anything in the month, each opening its rows."""
    rates = _shown_rates()
    columns = ("机关和信息类别", "上报数", *(rate.title for rate in rates))
    order = {organ.code: place for place, organ in enumerate(catalogue_current().organs)}
    names = {organ.code: organ.short_name for organ in catalogue_current().organs}
    by_key: dict[tuple[str, str], Counts] = {}
    for (_, key), counts in counted.items():
        by_key[key] = by_key.get(key, NOTHING) + counts
    rows = [
        _quality_row(f"{names[organ]}　{item_title(item)}", counts, columns=columns, asked=asked, key=(organ, item))
        for (organ, item), counts in sorted(by_key.items(), key=lambda entry: (order[entry[0][0]], entry[0][1]))
        if not counts.is_empty
    ]
    whole = sum(by_key.values(), NOTHING)
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


def days_grid(*, asked: Asked, counted: ByDay) -> Grid:
    """Return the rates day by day of reporting, the newest first; days on which nothing came are left out."""
    rates = _shown_rates()
    columns = ("报送日期", "上报数", *(rate.title for rate in rates))
    by_day: dict[date, Counts] = {}
    for (day, _), counts in counted.items():
        by_day[day] = by_day.get(day, NOTHING) + counts
    rows = tuple(
        GridRow(
            GridCell(chinese_date(day)),
            cells(columns, f"{counts.reported:,}", *(rate.text(counts) for rate in rates)),
            str(counts.reported),
        )
        for day, counts in sorted(by_day.items(), reverse=True)
        if not counts.is_empty
    )
    return Grid(
        slug="days",
        title=f"{asked.month.label}逐日",
        finding=f"{len(rows)}天有上报。" if rows else "",
        columns=columns,
        rows=rows,
        empty="",
        query=asked.query(),
        drawn="上报数",
    )


def stored_text(*, actor: Actor, asked: Asked, counted: ByDay) -> str:
    """Return whether the figures that were stored at the end of that day are those that are counted again now.

    ``counted``: what the page shows anyway, which is what the figures of today's law are compared with.
    """
    by_key: dict[tuple[str, str], Counts] = {}
    for (_, key), counts in counted.items():
        by_key[key] = by_key.get(key, NOTHING) + counts
    count, differing = figures_checked(
        actor=actor,
        catalogue=catalogue_current(),
        first=asked.month.first,
        as_of=asked.as_of,
        organ_code=asked.organ_code,
        counted=by_key,
    )
    if not count:
        return "这一天没有存档的数（每晚存一次），上面的数是现在从逐行结果算出来的。"
    if differing:
        return f"这一天存档了{count:,}个数，按当时的目录和日历重算，有{differing:,}个不一致：请系统管理员核查。"
    return f"这一天存档了{count:,}个数，按当时的目录和日历重算，全部一致。"


def _shown_rates() -> list[Rate]:
    return [rate for rate in RATES if rate.slug in _SHOWN_RATES]


def _quality_row(head: str, counts: Counts, *, columns: tuple[str, ...], asked: Asked, key: tuple[str, str]) -> GridRow:
    organ, item = key

    def opens(part: Part, count: int) -> str:
        return address_of("quality_rows", asked.query(organ=organ, item=item, part=part.value)) if item and count else ""

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


def as_of_text(asked: Asked) -> str:
    """Return up to when the figures are known, in words."""
    return f"截至{chinese_date(asked.as_of)}（含当日）"
