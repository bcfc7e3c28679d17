"""What the API gives (OpenAPI components): the plain forms of ``publicity.domain.plain``, typed."""

from datetime import date, datetime
from http import HTTPStatus
from typing import Any, Literal
from uuid import UUID

from ninja import Schema
from pydantic import Field

from xinheng.subjects.domain import RegistrationStatus, SubjectKind

MOST = 100
"""Entries that one answer holds at most."""

Confidence = Literal["VERIFIED", "SOURCED", "PROVISIONAL"]


class Source(Schema):
    """How far one organ has reported; ``cannot_say``: too long ago to conclude anything from its silence."""

    organ: str
    last_reported: date | None
    cannot_say: bool


class Meta(Schema):
    """As of when an answer holds, and how far each source has reported."""

    as_of: datetime
    publication: int = Field(description="Number of the newest publication the answer rests on.")
    catalogue: str = Field(description="Version of the law as data.")
    sources: list[Source]


class VersionOut(Schema):
    """Which version of a record this is."""

    seq: int
    number: int
    item: str


class ItemRef(Schema):
    """The catalogue item of a record."""

    id: str
    title: str
    kind: str


class SubjectRef(Schema):
    """The organisation a record is about."""

    id: int
    name: str
    code: str


class OrganRef(Schema):
    """The organ that decided."""

    code: str
    name: str


class FieldOut(Schema):
    """One field; ``written`` is what the file said where it was put in another form."""

    name: str
    title: str
    value: str
    written: str | None


class SeverityOut(Schema):
    """The severity that decided the term."""

    code: str
    label: str
    confidence: Confidence | None


class DisplayOut(Schema):
    """From when and through which day the record is shown, and from when repair may be asked for."""

    from_: date = Field(alias="from")
    until: date | None = Field(description="Last day shown, inclusive; null is long-term.")
    first_repair_date: date | None
    rules: list[str]


class DisputeOut(Schema):
    """An open objection: said before the record is used."""

    since: date
    until: date | None


class BasisOut(Schema):
    """The ground of the record, and how sure we are of it."""

    text: str
    confidence: Confidence


class ReasonOut(Schema):
    """One step of why the record is shown until when."""

    text: str
    reference: str | None
    confidence: Confidence | None


class OriginOut(Schema):
    """Where the record comes from, to the row."""

    submission: str
    file_sha256: str
    sheet: str
    row: int
    rule_set: str
    reported_date: date
    late_workdays: int
    is_legacy: bool


class BulkRecordOut(Schema):
    """One record on display (公示信息) without the reasons why."""

    id: UUID
    version: VersionOut
    item: ItemRef
    adverse: bool
    subject: SubjectRef
    organ: OrganRef
    document_no: str
    list_title: str | None
    decision_date: date
    valid_from: date | None
    valid_to: date | None
    fields: list[FieldOut]
    withheld: list[str] = Field(
        description="Titles of free texts not shown: nobody has confirmed that they are free of personal data."
    )
    severity: SeverityOut | None
    display: DisplayOut
    dispute: DisputeOut | None
    basis: BasisOut
    source: OriginOut


class RecordOut(BulkRecordOut):
    """One record on display (公示信息)."""

    reasons: list[ReasonOut]


class SearchQuery(Schema):
    """What to search for, and how to narrow it."""

    q: str = Field(min_length=2, max_length=100, description="Two characters of a name, or six of a code.")
    kind: SubjectKind | None = None
    status: RegistrationStatus | None = None
    township: str = Field(default="", max_length=80)
    limit: int = Field(default=20, ge=1, le=MOST)


class ListQuery(Schema):
    """How to narrow a list; days are inclusive. ``cursor`` is ``next`` of the page before."""

    organ: str = Field(default="", max_length=18, description="Code of the deciding organ.")
    township: str = Field(default="", max_length=80)
    list_type: str = Field(default="", max_length=64)
    decided_from: date | None = None
    decided_until: date | None = None
    cursor: str = Field(default="", max_length=60)
    limit: int = Field(default=50, ge=1, le=MOST)


class OrganisationHit(Schema):
    """One organisation found, and why."""

    id: int
    name: str
    code: str
    kind: str
    status: str
    township: str
    why: str


class OrganisationsOut(Schema):
    """Organisations found; ``total`` is null where the text is too common to count."""

    meta: Meta
    total: int | None
    too_common: bool
    organisations: list[OrganisationHit]


class Line(Schema):
    """One line of the register: what it is called and says, and when it held."""

    label: str
    value: str
    period: str = ""


class OrganisationOut(Schema):
    """One organisation: registration, history, how many records of each item are shown."""

    meta: Meta
    id: int
    name: str
    code: str
    kind: str
    status: str
    is_sole_trader: bool
    registration: list[Line]
    history: list[Line]
    counts: dict[str, int]


class RecordsOut(Schema):
    """Everything shown of one organisation, newest decision first."""

    meta: Meta
    organisation: SubjectRef
    records: list[RecordOut]


class OneRecordOut(Schema):
    """One record."""

    meta: Meta
    record: RecordOut


class ListOut(Schema):
    """One page of a public list; ``next`` is the cursor of older records, null at the end."""

    meta: Meta
    records: list[RecordOut]
    next: str | None


class StatisticsOut(Schema):
    """How many organisations are registered and how many records of each item are in public lists."""

    meta: Meta
    organisations: int
    records: dict[str, int]


class ItemOut(Schema):
    """One public item of the catalogue (信息项): what may be shown at all."""

    id: str
    title: str
    kind: str
    adverse: bool
    in_force: date
    basis: str
    confidence: Confidence
    version: str


class MeasureOut(Schema):
    """One measure of the national basic list (失信惩戒措施); on organisations only (P5)."""

    id: str
    title: str
    category: str
    in_force: date
    until: date | None
    basis: str
    confidence: Confidence


class ClockVersionOut(Schema):
    """One dated value of a clock; ``until`` is its last day in force."""

    in_force: date
    until: date | None
    amount: int | None
    unit: str | None
    start: str
    end_rule: str | None
    basis: str
    confidence: Confidence


class ClockOut(Schema):
    """One clock (期限): a term or deadline in dated versions."""

    id: str
    title: str
    kind: str
    versions: list[ClockVersionOut]


class ListTypeOut(Schema):
    """One public list (名单); ``accepted`` false: known, but its basis is not loaded and no entry is taken."""

    id: str
    title: str
    lister: str
    term_months: int | None
    accepted: bool
    basis: str
    confidence: Confidence
    term_confidence: Confidence


class CatalogueOut(Schema):
    """The law as data: what may be shown, until when, and what follows from it, each with ground and confidence."""

    hash: str
    items: list[ItemOut]
    measures: list[MeasureOut]
    clocks: list[ClockOut]
    lists: list[ListTypeOut]


class Problem(Schema):
    """What went wrong (RFC 9457), with a stable code, in Chinese and English."""

    type: str
    title: str
    status: int
    code: str
    detail: str
    detail_en: str


def problems(*statuses: int) -> dict[str, Any]:
    """Return how an operation's refusals are described (``openapi_extra``): 422, 429 and 503 of every one, and ``statuses``."""
    content = {"application/problem+json": {"schema": Problem.model_json_schema()}}
    later = {"Retry-After": {"schema": {"type": "integer"}, "description": "Seconds to wait."}}
    headers = {429: later, 503: later}
    return {
        "responses": {
            status: {"description": HTTPStatus(status).phrase, "content": content, "headers": headers.get(status, {})}
            for status in (*statuses, 422, 429, 503)
        }
    }
