"""Organs of the catalogue by code, for names and choices."""

from xinheng.accounts.domain import Actor
from xinheng.catalogue.domain import Field
from xinheng.catalogue.selectors import catalogue_current
from xinheng.monitoring.selectors import items_reported, organs_visible_to


def organ_name(code: str) -> str:
    """Return the organ's name; an unknown code itself, nothing for none."""
    if not code:
        return ""
    try:
        return catalogue_current().organ(code).name
    except KeyError:
        return code


def organ_choices() -> list[tuple[str, str]]:
    """Return code and name of every organ, in the catalogue's order."""
    return [(organ.code, organ.name) for organ in catalogue_current().organs]


def item_title(item_id: str) -> str:
    """Return the title of an item, the id of one that is gone, nothing for none."""
    return next((item.title for item in catalogue_current().items if item.id == item_id), item_id)


def item_choices() -> list[tuple[str, str]]:
    """Return id and title of the items of which rows become records, those with a deadline first."""
    return [(item.id, item.title) for item in items_reported(catalogue_current())]


def organs_followed(actor: Actor) -> list[tuple[str, str]]:
    """Return code and name of the organs whose reporting this person follows, in the catalogue's order."""
    return [(organ.code, organ.name) for organ in organs_visible_to(actor=actor, catalogue=catalogue_current())]


def item_choices_all() -> list[tuple[str, str]]:
    """Return id and title of every item, acts on records too, in the catalogue's order."""
    return [(item.id, item.title) for item in catalogue_current().items]


def item_fields(item_id: str) -> tuple[Field, ...]:
    """Return the fields of an item in the order of its template, none for an unknown one."""
    return next((tuple(item.fields) for item in catalogue_current().items if item.id == item_id), ())
