"""Turn one recognised sheet into rows of the item: cleaned, masked, persons' rows and papers taken out."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import polars as pl

from xinheng.adapters.ahead import made_ahead
from xinheng.catalogue.domain import Catalogue, Field, FieldType, Item, Required
from xinheng.intake.domain import FileKind, Finding, LandedSheet, Limits, column_letter
from xinheng.intake.errors import DuplicateColumns, RowsWiderThanHeader
from xinheng.intake.reading import notes
from xinheng.intake.reading.cleaning import Different, cells_clean, codes_canonical, dates_plain, is_code, widths_narrow
from xinheng.intake.reading.delimited import SPARE
from xinheng.intake.reading.labels import HeaderMatch
from xinheng.intake.reading.personal import columns_mask
from xinheng.intake.reading.tables import ROW, RawSheet, ReadAgain, source_column, source_index
from xinheng.kernel.shown import shown
from xinheng.kernel.text import clean_cell

DELETED = "（已删除）"
"""Stands where a number or kind of a person's document stood."""

PERSON = "自然人"
"""What the category of a person's row says once the row is blanked, however it was written."""

_ORGANISATION_ROLES = frozenset({"uscc", "registration_no", "organisation_code", "institution_no", "social_no"})
_NARROW_TYPES = frozenset({FieldType.DATE, FieldType.AMOUNT_WAN, FieldType.CODE})
_SPARE_ROWS = 10_000
_LOST = "\ufffd|锟斤拷"
_HEADER_AGAIN = 3
SUMMARY_SHEET = "问题汇总"
"""The front sheet of our marked workbook."""

OWN_LABELS = ("处理结果", "原行号")
"""Columns that our marked workbook puts before the sender's own: nothing to tell when they come back."""


def person_words(*, item: Item, catalogue: Catalogue) -> frozenset[str]:
    """Return every way in which the category column of ``item`` says that a row is about a natural person."""
    category = item.field_by_role("subject_category")
    words = {PERSON, "个人", "公民"}
    if category is not None and category.code_list is not None:
        value = catalogue.code_list(category.code_list).value_by_text(PERSON)
        if value is not None:
            words |= {value.code, value.label, *value.aliases}
    return frozenset(words)


def table_columns(item: Item) -> list[str]:
    """Return the columns of the landed table of ``item``, in order."""
    return ["_sheet", "_row", *(f.key for f in item.fields), "_pii", "_unknown", "_spare", "_person"]


@dataclass(slots=True)
class _Tally:
    """What the portions of a sheet have to tell, added up: how many rows or cells, and the first row, 0 where there is none."""

    rows: int = 0
    again: int = 0
    first_again: int = 0
    spare: int = 0
    first_spare: int = 0
    lost: int = 0
    first_lost: int = 0
    papers: Counter[int] = field(default_factory=Counter)
    serials: Counter[str] = field(default_factory=Counter)


@dataclass(slots=True)
class SheetReader:
    """One sheet on its way into the landed table, a portion of rows at a time; what it has to tell is known after the last."""

    path: Path
    kind: FileKind
    sheet: RawSheet
    match: HeaderMatch
    known_codes: frozenset[str]
    person_words: frozenset[str]
    is_1904: bool
    limits: Limits
    labels: tuple[str, ...] = field(init=False)
    _tally: _Tally = field(default_factory=_Tally)
    _filled: set[int] = field(default_factory=set)
    """Columns without a label that have content somewhere."""

    def __post_init__(self) -> None:
        """Make the labels as written, on one line, not too long and without personal numbers, one for each column."""
        self.labels = tuple(shown(" ".join(clean_cell(label).split())) for label in self.match.labels)

    def landed(self) -> LandedSheet:
        """Return where the sheet's header stands, what its columns are, and how many rows were read."""
        category = self.match.item.field_by_role("subject_category")
        keys = self.match.keys
        return LandedSheet(
            name=self.sheet.name,
            header_row=self.match.row + 1,
            first_data_row=self.match.data_row + 1,
            row_count=self._tally.rows,
            labels=self.labels,
            keys=keys,
            papers=self._papers(),
            category=keys.index(category.key) if category is not None and category.key in keys else None,
        )

    def portions(self) -> Iterator[pl.DataFrame]:
        """Yield the sheet's rows as ``table_columns`` names them; those of a portion may be none.

        Raises:
            DuplicateColumns, RowsWiderThanHeader: it cannot be said which cell is which.
            TooManyRows, CellTooLarge, BrokenRows: from reading.
            ReadAgain: what was yielded is void; the next call does better.
        """
        fields = self._fields()
        width = len(self.match.labels)
        spare = SPARE if self.kind is FileKind.CSV else 0
        names = [source_column(index) for index in range(width + spare)]
        self._tally = _Tally()
        filled = set(self._filled)
        for portion in made_ahead(self.sheet.portions(width + spare, self.match.data_row + 1)):
            different = Different()
            frame = _without_blank_rows(cells_clean(portion, names, different), names)
            frame = self._spare_kept(self._headers_again(frame), names[width:])
            self._filled |= self._unlabelled_filled(frame)
            if not self._tally.rows:
                filled = set(self._filled)
            self._tally.rows += frame.height
            if filled != self._filled:
                # Every row names all columns with content: those before would have to name one more.
                continue
            yield self._portion(frame, fields, names[:width], different)
        if self._tally.spare > _SPARE_ROWS:
            raise RowsWiderThanHeader(file=self.path.name, count=f"{self._tally.spare:,}", row=self._tally.first_spare)
        if filled != self._filled:
            raise ReadAgain

    def _portion(self, frame: pl.DataFrame, fields: dict[str, Field], names: list[str], different: Different) -> pl.DataFrame:
        unknown = self._unknown()
        self._lost_counted(frame, names, different)
        # Our own marked workbook says "deleted" where papers stood; that is nothing to delete again.
        papers = {source_column(index): index for index in self._papers()}
        frame = frame.with_columns(pl.col(name).replace(DELETED, "") for name in papers)
        different.forget(papers)
        for name, index in papers.items():
            self._tally.papers[index] += int((frame[name] != "").sum())
        frame = frame.select(ROW, "_spare", *(pl.col(name).alias(f.key) for name, f in fields.items()), *unknown)
        different.rename({name: f.key for name, f in fields.items()} | {name: name for name in unknown})
        absent = [f.key for f in self.match.item.fields if f.key not in frame.columns]
        frame = frame.with_columns(pl.lit("").alias(key) for key in absent)
        frame = self._normalised(frame, [f for f in fields.values() if not f.identity_document], different)
        frame = self._persons_blanked(frame, list(unknown))
        frame = self._masked(frame, fields, unknown, different)
        return frame.with_columns(pl.lit(self.sheet.name).alias("_sheet"), _as_json(unknown).alias("_unknown")).select(
            table_columns(self.match.item)
        )

    def findings(self) -> Iterator[Finding]:
        """Yield what the sheet has to tell; call it after the last portion."""
        sheet, tally = self.sheet.name, self._tally
        if tally.again:
            yield notes.repeated_headers(sheet=sheet, count=tally.again, row=tally.first_again)
        if tally.spare:
            yield notes.spare_fields(sheet=sheet, row=tally.first_spare, count=tally.spare)
        for name, label in self._unknown().items():
            yield notes.unknown_column(sheet=sheet, label=label, letter=column_letter(source_index(name)))
        if self.sheet.hidden:
            yield notes.sheet_hidden(sheet=sheet)
        if self.sheet.merged:
            yield notes.merged_cells(sheet=sheet, places=self.sheet.merged)
        if tally.lost:
            yield notes.lost_characters(sheet=sheet, count=tally.lost, row=tally.first_lost)
        if tally.rows:
            for column, (count, row) in self.sheet.long_numbers.items():
                yield notes.long_numbers(sheet=sheet, label=self.labels[column], count=count, row=row)
        yield from self._columns_told()

    def _columns_told(self) -> Iterator[Finding]:
        """Yield the columns of persons' papers that had content, and those whose days were day numbers."""
        sheet = self.sheet.name
        for index in self._papers():
            if count := self._tally.papers[index]:
                label, letter = self.labels[index], column_letter(index)
                yield notes.identity_column(sheet=sheet, label=label, letter=letter, count=count)
        for f in self._fields().values():
            if count := self._tally.serials[f.key]:
                yield notes.serial_dates(sheet=sheet, label=self.labels[self.match.keys.index(f.key)], count=count)

    def _fields(self) -> dict[str, Field]:
        """Return source column → field. Papers of persons may stand in several columns: none of them is kept."""
        fields: dict[str, Field] = {}
        first: dict[str, int] = {}
        for index, key in enumerate(self.match.keys):
            if key is None:
                continue
            found = self.match.item.field(key)
            if key in first:
                if found.identity_document:
                    continue
                raise DuplicateColumns(
                    sheet=self.sheet.name, label=found.title, first=column_letter(first[key]), second=column_letter(index)
                )
            first[key] = index
            fields[source_column(index)] = found
        return fields

    def _papers(self) -> tuple[int, ...]:
        """Return the columns of persons' documents."""
        keys = enumerate(self.match.keys)
        return tuple(index for index, key in keys if key and self.match.item.field(key).identity_document)

    def _headers_again(self, frame: pl.DataFrame) -> pl.DataFrame:
        """Return ``frame`` without rows that repeat the header, as printed lists do on every page."""
        labelled = [(source_column(i), clean_cell(label)) for i, label in enumerate(self.match.labels) if label.strip()]
        same = pl.sum_horizontal((pl.col(name) == label).cast(pl.Int32) for name, label in labelled)
        again = frame.filter(same >= min(_HEADER_AGAIN, len(labelled)))
        if again.is_empty():
            return frame
        self._tally.again += again.height
        self._tally.first_again = self._tally.first_again or again[ROW][0]
        return frame.filter(same < min(_HEADER_AGAIN, len(labelled)))

    def _spare_kept(self, frame: pl.DataFrame, spare: list[str]) -> pl.DataFrame:
        """Return ``frame`` with ``_spare``: what a row has beyond the header, ``""`` for nearly all rows."""
        if not spare:
            return frame.with_columns(pl.lit("").alias("_spare"))
        frame = frame.with_columns(pl.concat_str(spare, separator=" ").str.strip_chars().alias("_spare"))
        wide = frame.filter(pl.col("_spare") != "")
        if not wide.is_empty():
            self._tally.spare += wide.height
            self._tally.first_spare = self._tally.first_spare or wide[ROW][0]
        return frame

    def _unlabelled_filled(self, frame: pl.DataFrame) -> set[int]:
        """Return the unknown columns without a label that have content in ``frame``."""
        columns = [i for i, key in enumerate(self.match.keys) if key is None and not self.labels[i]]
        if not columns:
            return set()
        filled = frame.select((pl.col(source_column(i)) != "").any() for i in columns).row(0)
        return {index for index, has_content in zip(columns, filled, strict=True) if has_content}

    def _unknown(self) -> dict[str, str]:
        """Return source column → label of what the template does not have; empty columns without a label are nothing."""
        unknown: dict[str, str] = {}
        for index, key in enumerate(self.match.keys):
            if key is not None:
                continue
            letter = column_letter(index)
            label = self.labels[index] or (f"{letter} 列（无列名）" if index in self._filled else "")
            if not label or label in OWN_LABELS:
                continue
            # Two unknown columns of one label are told apart by their letter.
            unknown[source_column(index)] = label if label not in unknown.values() else f"{label}（{letter} 列）"
        return unknown

    def _lost_counted(self, frame: pl.DataFrame, names: list[str], different: Different) -> None:
        """Count the rows with characters that an earlier conversion destroyed."""
        suspects = different.needing(frame, names, _LOST)
        lost = frame.filter(pl.any_horizontal(pl.col(suspects).str.contains(_LOST))) if suspects else frame.clear()
        if not lost.is_empty():
            self._tally.lost += lost.height
            self._tally.first_lost = self._tally.first_lost or lost[ROW][0]

    def _normalised(self, frame: pl.DataFrame, fields: list[Field], different: Different) -> pl.DataFrame:
        codes = [f.key for f in fields if is_code(f)]
        frame = codes_canonical(frame, codes, different)
        frame = widths_narrow(frame, [f.key for f in fields if f.type in _NARROW_TYPES and f.key not in codes], different)
        dates = [f.key for f in fields if f.type is FieldType.DATE]
        frame, serials = dates_plain(frame, dates, is_1904=self.is_1904, different=different)
        self._tally.serials.update(serials)
        return frame

    def _persons_blanked(self, frame: pl.DataFrame, unknown: list[str]) -> pl.DataFrame:
        """Return ``frame`` with ``_person``: rows about natural persons keep their category and nothing else (P2, P4).

        A row is about a person if it says so, or names a person's paper and no code of an organisation.
        """
        item = self.match.item
        category = item.field_by_role("subject_category")
        says = pl.col(category.key).is_in(sorted(self.person_words)) if category else pl.lit(value=False)
        papers = [f.key for f in item.fields if f.identity_document and f.required is Required.PERSON]
        codes = [f.key for f in item.fields if f.role in _ORGANISATION_ROLES]
        if papers and codes:
            says = says | (_any_filled(papers) & ~_any_filled(codes))
        frame = frame.with_columns(says.alias("_person"))
        at = frame["_person"].arg_true()
        if at.is_empty():
            return frame
        kept = {category.key} if category else set()
        texts = [f.key for f in item.fields if f.key not in kept] + unknown + ["_spare"]
        # A person's rows are few: writing into them costs a fifth of writing the columns anew.
        blank = [frame[name].clone().scatter(at, "").alias(name) for name in texts]
        if category:
            # The category may hold anything; a person's row says only that it is one.
            blank.append(frame[category.key].clone().scatter(at, PERSON).alias(category.key))
        return frame.with_columns(blank)

    def _masked(
        self, frame: pl.DataFrame, fields: dict[str, Field], unknown: dict[str, str], different: Different
    ) -> pl.DataFrame:
        papers = [f.key for f in fields.values() if f.identity_document]
        frame = frame.with_columns(
            pl.when(pl.col(key) != "").then(pl.lit(DELETED)).otherwise(pl.lit("")).alias(key) for key in papers
        )
        scanned = {f.key: f.key for f in fields.values() if not f.identity_document} | unknown | {"_spare": "多出的列"}
        exempt = frozenset(f.key for f in fields.values() if is_code(f))
        return columns_mask(frame, scanned, exempt=self.known_codes, exempt_columns=exempt, different=different)


def _without_blank_rows(frame: pl.DataFrame, names: list[str]) -> pl.DataFrame:
    """Return ``frame`` without rows that are empty in all columns; where there are none, which is the rule, no copy is made."""
    if not names:
        return frame
    is_filled = frame.select(_any_filled(names).alias("filled"))["filled"]
    return frame if is_filled.all() else frame.filter(is_filled)


def _any_filled(columns: Iterable[str]) -> pl.Expr:
    return pl.any_horizontal(pl.col(name) != "" for name in columns)


def _as_json(unknown: dict[str, str]) -> pl.Expr:
    """Return the unknown columns of each row as a JSON object by label, ``""`` where all are empty."""
    if not unknown:
        return pl.lit("")
    content = pl.struct(pl.col(name).alias(label) for name, label in unknown.items()).struct.json_encode()
    return pl.when(_any_filled(unknown)).then(content).otherwise(pl.lit(""))
