"""What the public pages show, as plain values: templates read these and nothing else.

Every text here is ready to be read by a person; every date is a date. A page that needs something which is not
here gets it here first, so that what the public can see is listed in one file.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from xinheng.portal.domain.lists import ListKind


class Tone(StrEnum):
    """The three tones of a tag; the word always comes first, the tone only helps (WCAG 1.4.1)."""

    NEUTRAL = "neutral"
    ATTENTION = "attention"
    DONE = "done"


@dataclass(frozen=True, slots=True)
class Tag:
    """One status word, such as 存续 or 暂定."""

    text: str
    tone: Tone = Tone.NEUTRAL


@dataclass(frozen=True, slots=True)
class Fact:
    """One name with its value; ``note`` is a smaller second line, ``tag`` a confidence or state beside it."""

    label: str
    value: str
    note: str = ""
    tag: Tag | None = None


@dataclass(frozen=True, slots=True)
class Ground:
    """A legal ground in words, with the article and how sure we are of it (P1)."""

    text: str
    confidence: Tag | None = None


@dataclass(frozen=True, slots=True)
class WhyStep:
    """One step of the answer to 为什么显示."""

    text: str
    ground: Ground | None = None


@dataclass(frozen=True, slots=True)
class Moment:
    """One dated line of a record's time-line; a coming day says 将 or 起可 in its text."""

    on: date
    text: str
    is_future: bool = False


@dataclass(frozen=True, slots=True)
class RecordCard:
    """One record on publicity, as a card or as the whole page.

    ``last_day`` is the last day on which it is shown (inclusive, Asia/Shanghai); ``None`` means without end.
    ``withheld`` names the free texts that nobody has confirmed to be free of personal data; ``cells`` says for each field
    from which cell of the file it came (the note).
    """

    record_id: str
    url: str
    title: str
    item_id: str
    item_title: str
    item_url: str
    adverse: bool
    subject_name: str
    subject_url: str
    organ_name: str
    document_no: str
    decision_date: date
    last_day: date | None
    facts: tuple[Fact, ...]
    grounds: tuple[Ground, ...]
    source: tuple[Fact, ...]
    objection_url: str
    first_repair_date: date | None = None
    may_repair_now: bool = False
    disputed_since: date | None = None
    disputed_until: date | None = None
    withheld: str = ""
    cells: tuple[Fact, ...] = ()
    steps: tuple[WhyStep, ...] = ()
    moments: tuple[Moment, ...] = ()


@dataclass(frozen=True, slots=True)
class RecordSection:
    """One heading of the organisation page with its newest records.

    ``url`` leads to all of them, page by page, where these are not all; ``withheld`` explains why none are told.
    """

    anchor: str
    url: str
    title: str
    records: tuple[RecordCard, ...]
    total: int
    adverse: bool
    withheld: bool = False


@dataclass(frozen=True, slots=True)
class Change:
    """One entry of the register's history, such as a former name."""

    label: str
    value: str
    period: str


@dataclass(frozen=True, slots=True)
class TimelineEntry:
    """One day in the life of an organisation, of the register or of a record on display; ``url`` leads to that record."""

    on: date
    text: str
    url: str = ""


@dataclass(frozen=True, slots=True)
class Freshness:
    """The source organs that are equally far, in words: until which day, and whether a nought of theirs says anything."""

    text: str
    organs: str
    count: int


@dataclass(frozen=True, slots=True)
class SubjectHead:
    """Who the page is about."""

    subject_id: int
    url: str
    name: str
    code: str
    kind: str
    status: Tag
    township: str
    is_sole_trader: bool
    is_demo: bool


@dataclass(frozen=True, slots=True)
class SubjectPage:
    """The organisation page: registration, licences, honours, then penalties and lists in the same form (P13).

    ``timeline``: newest first, of what is on the page; ``timeline_cut`` where older entries are left out.
    ``withholds``: of a sole trader nothing adverse is told, as the reader did not give the full name or a code (P2).
    """

    head: SubjectHead
    registration: tuple[Fact, ...]
    changes: tuple[Change, ...]
    sections: tuple[RecordSection, ...]
    shows_adverse: bool
    withholds: bool
    timeline: tuple[TimelineEntry, ...] = ()
    timeline_cut: bool = False


@dataclass(frozen=True, slots=True)
class ReportOrder:
    """Whom a report is ordered of; ``may_be_made`` is false of a sole trader who was not named in full (P2)."""

    head: SubjectHead
    may_be_made: bool


@dataclass(frozen=True, slots=True)
class SubjectListPage:
    """One page of an organisation's records of one kind, newest decision first; ``withheld`` as for a section."""

    head: SubjectHead
    kind: ListKind
    records: tuple[RecordCard, ...]
    withheld: bool
    older_url: str = ""
    newer_url: str = ""


@dataclass(frozen=True, slots=True)
class SearchHit:
    """One organisation found, with the reason why; never what is recorded about it."""

    url: str
    name: str
    code: str
    kind: str
    status: Tag | None
    township: str
    why: str


@dataclass(frozen=True, slots=True)
class Suggestion:
    """One organisation offered while a reader types: name, kind and township, nothing of what is recorded about it."""

    url: str
    name: str
    note: str


@dataclass(frozen=True, slots=True)
class FilterOption:
    """One link that narrows a list; the address is the state of the page."""

    label: str
    url: str
    count: int | None = None
    is_chosen: bool = False


@dataclass(frozen=True, slots=True)
class FilterGroup:
    """Options of one kind, such as 种类."""

    title: str
    options: tuple[FilterOption, ...]


@dataclass(frozen=True, slots=True)
class SearchPage:
    """The answer to one search: hits, or none, or too many. ``listed`` of ``total`` can be paged through."""

    query: str
    hits: tuple[SearchHit, ...]
    total: int
    too_common: bool
    too_short: bool
    page: int
    pages: int
    listed: int = 0
    filters: tuple[FilterGroup, ...] = ()
    chosen: tuple[FilterOption, ...] = ()
    suggestions: tuple[FilterOption, ...] = ()
    previous_url: str = ""
    next_url: str = ""


@dataclass(frozen=True, slots=True)
class ListPage:
    """One page of a public list, newest decision first."""

    kind: ListKind
    records: tuple[RecordCard, ...]
    total: int = 0
    chosen: tuple[FilterOption, ...] = ()
    csv_url: str = ""
    xlsx_url: str = ""
    older_url: str = ""
    newer_url: str = ""


@dataclass(frozen=True, slots=True)
class Figure:
    """One live figure of the home page; it opens its rows. ``note`` says what the figure alone would not."""

    label: str
    value: str
    url: str
    note: str = ""


class Outcome(StrEnum):
    """What a verification found (核验结果); each has a sign and words, never a colour alone."""

    NOT_ASKED = "NOT_ASKED"
    GENUINE = "GENUINE"
    CHANGED = "CHANGED"
    ALTERED = "ALTERED"
    UNKNOWN = "UNKNOWN"


_MARKS = {Outcome.GENUINE: "✓", Outcome.CHANGED: "！", Outcome.ALTERED: "✕", Outcome.UNKNOWN: "？"}


@dataclass(frozen=True, slots=True)
class VerifyPage:
    """The answer about one report (报告核验), before anything was asked the empty form."""

    outcome: Outcome
    heading: str
    text: str
    facts: tuple[Fact, ...] = ()
    number: str = ""

    @property
    def mark(self) -> str:
        """The sign beside the words."""
        return _MARKS.get(self.outcome, "")


@dataclass(frozen=True, slots=True)
class HomePage:
    """The front door."""

    figures: tuple[Figure, ...]
    licences: tuple[RecordCard, ...]
    honours: tuple[RecordCard, ...]


@dataclass(frozen=True, slots=True)
class SiteIdentity:
    """Who runs the site, from settings; empty values are not shown (in demo they say 部署时填写)."""

    name: str
    long_name: str
    lines: tuple[Fact, ...] = ()
    phone: str = ""


@dataclass(frozen=True, slots=True)
class NavigationEntry:
    """One link of the main navigation."""

    label: str
    url: str
    is_here: bool
