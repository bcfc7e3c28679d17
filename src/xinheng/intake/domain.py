"""What reading and checking a file says about it: findings, limits and the landed file. Pure values."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Final

from xinheng.adapters.workbooks import WorkbookLimits
from xinheng.kernel.vocabulary import LabelledCode

WORKBOOK_KEPT_DAYS: Final = 7
"""So long a marked workbook is kept; made again it costs a minute. Provisional: own design."""


class FindingSeverity(LabelledCode):
    """What a finding means for its row."""

    REFUSE = "REFUSE", "必须改正"
    EXPLAIN = "EXPLAIN", "需要说明"
    NOTE = "NOTE", "提示"


class FileKind(StrEnum):
    """What a file is by its content; its name is not believed."""

    XLSX = "XLSX"
    XLS = "XLS"
    CSV = "CSV"


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One problem in a file, in words for people and in fields for software.

    ``row`` is the row number that the spreadsheet program shows, 0 for the file as a whole. ``column`` is the label
    as the file writes it, ``field`` the catalogue key. ``value`` is masked where it held a personal number.
    ``confidence`` is the catalogue's word for how sure the ground is (VERIFIED, SOURCED, PROVISIONAL).
    """

    sheet: str = ""
    row: int = 0
    column: str = ""
    field: str = ""
    value: str = ""
    rule: str
    severity: FindingSeverity
    message: str
    expected: str = ""
    fix: str = ""
    ground: str = ""
    confidence: str = "PROVISIONAL"


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits(WorkbookLimits):
    """How much of a file we are ready to read; bytes, rows and characters, besides what every workbook is bound to.

    ``portion_bytes`` of text and ``portion_rows`` of other files are in memory at once; what is read does not depend on them.
    """

    csv_bytes: int = 600 * 1024 * 1024
    spreadsheet_bytes: int = 50 * 1024 * 1024
    cell_characters: int = 32_767
    sheets: int = 100
    rows: int = 5_000_000
    header_rows: int = 30
    portion_bytes: int = 16 * 1024 * 1024
    portion_rows: int = 16_384


@dataclass(frozen=True, slots=True, kw_only=True)
class LandedSheet:
    """One sheet that was read: where its header stands and what each of its columns is.

    ``labels`` and ``keys`` run over the file's columns from the first one (A); ``keys`` holds the catalogue key,
    ``None`` for a column that is unknown or has no label. ``papers`` are the columns of persons' documents, ``category``
    is the column that says what kind of subject a row is about. Rows are numbered as the spreadsheet program shows them.
    """

    name: str
    header_row: int
    first_data_row: int
    row_count: int
    labels: tuple[str, ...]
    keys: tuple[str | None, ...]
    papers: tuple[int, ...] = ()
    category: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Landed:
    """A file that was read into one cleaned, masked Parquet table (落地).

    ``columns`` maps catalogue keys to labels as the file writes them, ``column_letters`` to their place (``"C"``).
    ``dropped_columns`` are labels of columns with numbers of persons' documents: never stored. ``person_rows`` counts
    rows about natural persons, blanked before they were written. ``source`` is the file that was read: the marked
    workbook reads it again, so it must still be there then.
    """

    item_id: str
    source: Path
    kind: FileKind
    parquet: Path
    row_count: int
    sheets: tuple[LandedSheet, ...]
    columns: Mapping[str, str]
    column_letters: Mapping[str, str]
    unknown_columns: tuple[str, ...] = ()
    dropped_columns: tuple[str, ...] = ()
    file_sha256: str
    file_bytes: int
    encoding: str | None = None
    delimiter: str | None = None
    template_version: str | None = None
    formulas: int = 0
    person_rows: int = 0
    findings: tuple[Finding, ...] = field(default=())


@dataclass(frozen=True, slots=True, kw_only=True)
class AmendedCell:
    """One cell as it stands after a clerk put it right (改正): cleaned and free of personal numbers, like a landed one."""

    sheet: str
    row: int
    field: str
    value: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RowExplanation:
    """Why a row is as it is where a rule asked (说明): what was asked, what was said, by whom and when."""

    rule: str
    message: str
    text: str
    actor: str
    at: datetime


def column_letter(index: int) -> str:
    """Return the letters of a column, counted from 0, as spreadsheet programs show them.

    >>> column_letter(0), column_letter(27)
    ('A', 'AB')
    """
    letters = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters
