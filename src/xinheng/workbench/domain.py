"""What the pages of the workbench show, as plain values."""

from dataclasses import dataclass
from datetime import date, datetime

from xinheng.portal.domain import Fact, Tag


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """Something that waits for the reader, with where to do it."""

    text: str
    url: str
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SubmissionLine:
    """One submission in a list."""

    number: str
    organ: str
    item: str
    state: Tag
    received_at: datetime
    counts: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleGroup:
    """The findings of one rule in one submission, with the first few cells."""

    rule: str
    message: str
    fix: str
    count: int
    places: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SubmissionPage:
    """One submission: what came, what was found, what became of it, who did what."""

    number: str
    heading: str
    state: Tag
    facts: tuple[Fact, ...]
    outcomes: tuple[Fact, ...]
    groups: tuple[RuleGroup, ...]
    timeline: tuple[tuple[datetime, str, str], ...]


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
    """The first page after signing in: what waits, what was reported last, what is new."""

    posts: tuple[str, ...]
    tasks: tuple[Task, ...]
    figures: tuple[Fact, ...]
    latest: tuple[SubmissionLine, ...]


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
