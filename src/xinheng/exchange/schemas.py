"""What the door for systems takes and gives (OpenAPI components)."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from ninja import Schema
from pydantic import AfterValidator, ConfigDict, Field

ROWS_AT_A_TIME = 2_000
"""Rows of one request."""
FINDINGS_AT_A_TIME = 500

Cell = str | int | float | None


class DraftIn(Schema):
    """What will be reported, and what the organ declares with it."""

    model_config = ConfigDict(extra="forbid")

    item: str = Field(min_length=1, max_length=64, pattern=r"^[a-z_]+$", description="Item of the catalogue.")
    desensitised: bool = Field(default=False, description="The free texts hold no personal data (已脱敏).")
    on_the_spot: bool = Field(
        default=False, description="All are penalties by the simple procedure (当场处罚): stored, not shown."
    )
    supersedes: UUID | None = Field(
        default=None,
        description="An earlier report of this system, of the same item, that was returned (`RETURNED`): this one replaces it once it is handed to the check.",
    )
    secret_free: Literal[True] = Field(
        description="The organ declares that there are no state secrets in it; without it nothing is taken."
    )


class RowsIn(Schema):
    """Rows: fields of the item, by national code (`CF_WSH`) or name (`document_no`)."""

    model_config = ConfigDict(extra="forbid")

    rows: Annotated[list[dict[str, Cell]], Field(min_length=1, max_length=ROWS_AT_A_TIME)]


def _storable(text: str) -> str:
    if "\x00" in text:
        raise ValueError("no text: it holds U+0000")
    return text


class ExplanationIn(Schema):
    """Why rows are as they are where a rule asks (说明). No personal data: numbers of persons are masked."""

    model_config = ConfigDict(extra="forbid")

    rule: str = Field(pattern=r"^[A-Z][0-9A-Za-z]{1,9}$", description="The rule of a finding whose severity is `EXPLAIN`.")
    text: Annotated[str, Field(min_length=1, max_length=500), AfterValidator(_storable)]
    sent: int | None = Field(
        default=None, ge=1, le=2**31, description="Only of this row, as it was sent; null: of all of the rule's."
    )


class ExplanationOut(Schema):
    """An explanation as it was kept; `waiting` are the rules that still need one before the report can be submitted."""

    rule: str
    sent: int | None
    text: str
    at: datetime
    waiting: list[str]


class CountsOut(Schema):
    """What became, or would become, of the rows."""

    rows: int
    accepted: int
    new: int
    corrected: int
    duplicate: int
    returned: int
    doubtful: int
    person: int
    not_shown: int
    late: int


class ReportOut(Schema):
    """Where a report is. `state` is `OPEN` or `LAPSED` before the check, then that of the submission (报送批次)."""

    id: UUID
    item: str
    state: str
    state_label: str
    rows: int = Field(description="Rows received.")
    number: str | None = Field(description="Number of the submission, from the check on.")
    file_sha256: str | None = Field(description="SHA-256 of the file that the rows became.")
    counts: CountsOut | None = Field(description="From the check on.")
    supersedes: UUID | None = Field(description="The earlier report that this one replaces.")
    refusal: str = Field(description="Why the file was refused as a whole; empty where it was not.")
    made_at: datetime


class AppendedOut(Schema):
    """How many rows there are now."""

    id: UUID
    appended: int
    rows: int


class AcceptedOut(Schema):
    """The rows are a submission now, and are being checked: ask for its state."""

    id: UUID
    number: str


class FindingOut(Schema):
    """One problem (问题), with how to mend it. `sent` counts the rows as they were sent, from 1; null: of the whole report."""

    id: int
    sent: int | None
    field: str = Field(description="National code of the field.")
    value: str = Field(description="What was sent, masked.")
    rule: str
    severity: str
    message: str
    expected: str
    fix: str
    ground: str
    confidence: str
    explanation: str = Field(description="What the organ said of it; empty where it said nothing.")


class FindingsOut(Schema):
    """Findings in the order of their numbers; `next` is the place after the last one, null at the end."""

    findings: list[FindingOut]
    next: int | None


class FindingsQuery(Schema):
    """Where to go on, and how many."""

    after: int = Field(default=0, ge=0, le=2**62)
    limit: int = Field(default=200, ge=1, le=FINDINGS_AT_A_TIME)
