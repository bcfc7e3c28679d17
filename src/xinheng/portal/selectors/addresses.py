"""Addresses of pages, with what the reader came with: so that the way back and P2's condition hold."""

from __future__ import annotations

from functools import lru_cache
from urllib.parse import urlencode

from django.urls import get_script_prefix, reverse

from xinheng.publicity.domain import Place
from xinheng.publicity.errors import PlaceNotRead


def page_address(name: str, *parts: str) -> str:
    """Return the address of a page that others lead to again and again; making one takes as long as writing ten words."""
    return _page_address(get_script_prefix(), name, parts)


@lru_cache(512)
def _page_address(prefix: str, name: str, parts: tuple[str, ...]) -> str:
    del prefix
    return reverse(name, args=parts)


def address(url: str, **parameters: str) -> str:
    """Return ``url`` with those of ``parameters`` that say something."""
    given = {name: value for name, value in parameters.items() if value}
    return f"{url}?{urlencode(given)}" if given else url


def subject_address(subject_id: int, *, query: str = "") -> str:
    """Return the address of an organisation's page."""
    return address(reverse("portal:subject", args=[subject_id]), q=query)


def subject_list_address(subject_id: int, slug: str, *, query: str = "", after: str = "", before: str = "") -> str:
    """Return the address of an organisation's records of one kind."""
    url = reverse("portal:subject_list", args=[subject_id, slug])
    return address(url, q=query, after=after, before=before)


def place_named(text: str) -> Place | None:
    """Return the place in a list that an address names; one that cannot be read was not made by the site and is the first."""
    try:
        return Place.read(text) if text else None
    except PlaceNotRead:
        return None
