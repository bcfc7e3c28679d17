"""Public lists (公示): filters and places in the address, newest decision first."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from django.urls import reverse

from xinheng.catalogue.selectors import catalogue_current
from xinheng.kernel.dates import chinese_date
from xinheng.portal.domain import FilterOption, ListKind, ListPage, ListState, RecordCard
from xinheng.portal.selectors.addresses import address, place_named
from xinheng.portal.selectors.cards import card
from xinheng.portal.selectors.kinds import items_asked, kinds, of_kind
from xinheng.publicity.selectors import ListFilter, display_count, display_list, law_current

if TYPE_CHECKING:
    from datetime import date

    from xinheng.catalogue.domain import Organ, Township

ROWS_PER_PAGE: Final = 20


def organs() -> tuple[Organ, ...]:
    """Return the reporting organs of the catalogue, for the filter."""
    return catalogue_current().organs


def townships() -> tuple[Township, ...]:
    """Return the townships and streets of the county, for the filter."""
    return catalogue_current().townships


def list_page(*, kind: ListKind, asked: ListState, on_date: date) -> ListPage:
    """Return one page of a public list as of the Asia/Shanghai day ``on_date``. Three queries."""
    law = law_current()
    narrow, item_ids = narrowed(kind, asked), items_asked(kind, asked)
    found = display_list(
        item_ids=item_ids,
        on_date=on_date,
        narrow=narrow,
        after=place_named(asked.after),
        before=place_named(asked.before),
        limit=ROWS_PER_PAGE,
        law=law,
    )
    return ListPage(
        kind=kind,
        records=tuple(card(record, on_date=on_date) for record in found.records),
        total=display_count(item_ids=item_ids, on_date=on_date, narrow=narrow, law=law),
        chosen=_chosen(kind, asked),
        csv_url=table_address(kind, asked, "csv"),
        xlsx_url=table_address(kind, asked, "xlsx"),
        older_url=_url(kind, asked, after=found.older.text) if found.older else "",
        newer_url=_url(kind, asked, before=found.newer.text) if found.newer else "",
    )


def newest(*, kind: ListKind, on_date: date, limit: int) -> tuple[RecordCard, ...]:
    """Return the newest records of a list as of ``on_date``. Two queries."""
    found = display_list(item_ids=kind.item_ids, on_date=on_date, limit=limit, law=law_current())
    return tuple(card(record, on_date=on_date) for record in found.records)


def narrowed(kind: ListKind, asked: ListState) -> ListFilter:
    """Return how a list is narrowed as its address says."""
    return replace(
        of_kind(kind, asked.kind),
        organ_code=asked.organ,
        township=asked.township,
        decided_from=asked.start,
        decided_until=asked.end,
    )


def table_address(kind: ListKind, asked: ListState, form: str) -> str:
    """Return the address of the list as a table (``csv``, ``xlsx``) with the same filters."""
    return address(reverse("portal:list_table", args=[kind.slug, form]), **_conditions(asked))


def condition_words(kind: ListKind, asked: ListState) -> tuple[str, ...]:
    """Return the chosen conditions in words."""
    return tuple(option.label for option in _chosen(kind, asked))


def _conditions(asked: ListState) -> dict[str, str]:
    return {
        "organ": asked.organ,
        "kind": asked.kind,
        "township": asked.township,
        "from": asked.start.isoformat() if asked.start else "",
        "to": asked.end.isoformat() if asked.end else "",
    }


def _url(kind: ListKind, asked: ListState, *, without: str = "", **more: str) -> str:
    parameters = {name: value for name, value in {**_conditions(asked), **more}.items() if name != without}
    return address(reverse("portal:list", args=[kind.slug]), **parameters)


def _chosen(kind: ListKind, asked: ListState) -> tuple[FilterOption, ...]:
    """Return one link for each chosen condition that takes it away again."""
    organ_name = next((organ.name for organ in organs() if organ.code == asked.organ), asked.organ)
    words = {
        "organ": f"{kind.organ_column}：{organ_name}",
        "kind": f"{kind.kind_column or '种类'}：{dict(kinds(kind)).get(asked.kind, asked.kind)}",
        "township": f"乡镇街道：{asked.township}",
        "from": f"{kind.date_column}从{chinese_date(asked.start)}" if asked.start else "",
        "to": f"{kind.date_column}到{chinese_date(asked.end)}" if asked.end else "",
    }
    return tuple(
        FilterOption(words[name], _url(kind, asked, without=name), is_chosen=True)
        for name, value in _conditions(asked).items()
        if value
    )
