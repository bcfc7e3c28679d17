"""What the trail says: purposes, what an address names, what is looked for."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Final

from xinheng.kernel.dates import CHINA
from xinheng.kernel.personal import mask_personal_numbers

LEGAL_MONTHS: Final = 6
"""How long logs are kept at least (网络安全法 第二十一条, docs/standards.md); the database refuses less too."""


class ReadPurpose(StrEnum):
    """What something that is not public is read for (用途, P11). The default of a family of pages; kept by its code."""

    REPORTING = "REPORTING"
    REVIEW = "REVIEW"
    MATCHING = "MATCHING"
    MONITORING = "MONITORING"
    WAIVERS = "WAIVERS"
    CATALOGUE = "CATALOGUE"
    PRACTICE = "PRACTICE"
    DESK = "DESK"
    ACCOUNTS = "ACCOUNTS"
    SYSTEMS = "SYSTEMS"
    AUDIT = "AUDIT"
    OPERATIONS = "OPERATIONS"


PURPOSE_LABELS: Final[Mapping[ReadPurpose, str]] = {
    ReadPurpose.REPORTING: "报送",
    ReadPurpose.REVIEW: "审核",
    ReadPurpose.MATCHING: "主体复核",
    ReadPurpose.MONITORING: "监测",
    ReadPurpose.WAIVERS: "豁免审批",
    ReadPurpose.CATALOGUE: "目录维护",
    ReadPurpose.PRACTICE: "练习",
    ReadPurpose.DESK: "查看待办和通知",
    ReadPurpose.ACCOUNTS: "账号与岗位管理",
    ReadPurpose.SYSTEMS: "系统接入管理",
    ReadPurpose.AUDIT: "审计",
    ReadPurpose.OPERATIONS: "运行维护",
}

DOOR_LABELS: Final[Mapping[str, str]] = {"web": "网页", "api": "接口", "command": "命令", "job": "后台任务"}
"""How something was done; nothing where a program came past the platform."""

_PLAIN = re.compile(r"[0-9A-Za-z_.:/*-]{1,64}")
_KEPT: Final = frozenset(
    {
        *("organ", "item", "month", "on", "part", "rate", "state", "page", "row", "field", "rule", "id", "show", "file"),
        *("kind", "from", "to", "actor", "purpose", "object", "request", "what", "unconfirmed", "before"),
    }
)
"""Names of filters whose values are codes, days and numbers of ours; of any other only the name is kept."""
NOT_KEPT: Final = "…"


def plain(value: object) -> str:
    """Return a value as the trail may keep it: a code or number of ours; anything else, a person's number too, is not kept.

    >>> plain("FJ-20260331-0001"), plain("张三"), plain("11010519491231002X")
    ('FJ-20260331-0001', '…', '110*************2X')
    """
    text = mask_personal_numbers(str(value))
    return text if _PLAIN.fullmatch(text) else NOT_KEPT


@dataclass(frozen=True, slots=True, kw_only=True)
class Aim:
    """What a request is about: one thing, or a list with filters."""

    kind: str = ""
    number: str = ""
    asked: Mapping[str, str | list[str]]

    @property
    def case(self) -> str:
        """Return the thing in one text, empty for a list."""
        return f"{self.kind}:{self.number}" if self.kind else ""


def aim_of(named: Mapping[str, object], filters: Mapping[str, str], *, kinds: Mapping[str, str]) -> Aim:
    """Return what an address asks for.

    Args:
        named: the values in the path, in their order; the first whose name is in ``kinds`` is the thing itself.
        filters: the query of the address.
        kinds: name in a path → kind of thing.

    >>> aim_of({"number": "FJ-1", "rule": "V01"}, {"q": "张三", "page": "2"}, kinds={"number": "submission"}).asked
    {'rule': 'V01', 'page': '2', 'names': ['q']}
    """
    thing = next((name for name in named if name in kinds), "")
    asked: dict[str, str | list[str]] = {name: plain(value) for name, value in named.items() if name != thing}
    asked |= {name: plain(value) for name, value in filters.items() if name in _KEPT and value}
    if others := sorted({plain(name) for name in filters} - _KEPT):
        asked["names"] = others[:20]
    return Aim(kind=kinds.get(thing, ""), number=plain(named[thing]) if thing else "", asked=asked)


class Kept(StrEnum):
    """Which of the two trails is looked at."""

    READS = "reads"
    CHANGES = "changes"


@dataclass(frozen=True, slots=True, kw_only=True)
class TrailQuery:
    """What an auditor looks for; days are days in Asia/Shanghai, both inclusive, an empty text is no filter.

    ``what`` is a route, a command or a table; ``before`` the place from which a page goes on, going back in time.
    """

    kept: Kept
    first_day: date
    last_day: date
    actor: str = ""
    organ: str = ""
    purpose: str = ""
    what: str = ""
    target: str = ""
    request: str = ""
    unconfirmed: bool = False
    before: tuple[datetime, int] | None = None


def place_written(place: tuple[datetime, int]) -> str:
    """Return a place in the trail as an address carries it: microseconds since 1970 and the entry's number.

    >>> from datetime import UTC
    >>> place_written((datetime(2026, 1, 1, tzinfo=UTC), 7))
    '1767225600000000.7'
    """
    at, number = place
    return f"{int(at.timestamp()) * 1_000_000 + at.microsecond}.{number}"


def place_read(text: str) -> tuple[datetime, int] | None:
    """Return the place that ``text`` names, ``None`` for anything else.

    >>> place_written(place_read("1767225600000001.7"))
    '1767225600000001.7'
    """
    found = re.fullmatch(r"([0-9]{1,17})\.([0-9]{1,18})", text)
    if found is None:
        return None
    seconds, rest = divmod(int(found[1]), 1_000_000)
    return datetime.fromtimestamp(seconds, CHINA).replace(microsecond=rest), int(found[2])
