"""What the open-data page shows: the newest snapshot that may be given away."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from django.urls import reverse

from xinheng.kernel.dates import chinese_date
from xinheng.opendata.domain import LICENCE_TEXT
from xinheng.opendata.errors import NoSnapshot, SnapshotOvertaken
from xinheng.opendata.selectors import CSV_NAME, LICENCE_NAME, MANIFEST_NAME, PARQUET_NAME, snapshot_to_give
from xinheng.portal.domain import Fact, OpenDataPage, OpenFile
from xinheng.publicity.selectors import law_current

if TYPE_CHECKING:
    from datetime import date

_WHAT: Final = {
    CSV_NAME: "CSV：表格软件和程序都能打开",
    PARQUET_NAME: "Parquet：内容相同，小得多，适合数据分析",
    LICENCE_NAME: "使用条款（暂行）",
}


def open_data_page(*, on_date: date) -> OpenDataPage:
    """Return what there is to download on ``on_date`` (the real day). Six queries at most."""
    changes = reverse("api-1:changes")
    try:
        snapshot = snapshot_to_give(on_date=on_date)
    except (NoSnapshot, SnapshotOvertaken) as error:
        return OpenDataPage(
            is_overtaken=isinstance(error, SnapshotOvertaken),
            number="",
            facts=(),
            files=(),
            manifest_url="",
            licence=LICENCE_TEXT,
            changes_url=changes,
        )
    manifest, items = snapshot.manifest, law_current().items

    counts = "，".join(f"{items[item].title if item in items else item}{count:,}条" for item, count in manifest.items.items())

    def url(name: str) -> str:
        return reverse("api-1:snapshot_file", args=[manifest.number, name])

    return OpenDataPage(
        is_overtaken=False,
        number=manifest.number,
        facts=(
            Fact("编号", manifest.number),
            Fact("制作时间", f"{chinese_date(manifest.made_at.date())}{manifest.made_at:%H:%M}"),
            Fact("记录", f"共{manifest.records:,}条：{counts}" if counts else "没有记录"),
        ),
        files=tuple(OpenFile(one.name, _WHAT[one.name], one.size, one.sha256, url(one.name)) for one in manifest.files),
        manifest_url=url(MANIFEST_NAME),
        licence=LICENCE_TEXT,
        changes_url=changes,
    )
