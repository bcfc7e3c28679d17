"""What a notice says. Pure values: a number, what happened to it, days left; never a name, never content (P3, P11)."""

import re
from collections.abc import Mapping
from datetime import date
from enum import StrEnum
from typing import Final

from xinheng.kernel.vocabulary import LabelledCode


class NoticeKind(LabelledCode):
    """What happened, as the one who is told reads it."""

    CHECKED = "CHECKED", "检查完了，等你处理"
    REFUSED = "REFUSED", "文件没有接收，请看原因"
    RETURNED = "RETURNED", "已退回，等你改正"
    SUBMITTED = "SUBMITTED", "等你审核确认"
    UNLOCKED = "UNLOCKED", "经办人收回修改，暂时不用审核"
    PUBLISHED = "PUBLISHED", "已确认入库"
    WITHDRAWN = "WITHDRAWN", "已撤回"
    DUE = "DUE", "有行没有补报或没有确认，等你处理"
    DOUBT_PROPOSED = "DOUBT_PROPOSED", "有存疑已提出意见，等另一人复核"
    DOUBT_DECIDED = "DOUBT_DECIDED", "有存疑已确认是哪一家"
    DOUBT_REJECTED = "DOUBT_REJECTED", "有存疑退回，等你补充"
    DOUBT_DECLINED = "DOUBT_DECLINED", "存疑的意见没有得到复核同意，重新待确认"
    DOUBT_UNDONE = "DOUBT_UNDONE", "存疑的确认已撤销，重新待确认"
    WAIVER_ASKED = "WAIVER_ASKED", "等你批准"
    WAIVER_APPROVED = "WAIVER_APPROVED", "已同意"
    WAIVER_REFUSED = "WAIVER_REFUSED", "没有同意，规则照常"
    WAIVER_REVOKED = "WAIVER_REVOKED", "已撤销，规则照常"
    PROPOSAL_MADE = "PROPOSAL_MADE", "等你审批"
    PROPOSAL_ADOPTED = "PROPOSAL_ADOPTED", "已批准，等装入后施行"
    PROPOSAL_REFUSED = "PROPOSAL_REFUSED", "没有同意，现行目录不变"
    PROPOSAL_INSTALLED = "PROPOSAL_INSTALLED", "已装入，现在施行"

    @property
    def about(self) -> "About":
        """What the number of such a notice is the number of."""
        return _ABOUT.get(self.value.partition("_")[0], About.SUBMISSION)


class About(LabelledCode):
    """What a notice is about: the words before its number."""

    SUBMISSION = "SUBMISSION", "批次"
    DOUBT = "DOUBT", "批次"
    WAIVER = "WAIVER", "豁免申请"
    PROPOSAL = "PROPOSAL", "目录修改"


_ABOUT: Final[Mapping[str, About]] = {about.value: about for about in About}


class Channel(StrEnum):
    """A way out of the house."""

    EMAIL = "EMAIL"
    SMS = "SMS"


CHANNEL_LABELS: Final[Mapping[Channel, str]] = {Channel.EMAIL: "电子邮箱", Channel.SMS: "手机号"}

_SHAPES: Final = {
    Channel.EMAIL: re.compile(r"[^\s@,;<>]{1,64}@[A-Za-z0-9-]{1,63}(\.[A-Za-z0-9-]{1,63})+"),
    Channel.SMS: re.compile(r"1[3-9]\d{9}"),
}


def is_address(channel: Channel, text: str) -> bool:
    """Return whether ``text`` can be an address of the channel.

    >>> is_address(Channel.EMAIL, "jingban@example.gov.cn"), is_address(Channel.SMS, "12345")
    (True, False)
    """
    return _SHAPES[channel].fullmatch(text) is not None


def notice_text(*, kind: NoticeKind, number: str, due: date | None, today: date) -> str:
    """Return the sentence that is shown and sent: the number, what happened, how many days are left.

    >>> notice_text(
    ...     kind=NoticeKind.RETURNED, number="FJ-20261122-0007", due=date(2026, 11, 30), today=date(2026, 11, 27)
    ... )
    '批次 FJ-20261122-0007：已退回，等你改正。最近的报送期限还剩3天。'
    >>> notice_text(kind=NoticeKind.WAIVER_ASKED, number="12", due=None, today=date(2026, 11, 27))
    '豁免申请 12：等你批准。'
    """
    return f"{kind.about.label} {number}：{kind.label}。{days_left(due, today=today)}"


def days_left(due: date | None, *, today: date) -> str:
    """Return how long it is to ``due`` in words, nothing where there is no such day.

    >>> days_left(date(2026, 11, 27), today=date(2026, 11, 27))
    '最近的报送期限是今天。'
    """
    if due is None:
        return ""
    left = (due - today).days
    if left > 0:
        return f"最近的报送期限还剩{left}天。"
    return "最近的报送期限是今天。" if left == 0 else f"最近的报送期限已过{-left}天。"
