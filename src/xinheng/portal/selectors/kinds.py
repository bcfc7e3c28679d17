"""The kinds within a public list: categories of licences, kinds of penalties, lists, honours."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from xinheng.catalogue.selectors import catalogue_current
from xinheng.publicity.selectors import ListFilter, law_current
from xinheng.rules.domain import kinds_to_mask

if TYPE_CHECKING:
    from xinheng.catalogue.domain import CodeValue
    from xinheng.portal.domain import ListKind, ListState

_CODES: Final = {"licences": "licence_categories", "penalties": "penalty_kinds"}


def kinds(kind: ListKind) -> tuple[tuple[str, str], ...]:
    """Return value and words of every kind that the list can be narrowed to, in the catalogue's order."""
    law = law_current()
    if kind.slug in _CODES:
        return tuple((value.code, value.label) for value in catalogue_current().code_list(_CODES[kind.slug]).values)
    if kind.slug == "serious":
        known = [one for one in law.catalogue.list_types if one.item_id in kind.item_ids and one.accepted]
        return tuple((one.id, one.title) for one in known if one.id not in law.private_lists)
    if len(kind.item_ids) > 1:
        return tuple((item_id, law.items[item_id].title) for item_id in kind.item_ids if item_id in law.items)
    return ()


def items_asked(kind: ListKind, asked: ListState) -> tuple[str, ...]:
    """Return the catalogue items that are asked for: all of the list, or the one that is its kind."""
    return (asked.kind,) if len(kind.item_ids) > 1 and asked.kind in kind.item_ids else kind.item_ids


def of_kind(kind: ListKind, value: str) -> ListFilter:
    """Return how the list is narrowed to one kind; a value that the list does not have narrows nothing."""
    if value not in dict(kinds(kind)):
        return ListFilter()
    if kind.slug == "penalties":
        return ListFilter(penalty_mask=kinds_to_mask([value]))
    if kind.slug == "licences":
        found = catalogue_current().code_list(_CODES[kind.slug]).value(value)
        return ListFilter(licence_categories=_texts(found)) if found is not None else ListFilter()
    return ListFilter(list_type=value) if kind.slug == "serious" else ListFilter()


def _texts(value: CodeValue) -> tuple[str, ...]:
    """Return what files write for a value; “其他” is followed by an explanation."""
    return (value.code, value.label, *value.aliases, *((f"{value.label}-",) if value.annotate else ()))
