"""What a row of a register file becomes: an accepted row, or a refused one with its reason."""

from dataclasses import dataclass
from datetime import date
from typing import NamedTuple


class NumberCell(str):
    """The text of a cell that a spreadsheet keeps as a number: beyond 15 digits its end is lost."""

    __slots__ = ()


class RegisterRow(NamedTuple):
    """One accepted row in canonical form; ``None`` says nothing about what is known already."""

    row_no: int
    uscc: str | None
    previous_uscc: str | None
    registration_no: str | None
    organisation_code: str | None
    name: str
    name_key: str
    name_sort: str
    kind: str
    status: str | None
    status_date: date | None
    change_date: date | None
    established_date: date | None
    register_organ: str | None
    province: str | None
    area: str | None
    township: str | None
    address: str | None
    type_text: str | None
    capital_text: str | None
    business_scope: str | None
    merged_into_uscc: str | None
    is_irregular_code: bool


@dataclass(frozen=True, slots=True)
class RefusedRow:
    """A row that did not go in, and why; personal numbers are masked."""

    row: int
    name: str
    code: str
    reason_code: str
    reason: str


@dataclass(frozen=True, slots=True)
class RowNote:
    """Something told about a row that went in."""

    row: int
    note_code: str
    note: str


@dataclass(frozen=True, slots=True)
class ParsedRow:
    """What became of one row: exactly one of ``row`` and ``refused``, and what is told about it."""

    row: RegisterRow | None
    refused: RefusedRow | None
    former_names: tuple[str, ...] = ()
    notes: tuple[RowNote, ...] = ()
