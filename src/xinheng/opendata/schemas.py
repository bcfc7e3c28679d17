"""What the API gives of open data (OpenAPI components)."""

from datetime import date, datetime
from typing import Literal
from uuid import UUID

from ninja import Schema
from pydantic import Field

from xinheng.opendata.domain import PATTERN
from xinheng.publicity.schemas import BulkRecordOut, Confidence

MOST_CHANGES = 1000
"""Changes that one answer holds at most."""


class FileOut(Schema):
    """One file of a snapshot. ``sha256`` is in hexadecimal."""

    name: str
    media_type: str
    bytes: int
    sha256: str
    url: str


class TermsOut(Schema):
    """The terms of use, and how sure we are of them."""

    id: str
    confidence: Confidence
    text: str


class MadeOut(Schema):
    """A snapshot that was made: when, of how many records."""

    number: str = Field(description="Also the place in the change feed from which its changes follow.")
    sequence: int = Field(description="Newest publication in it.")
    day: date
    made_at: datetime
    records: int
    items: dict[str, int]


class SnapshotOut(MadeOut):
    """The newest snapshot. ``manifest`` is the signed one, by which the files are verified offline."""

    publisher: str
    is_demo: bool
    catalogue: str
    licence: TermsOut
    manifest: str
    files: list[FileOut]


class SnapshotsOut(Schema):
    """The newest snapshot, if it may be given away now, and the ones before it, of which the manifests are kept."""

    state: Literal["AVAILABLE", "OVERTAKEN", "NONE"] = Field(
        description="OVERTAKEN: it shows something adverse that has ended or is disputed since; another one will be made."
    )
    newest: SnapshotOut | None
    made: list[MadeOut]


class ChangesQuery(Schema):
    """After which place: a snapshot's number, or ``next`` of the page before."""

    after: str = Field(pattern=PATTERN)
    limit: int = Field(default=200, ge=1, le=MOST_CHANGES)


class ChangeOut(Schema):
    """``put``: the record is so from now on, new or in place of what it was. ``remove``: it is no longer shown."""

    change: Literal["put", "remove"]
    id: UUID
    record: BulkRecordOut | None


class ChangesOut(Schema):
    """Some changes, to be applied in this order; ``more``: ask again at once with ``next``, else whenever you like."""

    as_of: datetime
    changes: list[ChangeOut]
    next: str
    more: bool
