"""Statistics open to the public: the public lists counted by item, organ and month; subjects are never compared (P13)."""

from __future__ import annotations

from collections import Counter
from datetime import date
from typing import TYPE_CHECKING, Final

from django.urls import reverse

from xinheng.kernel.dates import ONE_DAY, add_months
from xinheng.portal.domain import LIST_KINDS, FilterOption, list_kind_of
from xinheng.portal.domain.statistics import Count, CountRow, CountTable, StatisticsPage
from xinheng.portal.selectors.addresses import address
from xinheng.publicity.selectors import displays_grouped, law_current

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from xinheng.portal.domain import ListKind
    from xinheng.publicity.selectors import DisplayGroup

MONTHS_TOLD: Final = 24

_Counts = Counter[tuple[str, str]]


def statistics_page(*, kind: ListKind | None, on_date: date) -> StatisticsPage:
    """Return the counts of what is in public lists on the Asia/Shanghai day ``on_date``; of one ``kind`` or of all.

    Every figure is the length of a list that anybody can open, so that a small one tells nothing new (P2, P3). Two
    queries, one of them tiny.
    """
    kinds = tuple(LIST_KINDS) if kind is None else (kind,)
    groups = [
        (found.slug, group)
        for group in displays_grouped(on_date=on_date)
        if (found := list_kind_of(group.item_id)) is not None and found in kinds
    ]
    tables: tuple[CountTable, ...] = (_by_organ(kinds, groups, kind), _by_month(kinds, groups, kind, on_date))
    if sum(len(shown.item_ids) for shown in kinds) > 1:  # one row would say what the page has said already
        tables = (_by_item(kinds, groups, kind), *tables)
    return StatisticsPage(
        title=f"{kind.title}统计" if kind else "统计",
        choices=_choices(kind),
        tables=tables,
        total=sum(group.count for _, group in groups),
        months=MONTHS_TOLD,
    )


def statistics_table(*, slug: str, kind: ListKind | None, on_date: date) -> CountTable | None:
    """Return one table of the statistics page, ``None`` if there is none of this name."""
    tables = statistics_page(kind=kind, on_date=on_date).tables
    return next((table for table in tables if table.slug == slug), None)


def _choices(chosen: ListKind | None) -> tuple[FilterOption, ...]:
    url = reverse("portal:statistics")
    return (
        FilterOption("全部", url, is_chosen=chosen is None),
        *(FilterOption(kind.title, address(url, list=kind.slug), is_chosen=kind == chosen) for kind in LIST_KINDS),
    )


def _by_item(kinds: Sequence[ListKind], groups: Iterable[tuple[str, DisplayGroup]], chosen: ListKind | None) -> CountTable:
    items = law_current().items
    counts: _Counts = Counter()
    for slug, group in groups:
        counts[slug, group.item_id] += group.count
    rows = []
    for kind in kinds:
        for item_id in kind.item_ids:
            value = counts[kind.slug, item_id]
            # A list of two items is opened as a whole: the count is of one of them, so only a list of one opens its rows.
            url = _list_url(kind) if value and len(kind.item_ids) == 1 else ""
            count = Count(value, url)
            title = items[item_id].title if item_id in items else item_id
            rows.append(CountRow(title, (count,), count))
    most = max(rows, key=lambda row: row.total.value)
    finding = f"最多的是{most.label}，{most.total.value:,}条。" if most.total.value else "现在没有正在公示的信息。"
    return CountTable("items", "按目录项", "目录项", ("正在公示",), tuple(rows), finding, _csv_url("items", chosen))


def _by_organ(kinds: Sequence[ListKind], groups: Iterable[tuple[str, DisplayGroup]], chosen: ListKind | None) -> CountTable:
    counts: _Counts = Counter()
    names: dict[str, str] = {}
    for slug, group in groups:
        counts[slug, group.organ_code] += group.count
        names[group.organ_code] = group.organ_name
    # The catalogue's order, not the figures': the page compares nobody.
    known = [organ.code for organ in law_current().catalogue.organs if organ.code in names]
    ordered = [*known, *sorted(set(names) - set(known))]
    rows = [_row(names[code], code, kinds, counts, lambda kind, code: _list_url(kind, organ=code)) for code in ordered]
    finding = f"{len(rows)}个机关作出的决定正在公示。" if rows else "现在没有正在公示的信息。"
    columns = tuple(kind.title for kind in kinds)
    return CountTable("organs", "按作出决定的机关", "机关", columns, tuple(rows), finding, _csv_url("organs", chosen))


def _by_month(
    kinds: Sequence[ListKind], groups: Iterable[tuple[str, DisplayGroup]], chosen: ListKind | None, on_date: date
) -> CountTable:
    counts: _Counts = Counter()
    for slug, group in groups:
        counts[slug, group.month.isoformat()] += group.count
    last = on_date.replace(day=1)
    months = [add_months(last, -back) for back in range(MONTHS_TOLD)]
    # The newest first, as in the lists.
    rows = [_row(f"{month.year}年{month.month}月", month.isoformat(), kinds, counts, _month_url) for month in months]
    told = sum(row.total.value for row in rows)
    finding = f"最近{MONTHS_TOLD}个月作出、现在还在公示的有{told:,}条。"
    columns = tuple(kind.title for kind in kinds)
    return CountTable("months", "按作出决定的月份", "月份", columns, tuple(rows), finding, _csv_url("months", chosen))


def _row(label: str, key: str, kinds: Sequence[ListKind], counts: _Counts, opens: Callable[[ListKind, str], str]) -> CountRow:
    found = tuple(Count(value, opens(kind, key)) if (value := counts[kind.slug, key]) else Count(0) for kind in kinds)
    return CountRow(label, found, found[0] if len(found) == 1 else Count(sum(count.value for count in found)))


def _month_url(kind: ListKind, key: str) -> str:
    first = date.fromisoformat(key)
    return _list_url(kind, **{"from": key, "to": (add_months(first, 1) - ONE_DAY).isoformat()})


def _list_url(kind: ListKind, **conditions: str) -> str:
    return address(reverse("portal:list", args=[kind.slug]), **conditions)


def _csv_url(slug: str, chosen: ListKind | None) -> str:
    return address(reverse("portal:statistics_csv"), table=slug, list=chosen.slug if chosen else "")
