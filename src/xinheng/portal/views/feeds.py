"""Atom feeds of licences and honours; what speaks against anybody has no feed and no way to one (P8)."""

from __future__ import annotations

from datetime import datetime, time
from typing import TYPE_CHECKING, Any, Final

from django.contrib.syndication.views import Feed
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.feedgenerator import Atom1Feed
from django.views.decorators.http import require_safe

from xinheng.adapters import clock
from xinheng.adapters.clock import CHINA
from xinheng.kernel.dates import chinese_date
from xinheng.portal.domain import ListKind, RecordCard, list_kind
from xinheng.portal.selectors.lists import newest

if TYPE_CHECKING:
    from datetime import date

    _Feed = Feed[RecordCard, ListKind]
else:
    _Feed = Feed  # generic for the type checker only

ENTRIES: Final = 50


class _ListFeed(_Feed):
    feed_type = Atom1Feed

    def get_object(self, request: HttpRequest, *_: Any, slug: str, **__: Any) -> ListKind:
        del request
        kind = list_kind(slug)
        if kind is None or not kind.has_feed or kind.adverse:
            raise Http404
        return kind

    def title(self, obj: ListKind) -> str:
        return f"最新{obj.title}"

    def subtitle(self, obj: ListKind) -> str:
        return f"{obj.intro}只有正在公示的最新{ENTRIES}条；停止公示的从这里消失。"

    def link(self, obj: ListKind) -> str:
        return reverse("portal:list", args=[obj.slug])

    def items(self, obj: ListKind) -> tuple[RecordCard, ...]:
        return newest(kind=obj, on_date=clock.today(), limit=ENTRIES)

    def item_title(self, item: RecordCard) -> str:
        return f"{item.subject_name}：{item.title}"

    def item_description(self, item: RecordCard) -> str:
        disputed = "有异议，核查中。" if item.disputed_since else ""
        return f"{disputed}{item.organ_name}，{chinese_date(item.decision_date)}。"

    def item_link(self, item: RecordCard) -> str:
        return item.url

    def item_guid(self, item: RecordCard) -> str:
        # The record's own number: the same wherever the site lies and however its addresses are written.
        return f"urn:uuid:{item.record_id}"

    def item_pubdate(self, item: RecordCard) -> datetime:
        return _noon(item.decision_date)

    def item_updateddate(self, item: RecordCard) -> datetime:
        return _noon(max((moment.on for moment in item.moments if not moment.is_future), default=item.decision_date))


def _noon(day: date) -> datetime:
    return datetime.combine(day, time(12), CHINA)


_feed = _ListFeed()


@require_safe
def feed(request: HttpRequest, slug: str) -> HttpResponse:
    """Give the newest records of a good list as Atom."""
    response = _feed(request, slug=slug)
    response["Cache-Control"] = "private, no-cache"
    return response
