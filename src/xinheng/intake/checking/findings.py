"""Findings of a whole file, column by column; only the words that differ from cell to cell are made in Python."""

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq

from xinheng.catalogue.domain import Catalogue, Field, Item
from xinheng.intake.checking.model import Check, CheckContext
from xinheng.intake.checking.places import Places
from xinheng.intake.checking.results import FINDING_COLUMNS
from xinheng.intake.checking.texts import SHOWN, depends_on_value, is_hidden, label_of, shown_value, texts_for
from xinheng.intake.domain import Finding, Landed

NO_COLUMN_FIX = "文件里没有这一列，请按模板补上"
_WORDS = ("column", "field", "message", "expected", "fix")
_OF_RULE = ("rule", "severity", "ground", "confidence")
_SLICE = 122_880
_ENTRY = r"^(.*):([a-z_]+)$"


class Findings:
    """What was found in a file: for each check the rows, the cells and the number of the words about them."""

    def __init__(
        self,
        *,
        checks: Iterable[Check],
        item: Item,
        catalogue: Catalogue,
        context: CheckContext,
        landed: Landed,
        places: Places,
    ) -> None:
        """Begin with nothing found."""
        self.checks = tuple(checks)
        self._item, self._catalogue, self._context = item, catalogue, context
        self._landed, self._places = landed, places
        self._found: dict[int, pl.DataFrame] = {}
        self._words: dict[str, list[str]] = {name: [] for name in _WORDS}
        self._missing: dict[int, int] = {}

    @property
    def counts(self) -> dict[int, int]:
        """Return how many findings there are of each check that was broken."""
        return {number: found.height for number, found in self._found.items()} | dict.fromkeys(self._missing, 1)

    @property
    def total(self) -> int:
        """Return how many findings there are, those about the whole file with them."""
        return sum(self.counts.values()) + len(self._landed.findings)

    def add_masks(self, masks: pl.DataFrame) -> None:
        """Add what the masks of the broken rows say (``at``, ``_m0``, …)."""
        checks = [check for check in self.checks if not check.rule.over_file]
        if masks.is_empty():
            return
        amounts = masks.select(_is_set(check).sum().alias(str(check.number)) for check in checks).row(0)
        broken = [check for check, amount in zip(checks, amounts, strict=True) if amount]
        told = dict(zip(checks, amounts, strict=True)) if broken else {}
        by_field: dict[str, list[Check]] = {}
        for check in broken:
            if check.field is not None and check.field.key not in self._landed.columns:
                # Told once, not once per row.
                self._missing[check.number] = told[check]
            else:
                by_field.setdefault(check.field.key if check.field is not None else "", []).append(check)
        for key, of_field in by_field.items():
            column = self._places.column(key) if key else None
            for check in of_field:
                at = masks.filter(_is_set(check))["at"]
                if check.rule.personal is not None:
                    self._add_personal(check, at)
                else:
                    raw = column.gather(at) if column is not None else pl.repeat("", len(at), eager=True)
                    self.add(check, pl.DataFrame({"at": at, "raw": raw}).with_columns(detail=pl.lit("")))

    def add(self, check: Check, cells: pl.DataFrame) -> None:
        """Add the broken cells of one check: ``at``, ``raw`` (the cell) and ``detail`` (what the words need besides)."""
        if cells.is_empty():
            return
        if _differs(check):
            # Rules that look at one row have no detail: two columns of texts would cost twice as much to compare.
            told_by = ["raw", "detail"] if (cells["detail"] != "").any() else ["raw"]
            different = cells.select("raw", "detail").unique(told_by, maintain_order=True)
            numbers = [self._word(check, raw=raw, detail=detail) for raw, detail in different.iter_rows()]
            words = different.select(told_by).with_columns(pl.Series("word", numbers, dtype=pl.Int32))
            cells = cells.join(words, on=told_by, how="left", maintain_order="left")
        else:
            number = self._word(check, raw="", detail="")
            cells = cells.with_columns(word=pl.lit(number, dtype=pl.Int32))
        rule = pl.lit(check.number, dtype=pl.Int32)
        self._found[check.number] = cells.select("at", "word", rule=rule, value=_shown(check.field, cells["raw"]))

    def _add_personal(self, check: Check, at: pl.Series) -> None:
        """Add one finding per entry of ``_pii`` that the rule is about; the words need the entry."""
        scope = check.rule.personal
        assert scope is not None
        known = [field.key for field in self._item.fields]
        key, kind = (pl.col("detail").str.extract(_ENTRY, group) for group in (1, 2))
        in_scope = pl.col("key").is_in(sorted(scope.keys(self._item)))
        if scope.unknown:
            in_scope = in_scope | ~pl.col("key").is_in(known)
        entries = (
            pl.DataFrame({"at": at, "detail": self._places.column("_pii").gather(at).str.split(";")})
            .explode("detail")
            .with_columns(key=key, kind=kind)
            .filter(pl.col("kind").is_in(sorted(scope.kinds)) & in_scope)
            .with_columns(field=pl.when(pl.col("key").is_in(known)).then(pl.col("key")).otherwise(pl.lit("")))
            .sort("at", "field", maintain_order=True)
            .with_row_index("_order")
        )
        parts = []
        for field, part in entries.partition_by("field", as_dict=True).items():
            cells = (
                self._places.column(str(field[0])).gather(part["at"]) if field[0] else pl.repeat("", part.height, eager=True)
            )
            parts.append(part.with_columns(cells.alias("raw")))
        if parts:
            self.add(check, pl.concat(parts).sort("_order").select("at", "raw", "detail"))

    def _word(self, check: Check, *, raw: str, detail: str) -> int:
        """Return the number of the words about a cell, which are made here."""
        for name, text in self._words_of(check, raw=raw, detail=detail).items():
            self._words[name].append(text)
        return len(self._words["message"]) - 1

    def _words_of(self, check: Check, *, raw: str, detail: str) -> Mapping[str, str]:
        column, field_key, kind = _place(check=check, detail=detail, item=self._item, columns=self._landed.columns)
        texts = texts_for(
            check=check,
            value=raw,
            detail=detail,
            label=column,
            item=self._item,
            catalogue=self._catalogue,
            context=self._context,
            kind=kind,
        )
        told = (column, field_key, texts.message, texts.expected, texts.fix)
        return dict(zip(_WORDS, told, strict=True))

    def write(self, path: Path) -> None:
        """Write all findings in the order of the file as Parquet; those about the whole file first."""
        path.parent.mkdir(parents=True, exist_ok=True)
        repeated = [name for name in FINDING_COLUMNS if name not in ("row", "value")]
        with pq.ParquetWriter(
            path,
            _SCHEMA,
            compression="zstd",
            compression_level=1,
            use_dictionary=repeated,
            write_statistics=False,
            store_schema=False,
        ) as writer:
            for table in self._tables():
                writer.write_table(table, row_group_size=_SLICE)

    def _tables(self) -> Iterator[pa.Table]:
        about_file = self._about_file()
        if about_file:
            yield pa.table([_texts_or_rows(about_file, name) for name in FINDING_COLUMNS], schema=_SCHEMA)
        if not self._found:
            return
        # Checks follow each other by their number, so that rows need only be sorted, and stay in that order.
        found = pl.concat([self._found[number] for number in sorted(self._found)], rechunk=True)
        found = found.sort("at", maintain_order=True)
        words = {name: _dictionary(texts) for name, texts in self._words.items()}
        rules = {name: _dictionary([_of_rule(check, name) for check in self.checks]) for name in _OF_RULE}
        sheets = _dictionary(self._places.names)
        for part in found.iter_slices(_SLICE):
            at, word, rule = part["at"], _numbers(part["word"]), _numbers(part["rule"])
            columns = {
                "sheet": pa.DictionaryArray.from_arrays(_numbers(self._places.sheet.gather(at)), sheets),
                "row": self._places.row.gather(at).to_arrow(),
                "value": part["value"].to_arrow().cast(pa.string()),
                **{name: pa.DictionaryArray.from_arrays(word, texts) for name, texts in words.items()},
                **{name: pa.DictionaryArray.from_arrays(rule, texts) for name, texts in rules.items()},
            }
            yield pa.table([columns[name] for name in FINDING_COLUMNS], schema=_SCHEMA)

    def _about_file(self) -> list[Finding]:
        found = list(self._landed.findings)
        for check in self.checks:
            if check.number not in self._missing:
                continue
            texts = self._words_of(check, raw="", detail="")
            found.append(
                Finding(
                    column=texts["column"],
                    field=texts["field"],
                    rule=check.rule.id,
                    severity=check.rule.severity,
                    message=f"{texts['message']}（共{self._missing[check.number]}行）",
                    expected=texts["expected"],
                    fix=NO_COLUMN_FIX,
                    ground=check.rule.ground,
                    confidence=check.rule.confidence.value,
                )
            )
        return sorted(found, key=lambda finding: (finding.row, finding.field))


_SCHEMA = pa.schema(
    [
        (name, pa.int64() if name == "row" else pa.string() if name == "value" else pa.dictionary(pa.int32(), pa.string()))
        for name in FINDING_COLUMNS
    ]
)


def _texts_or_rows(found: Iterable[Finding], name: str) -> pa.Array:
    values = [getattr(finding, name) for finding in found]
    if name == "row":
        return pl.Series(values, dtype=pl.Int64).to_arrow()
    texts = _dictionary([str(value) for value in values])
    if name == "value":
        return texts
    return pa.DictionaryArray.from_arrays(_numbers(pl.Series(range(len(values)), dtype=pl.Int32)), texts)


def _dictionary(texts: list[str]) -> pa.Array:
    return pl.Series(texts, dtype=pl.String).to_arrow().cast(pa.string())


def _numbers(numbers: pl.Series) -> pa.Array:
    return numbers.cast(pl.Int32).to_arrow()


def _of_rule(check: Check, name: str) -> str:
    rule = check.rule
    told = {"rule": rule.id, "severity": rule.severity.value, "ground": rule.ground, "confidence": rule.confidence.value}
    return told[name]


def _is_set(check: Check) -> pl.Expr:
    return (pl.col(f"_m{check.mask}") & pl.lit(check.bit, dtype=pl.Int64)) != 0


def _differs(check: Check) -> bool:
    return depends_on_value(check) or check.rule.personal is not None


def _shown(field: Field | None, raw: pl.Series) -> pl.Series:
    """Return ``texts.shown_value`` of every cell."""
    if is_hidden(field):
        different = raw.unique().to_list()
        shown = [shown_value(field=field, value=value) for value in different]
        return raw.replace_strict(different, shown, return_dtype=pl.String)
    cut = pl.col("raw").str.slice(0, SHOWN - 1) + "…"
    frame = pl.DataFrame({"raw": raw})
    return frame.select(pl.when(pl.col("raw").str.len_chars() <= SHOWN).then(pl.col("raw")).otherwise(cut).alias("value"))[
        "value"
    ]


def _place(*, check: Check, detail: str, item: Item, columns: Mapping[str, str]) -> tuple[str, str, str]:
    """Return the column's label, its catalogue key, and the kind of personal number where the rule is about one."""
    if check.rule.whole_row:
        return "", "", ""
    if check.rule.personal is None:
        assert check.field is not None
        return label_of(field=check.field, columns=columns), check.field.key, ""
    key, _, kind = detail.rpartition(":")
    known = next((field for field in item.fields if field.key == key), None)
    return (key, "", kind) if known is None else (label_of(field=known, columns=columns), key, kind)
