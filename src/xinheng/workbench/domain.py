"""What the pages of the workbench show, as plain values."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from xinheng.portal.domain import Fact, Tag


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """Something that waits for the reader, with where to do it and until when, in words; ``is_late``: that day is over."""

    text: str
    url: str
    due: str = ""
    is_late: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """Something that happened to a submission that the reader may see; ``is_new``: by another, since the last visit."""

    at: datetime
    number: str
    what: str
    who: str
    is_new: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class SubmissionLine:
    """One submission in a list."""

    number: str
    organ: str
    item: str
    state: Tag
    received_at: datetime
    counts: str


class Act(StrEnum):
    """What a person can do with a submission (办理)."""

    SUBMIT = "submit"
    CERTIFY = "certify"
    RETURN = "send_back"
    UNLOCK = "unlock"
    WITHDRAW = "withdraw"
    GIVE_UP = "give_up"
    AMEND = "amend"
    RECHECK = "recheck"


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleGroup:
    """The findings of one rule in one submission, with the first few cells; ``explanation`` where somebody gave one."""

    rule: str
    message: str
    fix: str
    count: int
    places: tuple[str, ...]
    severity: str = ""
    explanation: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SeverityGroup:
    """The rules of one severity: what it means, and whether it keeps anything from being submitted."""

    heading: str
    meaning: str
    is_explained: bool
    groups: tuple[RuleGroup, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ProgressStep:
    """One step on the way of a submission; ``now`` is where it is."""

    label: str
    state: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RowsDone:
    """How far the running step is with its rows, in words; ``total`` is 0 where it is not known beforehand."""

    text: str
    done: int
    total: int


@dataclass(frozen=True, slots=True, kw_only=True)
class FindingLine:
    """One finding in a list, with the way to its cell where there is one."""

    place: str
    column: str
    value: str
    expected: str
    fix: str
    message: str
    sheet: str
    row: int
    field: str
    explanation: str = ""
    record_id: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class FindingsPage:
    """The findings of one rule in one submission, a portion of them."""

    number: str
    rule: str
    message: str
    severity: str
    severity_label: str
    ground: str
    confidence: str
    count: int
    lines: tuple[FindingLine, ...]
    explanation: str
    number_of_page: int
    pages: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CellLine:
    """One cell of a row as it stands, and what is wrong with it."""

    key: str
    title: str
    value: str
    problems: tuple[str, ...]
    is_asked: bool
    is_fixed: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class SubmissionPage:
    """One submission: what came, what was found, what became of it, who did what."""

    number: str
    heading: str
    state: Tag
    facts: tuple[Fact, ...]
    outcomes: tuple[Fact, ...]
    severities: tuple[SeverityGroup, ...]
    timeline: tuple[tuple[datetime, str, str, str], ...]
    steps: tuple[ProgressStep, ...]
    rows: RowsDone | None
    acts: frozenset[Act]
    sentence: str
    notes: tuple[str, ...]
    is_working: bool
    state_code: str
    amended: int
    successor: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NoticeLine:
    """One notice in a list, with the way to what it is about."""

    at: datetime
    url: str
    text: str
    is_new: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class NoticesPage:
    """Somebody's notices; ``newest`` is the number up to which they are marked as read, ``channels`` where else they go."""

    lines: tuple[NoticeLine, ...]
    newest: int
    unread: int
    channels: frozenset[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class GrantLine:
    """One grant, open or not, as an administrator reads it."""

    grant_id: int
    role: str
    organ: str
    title: str
    since: date
    until: date | None
    given: str
    is_open: bool
    ended: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonLine:
    """One account in the list of people."""

    account_id: int
    name: str
    login_name: str
    is_active: bool
    has_second_factor: bool
    grants: tuple[GrantLine, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class HomePage:
    """The first page after signing in: what waits, what was reported last, what is new since the last visit."""

    posts: tuple[str, ...]
    duties: tuple[str, ...]
    tasks: tuple[Task, ...]
    figures: tuple[Fact, ...] = ()
    latest: tuple[SubmissionLine, ...] = ()
    changes: tuple[Change, ...] = ()
    since: datetime | None = None
    news: str = ""
    is_reading: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ClientLine:
    """One registered system as an administrator reads it."""

    client_id: int
    name: str
    organ: str
    oauth_id: str
    items: tuple[str, ...]
    purposes: tuple[str, ...]
    since: date
    until: date | None
    registered: str
    is_open: bool
    ended: str
