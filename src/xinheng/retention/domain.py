"""What ends, when, and on what ground (保存期限)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final


class Kind(StrEnum):
    """A kind of thing that is destroyed on its day."""

    ORIGINALS = "originals"
    RECORD_DRAFTS = "record_drafts"
    WORKBOOKS = "workbooks"
    PERSON_FIELDS = "person_fields"
    REPORT_DATA = "report_data"
    SYSTEM_REPORTS = "system_reports"
    CONTACTS = "contacts"
    TRAIL_MONTHS = "trail_months"


@dataclass(frozen=True, slots=True, kw_only=True)
class Keeping:
    """How long a kind is kept: in words with ``{period}``, on what ground; ``provisional``: no clause gives the time."""

    title: str
    until: str
    ground: str
    provisional: bool = True


KEEPINGS: Final[Mapping[Kind, Keeping]] = {
    Kind.ORIGINALS: Keeping(
        title="报送原件",
        until="收到后{period}天",
        ground="平台保护规则P16；个人信息保护法第十九条、第四十七条",
    ),
    Kind.RECORD_DRAFTS: Keeping(
        title="填报草稿",
        until="与报送原件同样长，自最后一次保存起",
        ground="平台保护规则P16；个人信息保护法第十九条",
    ),
    Kind.WORKBOOKS: Keeping(
        title="标记表", until="做好后{period}天，不晚于原件", ground="平台保护规则P16；个人信息保护法第十九条"
    ),
    Kind.PERSON_FIELDS: Keeping(
        title="记录里与个人有关的内容（法定代表人姓名）",
        until="各处都停止公示、记录也再没有变动后{period}天；有异议、暂停公示、正在更正、撤回还没有上报的，办完再算",
        ground="平台保护规则P17；个人信息保护法第十九条、第四十七条",
    ),
    Kind.REPORT_DATA: Keeping(
        title="已出具报告的内容", until="出具后{period}天", ground="平台保护规则P17；个人信息保护法第十九条、第四十七条"
    ),
    Kind.SYSTEM_REPORTS: Keeping(
        title="系统没有报完的内容", until="开始后{period}天", ground="平台保护规则P16；个人信息保护法第十九条"
    ),
    Kind.CONTACTS: Keeping(title="通知地址", until="不再担任任何岗位后{period}天", ground="个人信息保护法第十九条、第四十七条"),
    Kind.TRAIL_MONTHS: Keeping(
        title="操作记录的整月",
        until="{period}个月（法定至少6个月）",
        ground="网络安全法第二十一条；五年为本平台取值",
    ),
}

KEYED: Final[Mapping[str, Kind]] = {
    "intake.SubmissionOriginal.wrapped_key": Kind.ORIGINALS,
    "intake.Doubt.sealed_row": Kind.ORIGINALS,
    "intake.RecordDraft.wrapped_key": Kind.RECORD_DRAFTS,
    "intake.RecordDraft.sealed": Kind.RECORD_DRAFTS,
    "records.RecordKey.material": Kind.PERSON_FIELDS,
    "reports.IssuedReport.wrapped_key": Kind.REPORT_DATA,
    "exchange.ReportDraft.wrapped_key": Kind.SYSTEM_REPORTS,
    "exchange.ReportPart.sealed": Kind.SYSTEM_REPORTS,
    "notices.Contact.wrapped_key": Kind.CONTACTS,
    "notices.Contact.sealed": Kind.CONTACTS,
}
"""Column with a key, or with what is sealed and goes with its row → the kind that destroys it."""

NOT_ON_TIME: Final[Mapping[str, str]] = {
    "records.RecordVersion.sealed": "unreadable once the record's key is destroyed; versions are never changed",
    "records.CurrentRecord.sealed": "a projection of the versions",
    "reports.IssuedReport.sealed": "unreadable once the report's key is destroyed; that it was issued stays",
    "tlog.LogSalt.salt": "stands for no person; destroyed where a record is erased (xinheng log erase)",
}
"""Column of that sort → why it has no day of its own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """Things whose time is over and that something still needs."""

    reason: str
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Due:
    """What is over of a kind: how many, since which day the oldest; what waits; the next day on which more will be over."""

    kind: Kind
    period: int
    count: int
    since: date | None = None
    waiting: tuple[Waiting, ...] = ()
    next_day: date | None = None

    @property
    def keeping(self) -> Keeping:
        """Return how long the kind is kept."""
        return KEEPINGS[self.kind]

    @property
    def until(self) -> str:
        """Return how long the kind is kept, in words with its number."""
        return self.keeping.until.format(period=self.period)


OVERDUE_DAYS: Final = 2
"""What is over for so many days and still there was not destroyed on time."""
