"""Organs of the catalogue by code, for names and choices."""

from xinheng.catalogue.selectors import catalogue_current


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
