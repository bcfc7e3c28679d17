"""Notices as their reader reads them."""

from datetime import date
from typing import Final
from urllib.parse import urlencode

from django.urls import reverse

from xinheng.accounts.domain import Actor
from xinheng.intake.models import DoubtState
from xinheng.notices.domain import About, NoticeKind, notice_text
from xinheng.notices.selectors import contact_channels, notices_visible_to, unread_count
from xinheng.workbench.domain import NoticeLine, NoticesPage
from xinheng.workbench.selectors.doubts import TO_CONFIRM, WAITING

_LISTED: Final = 100
_PAGES: Final = {
    About.SUBMISSION: "workbench:submission",
    About.WAIVER: "workbench:waiver",
    About.PROPOSAL: "workbench:catalogue_proposal",
}
_DOUBTS: Final = {
    NoticeKind.DOUBT_DECIDED: DoubtState.DECIDED.value,
    NoticeKind.DOUBT_REJECTED: DoubtState.REJECTED.value,
    NoticeKind.DOUBT_PROPOSED: TO_CONFIRM,
}


def notices_page(*, actor: Actor, today: date) -> NoticesPage:
    """Return the newest notices of this person. Three queries."""
    found = list(notices_visible_to(actor=actor)[:_LISTED])
    lines = tuple(
        NoticeLine(
            at=notice.at,
            url=_url(NoticeKind(notice.kind), notice.number),
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


def _url(kind: NoticeKind, number: str) -> str:
    """Return where what the notice is about can be seen to; the page asks again who is looking."""
    if kind.about is About.DOUBT:
        return f"{reverse('workbench:doubts')}?{urlencode({'state': _DOUBTS.get(kind, WAITING), 'number': number})}"
    return reverse(_PAGES[kind.about], args=[number])
