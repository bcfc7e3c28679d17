"""The front door."""

from __future__ import annotations

from datetime import date

from xinheng.portal.domain import HomePage


def home_page(*, on_date: date) -> HomePage:
    """Return the front page as of the Asia/Shanghai day ``on_date``."""
    del on_date
    return HomePage(figures=(), licences=(), honours=())
