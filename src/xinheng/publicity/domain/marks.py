"""Marks that stop a display (停止公示的标记), judged on the day of reading; the SQL filter is their mirror."""

from datetime import date
from typing import Protocol

from xinheng.catalogue.domain import Confidence
from xinheng.kernel.dates import chinese_date
from xinheng.rules.domain import ExplainStep


class MarkFacts(Protocol):
    """The marks of a record."""

    withdrawn: bool
    held: bool
    on_the_spot: bool
    revoked_date: date | None
    repaired_date: date | None
    delisted_date: date | None
    disputed_since: date | None
    disputed_until: date | None


def marks_against(*, record: MarkFacts, on_date: date) -> tuple[ExplainStep, ...]:
    """Return why the record's marks stop its display on ``on_date``; empty if none does.

    A mark stops the display from the moment it is recorded, whatever day it names. A dispute alone does not: the record
    is shown with the mark through the day by which it must be settled, and no longer (P9).
    """
    steps = []
    if record.withdrawn:
        steps.append(ExplainStep(text="报送机关撤回了这条信息，不公示。"))
    if record.revoked_date is not None:
        steps.append(
            ExplainStep(text=f"原决定于{chinese_date(record.revoked_date)}被变更、撤销、确认违法或者无效，已撤下，不公示。")
        )
    if record.repaired_date is not None:
        steps.append(ExplainStep(text=f"已于{chinese_date(record.repaired_date)}完成信用修复，终止公示。"))
    if record.delisted_date is not None:
        steps.append(ExplainStep(text=f"已于{chinese_date(record.delisted_date)}移出名单，终止公示。"))
    if record.held:
        steps.append(ExplainStep(text="这条信息正在核对，暂停公示。"))
    if record.on_the_spot:
        steps.append(
            ExplainStep(
                text="当场作出的（简易程序）或者报送时注明不公示的，只入库，不公示。",
                reference="双公示数据标准校验规则V15、V16",
                confidence=Confidence.SOURCED,
            )
        )
    if record.disputed_until is not None and record.disputed_until < on_date:
        steps.append(
            ExplainStep(
                text=f"异议到{chinese_date(record.disputed_until)}还没有核查清楚，查不清的停止公示。",
                reference="平台从严处理，法规只要求注明",
                confidence=Confidence.PROVISIONAL,
            )
        )
    return tuple(steps)
