"""The cell rules of ``kernel.text`` as Polars expressions over whole columns; a test holds the two equal.

A rule is applied to a column only if some cell of it needs the rule: on a million rows one search over a column costs
a tenth of rewriting it. And each different text is searched once: most columns of a report hold few.
"""

from collections.abc import Callable, Iterable, Mapping

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


class Different:
    """The different texts of a frame's columns, found once per column.

    A column that is rewritten must be forgotten. Where rows were taken out the texts are a few too many: whoever finds
    something in them looks at the column again.
    """

    def __init__(self) -> None:
        """Begin with nothing found."""
        self._texts: dict[str, pl.Series] = {}

    def of(self, frame: pl.DataFrame, name: str) -> pl.Series:
        """Return the different texts of a column."""
        found = self._texts.get(name)
        if found is None:
            found = self._texts[name] = frame[name].unique()
        return found

    def needing(self, frame: pl.DataFrame, columns: Iterable[str], pattern: str) -> list[str]:
        """Return the columns with at least one cell that ``pattern`` finds."""
        return [name for name in columns if self.of(frame, name).str.contains(pattern).any()]

    def rewrite(self, frame: pl.DataFrame, columns: Iterable[str], rule: Callable[[pl.Expr], pl.Expr]) -> pl.DataFrame:
        """Return ``frame`` with a rule applied to columns: to each different text once."""
        for name in columns:
            pairs = self.of(frame, name).to_frame("old").with_columns(rule(pl.col("old")).alias("new"))
            changed = pairs.filter(pl.col("old") != pl.col("new"))
            if not changed.is_empty():
                frame = frame.with_columns(pl.col(name).replace(changed["old"], changed["new"]))
                self.forget([name])
        return frame

    def forget(self, columns: Iterable[str]) -> None:
        """Forget columns that were rewritten."""
        for name in columns:
            self._texts.pop(name, None)

    def rename(self, names: Mapping[str, str]) -> None:
        """Follow columns to other names; the others are forgotten."""
        self._texts = {new: self._texts[old] for old, new in names.items() if old in self._texts}


def cells_clean(frame: pl.DataFrame, columns: list[str], different: Different | None = None) -> pl.DataFrame:
    """Return ``frame`` with ``columns`` trimmed and rid of what is invisible; marks for "nothing" become ``""``.

    The same as ``blank_to_empty(clean_cell(cell))`` on every cell; null is ``""``. The apostrophe that our own
    workbooks put before what could run as a formula is taken off again, so that a returned table can come back.
    """
    different = different or Different()
    frame = frame.with_columns(pl.col(columns).fill_null(""))
    escaped = different.needing(frame, columns, _NEUTRALISED)
    frame = different.rewrite(frame, escaped, lambda text: text.str.replace(_NEUTRALISED, "$1"))
    frame = different.rewrite(frame, different.needing(frame, columns, _DIRTY), _cleaned)
    marks = pl.Series(sorted(BLANK_MARKS - {""}))
    marked = [name for name in columns if different.of(frame, name).is_in(marks.implode()).any()]
    different.forget(marked)
    return frame.with_columns(
        pl.when(pl.col(name).is_in(marks.implode())).then(pl.lit("")).otherwise(pl.col(name)).alias(name) for name in marked
    )


def _cleaned(text: pl.Expr) -> pl.Expr:
    text = text.str.replace_all(_ESCAPED, "").str.replace_all(_UNSEEN, "")
    return text.str.replace_all("\u3000", " ", literal=True).str.strip_chars()


def codes_canonical(frame: pl.DataFrame, columns: list[str], different: Different | None = None) -> pl.DataFrame:
    """Return ``frame`` with ``columns`` as ``kernel.text.canonical_code`` writes codes."""
    different = different or Different()
    needing = different.needing(frame, columns, _NOT_CANONICAL)
    return different.rewrite(
        frame, needing, lambda text: text.str.normalize("NFKC").str.replace_all(r"\s+", "").str.to_uppercase()
    )


def widths_narrow(frame: pl.DataFrame, columns: list[str], different: Different | None = None) -> pl.DataFrame:
    """Return ``frame`` with full-width digits, letters and signs of ``columns`` as plain ones (NFKC)."""
    different = different or Different()
    needing = different.needing(frame, columns, _NOT_PLAIN)
    return different.rewrite(frame, needing, lambda text: text.str.normalize("NFKC").str.strip_chars())


def dates_plain(
    frame: pl.DataFrame, columns: list[str], *, is_1904: bool, different: Different | None = None
) -> tuple[pl.DataFrame, dict[str, int]]:
    """Return ``frame`` with spreadsheet day numbers as ISO dates and times of day cut off, and how many per column."""
    different = different or Different()
    timed = different.needing(frame, columns, _MIDNIGHT)
    frame = different.rewrite(frame, timed, lambda text: text.str.replace(_MIDNIGHT, "$1"))
    counts: dict[str, int] = {}
    for name in different.needing(frame, columns, _SERIAL):
        different.forget([name])
        number = pl.when(pl.col(name).str.contains(_SERIAL)).then(pl.col(name).str.slice(0, 5).cast(pl.Int32, strict=False))
        day = number + _DAYS_1904 if is_1904 else number
        inside = day.is_between(_FIRST_SERIAL, _LAST_SERIAL).fill_null(value=False)
        iso = (pl.lit("1899-12-30").str.to_date() + pl.duration(days=day)).dt.strftime("%Y-%m-%d")
        counts[name] = int(frame.select(inside.sum()).item())
        frame = frame.with_columns(pl.when(inside).then(iso).otherwise(pl.col(name)).alias(name))
    return frame, {name: count for name, count in counts.items() if count}
