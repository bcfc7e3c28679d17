"""Public lists."""

from __future__ import annotations

from datetime import date

from xinheng.catalogue.domain import Organ
from xinheng.catalogue.selectors import catalogue_current
from xinheng.portal.domain import ListKind, ListPage, ListState


def organs() -> tuple[Organ, ...]:
    """Return the reporting organs of the catalogue, for the filter."""
    return catalogue_current().organs


def list_page(*, kind: ListKind, asked: ListState, on_date: date) -> ListPage:
    """Return one page of a public list as of the Asia/Shanghai day ``on_date``."""
    del asked, on_date
    return ListPage(kind, ())
