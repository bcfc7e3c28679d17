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


class LogOut(Schema):
    """The transparency log: what verifies it, where it stands, and whether publishing goes on."""

    origin: str = Field(description="The log's name, the first line of its checkpoints.")
    key: str = Field(description="The public key that signs its checkpoints, as a verifier key of C2SP signed notes.")
    size: int = Field(description="How many entries the newest checkpoint signs.")
    signed_at: datetime | None
    checkpoint: str | None = Field(description="The newest checkpoint (C2SP tlog-checkpoint); also at /log/checkpoint.")
    waiting: int = Field(description="Entries that the next checkpoint will sign.")
    publishing: Literal["OPEN", "STOPPED", "BEHIND"] = Field(
        description="STOPPED: by a person or a check. BEHIND: the log has waited too long. Reading goes on in any case."
    )


class LogProofOut(Schema):
    """Where the newest version of a record stands in the log, and the proof of it."""

    state: Literal["LOGGED", "WAITING", "ERASED"] = Field(
        description="WAITING: the next checkpoint will have it, as a rule within a minute. ERASED: its salt was destroyed."
    )
    record: UUID
    sequence: int
    index: int | None = Field(description="Its entry in the log, from 0.")
    size: int | None = Field(description="Of the checkpoint under which the proof holds.")
    event: str | None = Field(description="What was logged, in its canonical form (RFC 8785).")
    opening: str | None = Field(description="Makes the entry out of the event: SHA-256 of both, in hexadecimal.")
    proof: str | None = Field(description="To be kept and verified offline (C2SP tlog-proof).")


class LogConsistencyQuery(Schema):
    """Between which two sizes of the log."""

    first: int = Field(ge=1, le=2**53)
    second: int = Field(ge=1, le=2**53)


class LogConsistencyOut(Schema):
    """That the log of ``second`` entries begins with that of ``first`` (RFC 6962, section 2.1.2); hashes in hexadecimal."""

    first: int
    second: int
    proof: list[str]
