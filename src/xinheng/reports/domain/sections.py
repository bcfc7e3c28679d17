"""The ten parts of the national report, version V2.0 (standards.md §9.3), and which records stand in which."""

from dataclasses import dataclass
from typing import Final

NOT_CONNECTED: Final = "平台还没有接入这一部分的来源，此项无法判断。"


@dataclass(frozen=True, slots=True)
class Section:
    """One part of a report. ``groups``: title and catalogue items of each list of records in it, in order.

    ``absent``: what is said where the platform has no source for the part; empty where it has.
    """

    number: str
    title: str
    groups: tuple[tuple[str, tuple[str, ...]], ...] = ()
    absent: str = ""


SECTIONS: Final = (
    Section("一", "登记注册基础信息"),
    Section(
        "二",
        "行政管理信息",
        (("行政许可", ("administrative_licence",)), ("行政处罚", ("administrative_penalty",))),
    ),
    Section("三", "诚实守信相关荣誉信息", (("荣誉和诚实守信名单", ("honour", "positive_list_entry")),)),
    Section("四", "严重失信主体名单信息", (("严重失信主体名单", ("serious_list_entry",)),)),
    Section("五", "经营（活动）异常名录（状态）信息", (("经营异常", ("abnormal_list_entry",)),)),
    Section("六", "信用承诺信息", (("信用承诺及履行情况", ("credit_commitment",)),)),
    Section("七", "信用评价信息", absent=NOT_CONNECTED),
    Section("八", "司法判决及执行信息", absent=NOT_CONNECTED),
    Section("九", "其他信息", (("其他信息", ()),)),
    Section("十", "信用状况提升建议"),
)
_BY_ITEM: Final = {item_id: section for section in SECTIONS for _, items in section.groups for item_id in items}
OTHER: Final = next(section for section in SECTIONS if section.number == "九")


def section_of(item_id: str) -> Section:
    """Return the part that holds records of an item; items that the national form does not name are 其他信息."""
    return _BY_ITEM.get(item_id, OTHER)
