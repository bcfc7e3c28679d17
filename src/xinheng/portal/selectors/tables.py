"""Tables to download: what a list or an organisation's page shows, as rows, with what they are and what is left out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from xinheng.catalogue.selectors import catalogue_current
from xinheng.kernel.dates import chinese_date
from xinheng.opendata.domain import LICENCE_TEXT
from xinheng.portal.selectors.kinds import items_asked
from xinheng.portal.selectors.lists import condition_words, narrowed
from xinheng.portal.selectors.subjects import subject_shown
from xinheng.publicity.domain import FlatTable, record_plain
from xinheng.publicity.selectors import display_count, display_list, fields_in_lists, law_current, state_of_data

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import date, datetime

    from xinheng.portal.domain import ListKind, ListState
    from xinheng.publicity.domain import PublicRecord
    from xinheng.publicity.selectors import DisplayLaw, ListFilter

ROWS_AT_MOST: Final = 20_000
ADVERSE_ROWS_AT_MOST: Final = 1_000
"""Of what speaks against somebody no more than a reader would page through (P8): a copy does not end by itself."""
_PORTION: Final = 500
_DISPUTED: Final = "有异议，核查中"


@dataclass(frozen=True, slots=True)
class Table:
    """A table to download. ``about`` are sentences; ``rows`` are read while they are written."""

    title: str
    file_name: str
    about: tuple[str, ...]
    heading: list[str]
    rows: Iterator[Sequence[str]]
    adverse: bool


def rows_at_most(kind: ListKind) -> int:
    """Return how many rows a table of a list holds at most."""
    return ADVERSE_ROWS_AT_MOST if kind.adverse else ROWS_AT_MOST


def list_table(*, kind: ListKind, asked: ListState, now: datetime, site: str) -> Table:
    """Return a public list as a table, newest decision first, as of ``now`` (aware, Asia/Shanghai).

    Adverse lists tell the columns of the page and no more, and no sole traders (P2, P8).

    Args:
        kind: the list.
        asked: its filters, as the address says them.
        now: the moment of reading; its day decides what is shown.
        site: the address before the path of a record's page.
    """
    law, on_date = law_current(), now.date()
    narrow = narrowed(kind, asked)
    most = rows_at_most(kind)
    item_ids = items_asked(kind, asked)
    total = display_count(item_ids=item_ids, on_date=on_date, narrow=narrow, law=law)
    records = _records(item_ids, narrow=narrow, on_date=on_date, most=most, law=law)
    told = f"共{total:,}条，按{kind.date_column}从新到旧。"
    if total > most:
        told = f"共{total:,}条，这里只有最新的{most:,}条，另外{total - most:,}条没有收入。请加上筛选条件分几次下载。"
    about = [
        f"{kind.title}公示。{'筛选：' + '；'.join(words) + '。' if (words := condition_words(kind, asked)) else '没有筛选。'}",
        told,
        *_circumstances(now),
    ]
    if kind.adverse:
        about.append("不含个体工商户。每一条只公示到所写的那一天；到期后请删除，不要再传播。有异议的，使用前先向来源机关核实。")
        heading, rows = _page_columns(kind), (_page_row(record, site) for record in records)
    else:
        table = FlatTable(fields_in_lists(item_ids=item_ids, law=law))
        heading, rows = table.heading, (table.row(record_plain(record)) for record in records)
    return Table(kind.title, f"{kind.slug}-{on_date.isoformat()}", tuple(about), heading, rows, kind.adverse)


def subject_table(*, subject_id: int, query: str, now: datetime) -> Table | None:
    """Return the records that an organisation's page shows as a table; ``None`` if there is no organisation.

    ``query`` as for the page. What is adverse of a sole trader is in no export (P2), whatever was asked.
    """
    found = subject_shown(subject_id=subject_id, query=query, on_date=now.date())
    if found is None:
        return None
    subject, records = found
    shown = [record for record in records if not (record.adverse and record.is_sole_trader)]
    plain = [record_plain(record) for record in shown]
    table = FlatTable.of(plain)
    about = [
        f"{subject.name}正在公示的公共信用信息，共{len(shown):,}条，按决定日期从新到旧。",
        "没有列出的，是各来源没有报来、或者没有仍在公示期内的信息；不是信用评价，也不是无违法记录证明。",
        *_circumstances(now),
    ]
    if subject.is_sole_trader:
        about.append("个体工商户的行政处罚、经营异常和名单信息不进下载的表格；用全称或者统一社会信用代码在网页上查询。")
    adverse = any(record.adverse for record in shown)
    return Table("公示信息", f"subject-{subject.pk}-{now.date().isoformat()}", tuple(about), table.heading, iter([table.row(one) for one in plain]), adverse)  # fmt: skip


def _circumstances(now: datetime) -> list[str]:
    return [
        f"数据截至{chinese_date(now.date())}{now:%H:%M:%S}，公示序号{state_of_data().known_seq}，法规目录版本{catalogue_current().hash}。",
        *(line for line in LICENCE_TEXT.splitlines() if line),
    ]


def _records(
    item_ids: Sequence[str], *, narrow: ListFilter, on_date: date, most: int, law: DisplayLaw
) -> Iterator[PublicRecord]:
    """Read a list in portions, each anew: a record that stops being shown meanwhile is not told."""
    after = None
    while most > 0:
        page = display_list(item_ids=item_ids, on_date=on_date, narrow=narrow, after=after, limit=min(_PORTION, most), law=law)
        yield from page.records
        most -= _PORTION
        after = page.older
        if after is None:
            return


def _page_columns(kind: ListKind) -> list[str]:
    columns = [kind.subject_column, kind.content_column, kind.organ_column, kind.date_column, f"{kind.until_column}（含当日）"]
    return ["异议", *columns, "详情"]


def _page_row(record: PublicRecord, site: str) -> list[str]:
    return [
        _DISPUTED if record.disputed_since else "",
        record.subject_name,
        record.document_no or record.item_title,
        record.organ_name,
        record.decision_date.isoformat(),
        record.display_until.isoformat() if record.display_until else "长期",
        f"{site}/records/{record.record_id}/",
    ]
