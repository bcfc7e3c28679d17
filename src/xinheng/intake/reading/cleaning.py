"""The cell rules of ``kernel.text`` as Polars expressions over whole columns; a test holds the two equal.

A rule is applied to a column only if some cell of it needs the rule: on a million rows one search over a column costs
a tenth of rewriting it.
"""

from collections.abc import Iterable

import polars as pl

from xinheng.catalogue.domain import Field, FieldType
from xinheng.kernel.text import BLANK_MARKS

_ESCAPED = r"_x(?:00[0-1][0-9A-Fa-f]|007[Ff])_"
_UNSEEN = r"[\u200b-\u200f\u2060\ufeff\u00ad\x00-\x08\x0b\x0c\x0e-\x1f\x7f]"
_DIRTY = r"_x00|[\u200b-\u200f\u2060\ufeff\u00ad\u3000\x00-\x08\x0b\x0c\x0e-\x1f\x7f]|^\s|\s$"
_NOT_PLAIN = r"[^\x21-\x7e]"
_NOT_CANONICAL = r"[^\x21-\x60\x7b-\x7e]"
_NEUTRALISED = r"^'( *[=+\-@|%＝＋－＠])"
_SERIAL = r"^[0-9]{5}(?:\.0*)?$"
_MIDNIGHT = r"^([0-9]{4}[-/.][0-9]{1,2}[-/.][0-9]{1,2})[T ]+[0-9]{1,2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]+)?)?$"
# 1980-01-01 and 2099-12-31 as spreadsheet programs count days; other numbers of five digits are no dates.
_FIRST_SERIAL, _LAST_SERIAL = 29_221, 73_050
_DAYS_1904 = 1_462
_CODE_ROLES = frozenset(
    {"uscc", "registration_no", "organisation_code", "tax_no", "institution_no", "social_no", "organ_code", "source_organ_code"}
)


def is_code(field: Field) -> bool:
    """Return whether ``field`` holds a registered code of an organisation or organ."""
    return field.type is FieldType.USCC or field.role in _CODE_ROLES


def _needing(frame: pl.DataFrame, columns: Iterable[str], pattern: str) -> list[str]:
    """Return the columns with at least one cell that ``pattern`` finds."""
    names = list(columns)
    if not names or frame.is_empty():
        return []
    found = frame.select(pl.col(name).str.contains(pattern).any() for name in names).row(0)
    return [name for name, hit in zip(names, found, strict=True) if hit]


def cells_clean(frame: pl.DataFrame, columns: list[str]) -> pl.DataFrame:
    """Return ``frame`` with ``columns`` trimmed and rid of what is invisible; marks for "nothing" become ``""``.

    The same as ``blank_to_empty(clean_cell(cell))`` on every cell; null is ``""``. The apostrophe that our own
    workbooks put before what could run as a formula is taken off again, so that a returned table can come back.
    """
    frame = frame.with_columns(pl.col(columns).fill_null(""))
    escaped = _needing(frame, columns, _NEUTRALISED)
    if escaped:
        frame = frame.with_columns(pl.col(escaped).str.replace(_NEUTRALISED, "$1"))
    dirty = _needing(frame, columns, _DIRTY)
    if dirty:
        text = pl.col(dirty).str.replace_all(_ESCAPED, "").str.replace_all(_UNSEEN, "")
        frame = frame.with_columns(text.str.replace_all("\u3000", " ", literal=True).str.strip_chars())
    marks = sorted(BLANK_MARKS - {""})
    return frame.with_columns(
        pl.when(pl.col(name).is_in(marks)).then(pl.lit("")).otherwise(pl.col(name)).alias(name) for name in columns
    )


def codes_canonical(frame: pl.DataFrame, columns: list[str]) -> pl.DataFrame:
    """Return ``frame`` with ``columns`` as ``kernel.text.canonical_code`` writes codes."""
    needing = _needing(frame, columns, _NOT_CANONICAL)
    if not needing:
        return frame
    return frame.with_columns(pl.col(needing).str.normalize("NFKC").str.replace_all(r"\s+", "").str.to_uppercase())


def widths_narrow(frame: pl.DataFrame, columns: list[str]) -> pl.DataFrame:
    """Return ``frame`` with full-width digits, letters and signs of ``columns`` as plain ones (NFKC)."""
    needing = _needing(frame, columns, _NOT_PLAIN)
    return frame.with_columns(pl.col(needing).str.normalize("NFKC").str.strip_chars()) if needing else frame


def dates_plain(frame: pl.DataFrame, columns: list[str], *, is_1904: bool) -> tuple[pl.DataFrame, dict[str, int]]:
    """Return ``frame`` with spreadsheet day numbers as ISO dates and times of day cut off, and how many per column."""
    timed = _needing(frame, columns, _MIDNIGHT)
    if timed:
        frame = frame.with_columns(pl.col(timed).str.replace(_MIDNIGHT, "$1"))
    counts: dict[str, int] = {}
    for name in _needing(frame, columns, _SERIAL):
        number = pl.when(pl.col(name).str.contains(_SERIAL)).then(pl.col(name).str.slice(0, 5).cast(pl.Int32, strict=False))
        day = number + _DAYS_1904 if is_1904 else number
        inside = day.is_between(_FIRST_SERIAL, _LAST_SERIAL).fill_null(value=False)
        iso = (pl.lit("1899-12-30").str.to_date() + pl.duration(days=day)).dt.strftime("%Y-%m-%d")
        counts[name] = int(frame.select(inside.sum()).item())
        frame = frame.with_columns(pl.when(inside).then(iso).otherwise(pl.col(name)).alias(name))
    return frame, {name: count for name, count in counts.items() if count}
