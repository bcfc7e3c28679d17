"""From stored columns to told ones: every function of a text is asked once for each different text."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import polars as pl

from xinheng.catalogue.domain import Field, FieldType, Item
from xinheng.kernel.personal import POSSIBLE, mask_personal_numbers
from xinheng.publicity.domain import BULK_COLUMNS
from xinheng.publicity.expressions import ALWAYS, term_said
from xinheng.publicity.selectors.law import DisplayLaw
from xinheng.publicity.selectors.public import field_value, written_as

_TERM = ["rule", "deciding", "applying", "list_type"]
_ESCAPED = r'[\x00-\x1f"\\]'
_KINDS: Mapping[type, Any] = {str: pl.String, int: pl.Int64, bool: pl.Boolean, date: pl.Date, list: pl.String}
BULK_SCHEMA: Mapping[str, Any] = {name: _KINDS[kind] for name, kind in BULK_COLUMNS.items()}
"""The columns of bulk rows as Polars types them."""


@dataclass(frozen=True, slots=True)
class FieldColumn:
    """A field that may be shown and the column that holds its text. ``free``: only once somebody confirmed it."""

    name: str
    field: Field
    free: bool
    of_sole_traders: bool

    @property
    def withheld(self) -> str:
        """The column that says that the text is kept back."""
        return f"withheld_{self.name}"


@dataclass(frozen=True, slots=True)
class BulkLaw:
    """What tells the rows of one item; ``sources``: file hash and rule set by submission."""

    law: DisplayLaw
    item: Item
    sources: Mapping[str, tuple[str, str]]


def bulk_rows(frame: pl.DataFrame, *, fields: Sequence[FieldColumn], law: BulkLaw) -> pl.DataFrame:
    """Return the rows of ``domain.BULK_COLUMNS`` that a portion of stored rows becomes."""
    item, titles = law.item, {spec.id: spec.title for spec in law.law.catalogue.list_types}
    said = _terms(frame, law)
    told: dict[str, pl.Series | pl.Expr] = {
        "id": frame["record_id"],
        "version.seq": frame["seq"],
        "version.number": frame["version_no"],
        "version.item": frame["item_version"],
        "item.id": pl.lit(item.id),
        "item.title": pl.lit(item.title),
        "item.kind": pl.lit(item.kind.value),
        "adverse": pl.lit(value=item.adverse),
        "subject.id": frame["shown_id"],
        "subject.name": frame["shown_name"],
        "subject.code": frame["shown_code"],
        "organ.code": frame["organ_code"],
        "organ.name": frame["organ_name"],
        "document_no": _masked(frame["document_no"]),
        "list_title": _each(frame["list_type"], lambda name: titles.get(name) or None),
        "decision_date": frame["decision_date"],
        "valid_from": frame["valid_from"],
        "valid_to": frame["valid_to"],
        "fields": _joined([_piece(one.field, frame[one.name], law) for one in fields], frame.height),
        "withheld": _joined([_kept_back(one, frame) for one in fields if one.free], frame.height),
        "severity.code": said["severity"],
        "severity.label": said["severity_label"],
        "severity.confidence": said["severity_confidence"],
        "display.from": frame["from_day"],
        "display.until": frame.select(
            pl.when(pl.col("display_end") < ALWAYS).then(pl.col("display_end") - pl.duration(days=1))
        )["display_end"],
        "display.first_repair_date": frame["first_repair"],
        "display.rules": said["rules"],
        "dispute.since": frame["disputed_since"],
        "dispute.until": frame.select(pl.when(pl.col("disputed_since").is_not_null()).then("disputed_until"))["disputed_until"],
        "basis.text": frame["legal_basis"],
        "basis.confidence": frame["basis_confidence"],
        "source.submission": frame["submission_id"],
        "source.file_sha256": _each(frame["submission_id"], lambda name: law.sources.get(name, ("", ""))[0]),
        "source.sheet": frame["sheet"],
        "source.row": frame["row_no"],
        "source.rule_set": _each(frame["submission_id"], lambda name: law.sources.get(name, ("", ""))[1]),
        "source.reported_date": frame["reported_date"],
        "source.late_workdays": frame["late_workdays"],
        "source.is_legacy": frame["is_legacy"],
    }
    return frame.select([_as(told[name], kind).alias(name) for name, kind in BULK_SCHEMA.items()])


def _as(column: pl.Series | pl.Expr, kind: Any) -> pl.Expr:
    return (column if isinstance(column, pl.Expr) else pl.lit(column)).cast(kind)


def _terms(frame: pl.DataFrame, law: BulkLaw) -> pl.DataFrame:
    """Return severity and rules of every row: the law is asked once for each different answer of the database."""
    different = frame.select(_TERM).unique()
    rows = []
    for rule, deciding, applying, list_type in different.iter_rows():
        said = term_said(
            item_id=law.item.id, book=law.law.book, rule=rule, deciding=deciding, applying=applying, list_type=list_type
        )
        severity, confidence = said.severity, said.confidence
        rows.append(
            (
                severity.value if severity else None,
                severity.label if severity else None,
                confidence.value if severity and confidence else None,
                _json(said.versions),
            )
        )
    names = ["severity", "severity_label", "severity_confidence", "rules"]
    told = pl.DataFrame(rows, schema=dict.fromkeys(names, pl.String), orient="row")
    known = pl.concat([different, told], how="horizontal")
    return frame.select(_TERM).join(known, on=_TERM, how="left", nulls_equal=True, maintain_order="left")


def _piece(field: Field, texts: pl.Series, law: BulkLaw) -> pl.Series:
    """Return a field of every row as a JSON object, absent where it is not shown."""
    before = f'{{"name":{_json(field.name)},"title":{_json(field.title)},"value":'
    if field.code_list is None and field.type not in (FieldType.AMOUNT_WAN, FieldType.DATE):
        return _around(before, _json_texts(_masked(texts)), ',"written":null}')

    def piece(text: str) -> str:
        value = field_value(field, text, law.law.catalogue)
        return f'{before}{_json(value)},"written":{_json(written_as(field, text, value) or None)}}}'

    return _each(texts, piece)


def _kept_back(one: FieldColumn, frame: pl.DataFrame) -> pl.Series:
    title = _json(one.field.title)
    return frame.select(pl.when(pl.col(one.withheld)).then(pl.lit(title)).alias(one.name))[one.name]


def _joined(pieces: Sequence[pl.Series], height: int) -> pl.Series:
    """Return the pieces of each row as one JSON list."""
    if not pieces:
        return pl.Series(["[]"]).new_from_index(0, height)
    frame = pl.DataFrame([piece.alias(str(number)) for number, piece in enumerate(pieces)])
    inside = pl.concat_str(pl.all(), separator=",", ignore_nulls=True)
    return frame.select(_list=pl.concat_str(pl.lit("["), inside, pl.lit("]")))["_list"]


def _masked(texts: pl.Series) -> pl.Series:
    """Return texts with personal numbers masked: few can hold one, and those are asked one by one."""
    possible = texts.str.contains(POSSIBLE).fill_null(value=False)
    if not possible.any():
        return texts
    few = _each(texts.filter(possible), mask_personal_numbers)
    return texts.scatter(possible.arg_true(), few)


def _json_texts(texts: pl.Series) -> pl.Series:
    """Return texts as JSON texts; nearly all need nothing but the quotes."""
    quoted = _around('"', texts, '"')
    special = texts.str.contains(_ESCAPED).fill_null(value=False)
    if not special.any():
        return quoted
    return quoted.scatter(special.arg_true(), _each(texts.filter(special), _json))


def _around(before: str, texts: pl.Series, after: str) -> pl.Series:
    return texts.to_frame("_text").select(pl.concat_str(pl.lit(before), "_text", pl.lit(after)).alias("_text"))["_text"]


def _each(texts: pl.Series, of: Callable[[str], str | None]) -> pl.Series:
    """Return what ``of`` makes of each text, asked once for each different one; absent stays absent."""
    different = texts.drop_nulls().unique()
    told = pl.Series([of(text) for text in different], dtype=pl.String)
    return texts.replace_strict(different, told, default=None, return_dtype=pl.String)


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
