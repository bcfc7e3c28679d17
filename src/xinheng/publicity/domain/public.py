"""The public record: everything a door may say about one record, and nothing else."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from xinheng.catalogue.domain import Confidence, Severity
from xinheng.publicity.errors import PlaceNotRead
from xinheng.rules.domain import DisplayTerm, ExplainStep


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """Whether one record is shown on one day, and why.

    ``term`` is what the law says of such a record; marks and what is unknown may stop the display besides. ``steps`` are
    the whole reasoning in order, the term's among them; the conclusion is not.
    """

    shown: bool
    term: DisplayTerm
    steps: tuple[ExplainStep, ...]

    @property
    def end(self) -> date | None:
        """When the display ends, exclusive; ``None``: long-term, or a kind of record that is not shown at all."""
        return self.term.end if self.term.shown else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """The answer to “为什么显示（不显示）”, the same for page and command line.

    ``facts``: label and value of what identifies the record, without its content.
    """

    record_id: UUID
    on_date: date
    shown: bool
    facts: tuple[tuple[str, str], ...]
    steps: tuple[ExplainStep, ...]
    conclusion: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PublicField:
    """One field that may be shown. ``written`` is what the file said where it differs; ``column`` its letters."""

    name: str
    role: str
    title: str
    value: str
    written: str = ""
    column: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Provenance:
    """Where the record comes from, to the cell, and under what it was checked. Posts are named, persons never."""

    submission_id: str
    file_sha256: str
    sheet: str
    row_no: int
    columns: Mapping[str, str]
    rule_set_version: str
    item_version: str
    reported_date: date
    late_workdays: int
    is_legacy: bool
    seq: int
    version_no: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PublicRecord:
    """One record on display, as every door tells it. Days are days in Asia/Shanghai; amounts are texts.

    ``display_until``: last day shown, inclusive, ``None``: long-term. ``withheld``: titles of free texts that are not
    shown because nobody has confirmed that they are free of personal data. ``disputed_since``: an open objection, to be
    said before the figures. ``subject_*`` are of the subject as it is now (the surviving one after a merger).
    """

    record_id: UUID
    item_id: str
    item_kind: str
    item_title: str
    adverse: bool
    subject_id: int
    subject_name: str
    subject_code: str
    subject_township: str
    is_sole_trader: bool
    organ_code: str
    organ_name: str
    document_no: str
    title: str
    decision_date: date
    valid_from: date | None
    valid_to: date | None
    list_title: str
    fields: tuple[PublicField, ...]
    withheld: tuple[str, ...]
    severity: Severity | None
    severity_confidence: Confidence | None
    display_from: date
    display_until: date | None
    first_repair_date: date | None
    disputed_since: date | None
    disputed_until: date | None
    basis: str
    basis_confidence: Confidence
    steps: tuple[ExplainStep, ...]
    rule_versions: tuple[str, ...]
    provenance: Provenance

    def field(self, role: str) -> str:
        """Return the value of the field that plays ``role``, ``""`` if it is not shown."""
        return next((field.value for field in self.fields if field.role == role), "")


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """A place in a list ordered by decision date, newest first; ``text`` goes into addresses."""

    decision_date: date
    record_id: UUID

    @property
    def text(self) -> str:
        """The place as an address carries it."""
        return f"{self.decision_date:%Y%m%d}-{self.record_id.hex}"

    @classmethod
    def read(cls, text: str) -> "Place":
        """Return the place that ``text`` names.

        Raises:
            PlaceNotRead: it names none.
        """
        day, _, record = text.partition("-")
        try:
            return cls(date.fromisoformat(day), UUID(hex=record))
        except ValueError as error:
            raise PlaceNotRead(place=text) from error


@dataclass(frozen=True, slots=True)
class SourceState:
    """How far one reporting organ has reported; ``cannot_say`` when that is too long ago to conclude from."""

    organ_name: str
    last_day: date | None
    cannot_say: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class DisplayPage:
    """One page of a list. ``older``/``newer``: where the neighbouring pages begin, ``None`` at the ends."""

    records: tuple[PublicRecord, ...]
    older: Place | None
    newer: Place | None


@dataclass(frozen=True, slots=True, kw_only=True)
class SubjectDisplays:
    """What is shown of one subject: the newest records of each item, and how many there are of each, by item id."""

    records: tuple[PublicRecord, ...]
    totals: Mapping[str, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Correction:
    """That a record on display was corrected (更正) or came to this subject, and on which day; never what it said before."""

    record_id: UUID
    on: date
    text: str
