"""Notices as their reader reads them."""

from datetime import date
from typing import Final

from xinheng.accounts.domain import Actor
from xinheng.notices.domain import NoticeKind, notice_text
from xinheng.notices.selectors import contact_channels, notices_visible_to, unread_count
from xinheng.workbench.domain import NoticeLine, NoticesPage

_LISTED: Final = 100


def notices_page(*, actor: Actor, today: date) -> NoticesPage:
    """Return the newest notices of this person. Three queries."""
    found = list(notices_visible_to(actor=actor)[:_LISTED])
    lines = tuple(
        NoticeLine(
            at=notice.at,
            number=notice.number,
            text=notice_text(kind=NoticeKind(notice.kind), number=notice.number, due=notice.due, today=today),
            is_new=notice.read_at is None,
        )
        for notice in found
    )
    return NoticesPage(
        lines=lines,
        newest=found[0].pk if found else 0,
        unread=unread_count(actor=actor),
        channels=contact_channels(actor=actor),
    )
