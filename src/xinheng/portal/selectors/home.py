"""The front door."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from django.urls import reverse

from xinheng.portal.domain import LIST_KINDS, Figure, HomePage, RecordCard, list_kind
from xinheng.portal.selectors.lists import newest
from xinheng.publicity.selectors import STALE_DAYS, displays_counted, law_current, source_states
from xinheng.subjects.selectors import subjects_count

if TYPE_CHECKING:
    from datetime import date

LATEST: Final = 5


def home_page(*, on_date: date) -> HomePage:
    """Return the front page as of the Asia/Shanghai day ``on_date``. Seven queries."""
    law = law_current()
    counted = displays_counted(on_date=on_date, law=law)
    shown = sum(counted.get(item_id, 0) for kind in LIST_KINDS for item_id in kind.item_ids)
    reported = [state for state in source_states(on_date=on_date) if state.last_day is not None]
    last = max((state.last_day for state in reported if state.last_day), default=None)
    silent = sum(state.cannot_say for state in reported)
    figures = [
        Figure("在册主体", f"{subjects_count():,}家", ""),
        Figure("正在公示", f"{shown:,}条", reverse("portal:statistics"), "按机关、月份和目录项看统计"),
        Figure(
            "已报送的部门",
            f"{len(reported)}个",
            reverse("portal:sources"),
            f"其中{silent}个超过{STALE_DAYS}天没有更新" if silent else f"都在{STALE_DAYS}天内更新过" if reported else "",
        ),
        Figure("最近报送", f"{last.month}月{last.day}日" if last else "还没有", reverse("portal:sources")),
    ]
    return HomePage(
        figures=tuple(figures),
        licences=_latest("licences", on_date),
        honours=_latest("honours", on_date),
    )


def _latest(slug: str, on_date: date) -> tuple[RecordCard, ...]:
    kind = list_kind(slug)
    return newest(kind=kind, on_date=on_date, limit=LATEST) if kind is not None else ()
