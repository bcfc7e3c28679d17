"""What intake hands over to become versions, and what it gets back."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

import pyarrow as pa


class Outcome(StrEnum):
    """What became of one reported row."""

    NEW = "NEW"
    CORRECTED = "CORRECTED"
    DUPLICATE = "DUPLICATE"

    @property
    def label(self) -> str:
        """The Chinese words of the receipt."""
        return {"NEW": "新增", "CORRECTED": "更正", "DUPLICATE": "重复，未重复入库"}[self.value]


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportBatch:
    """What all rows of one publication share: the item as it was at entry, and the submission.

    ``item_kind``: value of ``catalogue.domain.ItemKind``. ``item_version``: id, template version and hash of the item.
    ``legal_basis``: words that name instrument and article (P1, never empty). ``columns``: field name to column letters
    of the file ("O"), for provenance to the cell. ``actor``: the reviewer's account, by id. ``is_legacy``: rows taken
    over from an old site, which are not marked late.
    """

    item_id: str
    item_kind: str
    item_version: str
    catalogue_hash: str
    legal_basis: str
    basis_confidence: str
    submission_id: str
    file_sha256: str
    rule_set_version: str
    reported_date: date
    actor: str
    columns: Mapping[str, str] = field(default_factory=dict)
    is_legacy: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordDraft:
    """One checked, matched and certified row.

    ``fields``: clean texts by catalogue field *name*, never person-related ones; those go to ``person`` and are sealed.
    ``valid_to``: last day, inclusive; 2099-12-31 is long-term. ``penalty_mask``: ``rules.domain.kinds_to_mask``.
    ``display_from``: first day of publicity; on a correction the earlier of the two days stays. ``statutory_until``:
    last day of display stated by the organ. ``late_workdays``: working days beyond the reporting deadline, 0 if in time.
    Amounts are in fen.
    """

    row_no: int
    sheet: str = ""
    subject_id: int
    is_sole_trader: bool = False
    organ_code: str
    organ_name: str
    document_no: str
    document_no_key: str
    certificate_no: str = ""
    decision_date: date
    valid_from: date | None = None
    valid_to: date | None = None
    list_type: str | None = None
    statutory_until: date | None = None
    penalty_mask: int = 0
    fine_fen: int | None = None
    confiscated_fen: int | None = None
    on_the_spot: bool = False
    display_from: date | None = None
    free_text_confirmed: bool = False
    late_workdays: int = 0
    fields: Mapping[str, str] = field(default_factory=dict)
    person: Mapping[str, str] = field(default_factory=dict)


DRAFT_COLUMNS: Mapping[str, tuple[pa.DataType, str]] = {
    "row_no": (pa.int64(), "bigint NOT NULL"),
    "sheet": (pa.string(), "text NOT NULL"),
    "subject_id": (pa.int64(), "bigint NOT NULL"),
    "is_sole_trader": (pa.bool_(), "boolean NOT NULL"),
    "organ_code": (pa.string(), "text NOT NULL"),
    "organ_name": (pa.string(), "text NOT NULL"),
    "document_no": (pa.string(), "text NOT NULL"),
    "document_no_key": (pa.string(), 'text COLLATE "C" NOT NULL'),
    "certificate_no": (pa.string(), "text NOT NULL"),
    "decision_date": (pa.date32(), "date NOT NULL"),
    "valid_from": (pa.date32(), "date"),
    "valid_to": (pa.date32(), "date"),
    "list_type": (pa.string(), "text"),
    "statutory_until": (pa.date32(), "date"),
    "penalty_mask": (pa.int32(), "integer NOT NULL"),
    "fine_fen": (pa.int64(), "bigint"),
    "confiscated_fen": (pa.int64(), "bigint"),
    "on_the_spot": (pa.bool_(), "boolean NOT NULL"),
    "display_from": (pa.date32(), "date"),
    "free_text_confirmed": (pa.bool_(), "boolean NOT NULL"),
    "late_workdays": (pa.int32(), "integer NOT NULL"),
    "fields": (pa.string(), "jsonb NOT NULL"),
    "person": (pa.string(), ""),
}
"""Columns of the Arrow form of drafts: Arrow type, and type in the staging table (``person`` is sealed on the way).

``fields`` and ``person`` are JSON objects as text, ``{}`` where empty. The order of the rows is the order of the file.
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class PublishResult:
    """What one publication did.

    ``first_seq``/``last_seq``: numbers taken from the publication sequence, both inclusive, ``None`` if nothing new.
    ``outcomes``: Arrow table in the order of the drafts: ``row_no`` int64, ``sheet``, ``outcome`` (:class:`Outcome`),
    ``record_id`` text, ``seq`` int64 (the version that now holds the row's content; for a duplicate the existing one).
    """

    first_seq: int | None
    last_seq: int | None
    new: int
    corrected: int
    duplicate: int
    outcomes: pa.Table
