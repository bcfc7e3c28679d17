"""From the landed table and the matches to the table that ``records`` publishes."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq

from xinheng.catalogue.domain import Catalogue, Item
from xinheng.intake.services.converting.expressions import (
    act_columns,
    code_of,
    date_of,
    document_no_key_of,
    fen_of,
    json_object_of,
    kinds_mask_of,
)
from xinheng.records.domain import DRAFT_COLUMNS

_BATCH_ROWS = 20_000
_KEYS = ["_sheet", "_row"]
_ROLES = (
    "organ_code", "organ_name", "document_no", "certificate_no", "decision_date", "valid_from", "valid_to",
    "list_type", "statutory_until", "penalty_kinds", "fine", "confiscation",
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftContext:
    """What the rows of one submission share.

    ``display_from``: first day of publicity (Asia/Shanghai); ``None`` takes each row's decision date, for records that
    an old site showed before: their terms never start anew. ``late_workdays``: decision date to working days late.
    """

    catalogue: Catalogue
    item: Item
    organ_code: str
    organ_name: str
    display_from: date | None
    is_on_the_spot: bool
    is_desensitised: bool
    late_workdays: Mapping[date, int] = field(default_factory=dict)


def landed_batches(*, landed: Path) -> Iterator[pl.DataFrame]:
    """Yield the landed file in its order, a batch of rows at a time."""
    with pq.ParquetFile(landed) as file:
        for batch in file.iter_batches(batch_size=_BATCH_ROWS):
            table = pl.from_arrow(pa.Table.from_batches([batch]))
            assert isinstance(table, pl.DataFrame)
            yield table


def draft_tables(*, batches: Iterable[pl.DataFrame], rows: pl.DataFrame, context: DraftContext) -> Iterator[pa.Table]:
    """Yield record drafts (``records.domain.DRAFT_COLUMNS``) for ``rows``, in the order of the file, a batch at a time.

    Args:
        batches: the landed table of the item.
        rows: ``_sheet``, ``_row``, ``subject_id``, ``is_sole_trader``, ``is_not_shown`` of the rows to take; other
            rows of the file are left out.
        context: what the rows share.
    """
    columns = _draft_columns(context)
    schema = pa.schema([(name, kind) for name, (kind, _) in DRAFT_COLUMNS.items()])
    for batch in batches:
        # A join with the rows of this batch only: with all rows it would cost more with every batch of a larger file.
        near = rows.filter(pl.col("_row").is_between(batch["_row"].min(), batch["_row"].max()))
        drafts = batch.join(near, on=_KEYS, how="inner", maintain_order="left").select(**columns)
        if drafts.height:
            yield drafts.to_arrow().cast(schema)


def _draft_columns(context: DraftContext) -> dict[str, pl.Expr]:
    item = context.item
    text = act_columns(item=item, roles=_ROLES)
    decided = date_of(text["decision_date"])
    shared_from = decided if context.display_from is None else pl.lit(context.display_from, dtype=pl.Date)
    columns: dict[str, pl.Expr] = {
        "row_no": pl.col("_row"),
        "sheet": pl.col("_sheet"),
        "subject_id": pl.col("subject_id"),
        "is_sole_trader": pl.col("is_sole_trader"),
        "organ_code": _else(text["organ_code"], context.organ_code),
        "organ_name": _else(text["organ_name"], context.organ_name),
        "document_no": text["document_no"],
        "document_no_key": document_no_key_of(text["document_no"]),
        "certificate_no": text["certificate_no"],
        "decision_date": decided,
        "valid_from": date_of(text["valid_from"]),
        "valid_to": date_of(text["valid_to"]),
        "list_type": _list_type(context, text["list_type"]),
        "statutory_until": date_of(text["statutory_until"]),
        "penalty_mask": _penalty_mask(context, text["penalty_kinds"]),
        "fine_fen": fen_of(text["fine"]),
        "confiscated_fen": fen_of(text["confiscation"]),
        "on_the_spot": pl.lit(context.is_on_the_spot) | pl.col("is_not_shown"),
        "display_from": shared_from,
        "free_text_confirmed": pl.lit(context.is_desensitised),
        "late_workdays": _late(context, decided),
        "fields": json_object_of((f.name, f.key) for f in item.fields if not f.person_related and not f.identity_document),
        "person": json_object_of((f.name, f.key) for f in item.fields if f.person_related and not f.identity_document),
    }
    return {name: columns[name] for name in DRAFT_COLUMNS}


def _else(column: pl.Expr, otherwise: str) -> pl.Expr:
    return pl.when(column == "").then(pl.lit(otherwise)).otherwise(column)


def _late(context: DraftContext, decided: pl.Expr) -> pl.Expr:
    if not context.late_workdays:
        return pl.lit(0, dtype=pl.Int32)
    days, late = list(context.late_workdays), list(context.late_workdays.values())
    return decided.replace_strict(days, late, default=0, return_dtype=pl.Int32)


def _penalty_mask(context: DraftContext, column: pl.Expr) -> pl.Expr:
    field_of_kinds = context.item.field_by_role("penalty_kinds")
    if field_of_kinds is None or field_of_kinds.code_list is None:
        return pl.lit(0, dtype=pl.Int32)
    return kinds_mask_of(column, code_list=context.catalogue.code_list(field_of_kinds.code_list))


def _list_type(context: DraftContext, column: pl.Expr) -> pl.Expr:
    """Return the list's id; a table of one list needs no such column."""
    field_of_type = context.item.field_by_role("list_type")
    own = [kind.id for kind in context.catalogue.list_types if kind.item_id == context.item.id]
    if field_of_type is None:
        return pl.lit(own[0] if len(own) == 1 else None, dtype=pl.String)
    aliases = {kind.title: kind.id for kind in context.catalogue.list_types}
    if field_of_type.code_list is not None:
        for value in context.catalogue.code_list(field_of_type.code_list).values:
            aliases |= dict.fromkeys((value.label, *value.aliases), value.code)
    return pl.when(column == "").then(None).otherwise(code_of(column, aliases=aliases))
