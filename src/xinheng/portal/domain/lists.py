"""The public lists (公示) and the words that their pages use."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ListKind:
    """One public list (公示) and the words that its page uses."""

    slug: str
    title: str
    item_ids: tuple[str, ...]
    adverse: bool
    subject_column: str
    content_column: str
    organ_column: str
    date_column: str
    until_column: str
    intro: str
    in_navigation: bool = False
    kind_column: str = ""
    """What the filter by kind is called; empty where the list has one kind only."""
    has_feed: bool = False
    """Whether the list can be subscribed to: never one that speaks against anybody (P8)."""


LIST_KINDS = (
    ListKind(
        slug="licences",
        title="行政许可",
        item_ids=("administrative_licence",),
        adverse=False,
        subject_column="单位",
        content_column="许可事项",
        organ_column="许可机关",
        date_column="决定日期",
        until_column="有效期至",
        intro="行政机关准予从事特定活动的决定。",
        in_navigation=True,
        kind_column="许可类别",
        has_feed=True,
    ),
    ListKind(
        slug="penalties",
        title="行政处罚",
        item_ids=("administrative_penalty",),
        adverse=True,
        subject_column="当事人",
        content_column="决定书文号",
        organ_column="处罚机关",
        date_column="决定日期",
        until_column="公示到",
        intro="行政机关依法作出、仍在公示期内的处罚决定，只列摘要。轻微的、当场作出的不公示。",
        in_navigation=True,
        kind_column="处罚类别",
    ),
    ListKind(
        slug="abnormal",
        title="经营异常",
        item_ids=("abnormal_list_entry",),
        adverse=True,
        subject_column="单位",
        content_column="列入决定",
        organ_column="列入机关",
        date_column="列入日期",
        until_column="公示到",
        intro="登记机关列入经营异常名录、还没有移出的单位。改正后由列入机关移出。",
    ),
    ListKind(
        slug="serious",
        title="严重失信主体名单",
        item_ids=("serious_list_entry",),
        adverse=True,
        subject_column="单位",
        content_column="列入决定",
        organ_column="列入机关",
        date_column="列入日期",
        until_column="公示到",
        intro="法定机关依照法律、法规或者国家规定列入、还没有移出的单位。",
        in_navigation=True,
        kind_column="名单",
    ),
    ListKind(
        slug="honours",
        title="荣誉信息",
        item_ids=("honour", "positive_list_entry"),
        adverse=False,
        subject_column="单位",
        content_column="荣誉",
        organ_column="授予机关",
        date_column="授予日期",
        until_column="有效期至",
        intro="党政机关和群团组织授予、仍然有效的荣誉，以及诚实守信一类的名单。",
        kind_column="荣誉或名单",
        has_feed=True,
    ),
    ListKind(
        slug="commitments",
        title="信用承诺",
        item_ids=("credit_commitment",),
        adverse=False,
        subject_column="单位",
        content_column="承诺",
        organ_column="受理机关",
        date_column="承诺日期",
        until_column="公示到",
        intro="单位作出、同意向社会公开的承诺和履行情况。",
    ),
)
"""The public lists, good before adverse; the organisation page has one section for each (adverse ones last)."""


def list_kind(slug: str) -> ListKind | None:
    """Return the public list with this address, or ``None``."""
    return next((kind for kind in LIST_KINDS if kind.slug == slug), None)


def list_kind_of(item_id: str) -> ListKind | None:
    """Return the public list that holds records of this catalogue item, or ``None`` if none does."""
    return next((kind for kind in LIST_KINDS if item_id in kind.item_ids), None)
