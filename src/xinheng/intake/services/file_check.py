"""Check a file without storing it: read, rules, register; nothing reaches the database."""

from dataclasses import dataclass
from datetime import date
from pathlib import Path

import polars as pl
import pyarrow as pa

from xinheng.catalogue.domain import Item
from xinheng.catalogue.selectors import catalogue_current
from xinheng.intake.checking import CheckContext, Checked, check
from xinheng.intake.domain import Landed
from xinheng.intake.reading import land
from xinheng.kernel.dates import parse_date
from xinheng.subjects.selectors import irregular_codes
from xinheng.subjects.services import match_arrow

_MATCHED_ROLES = {
    "uscc": "uscc",
    "registration_no": "registration_no",
    "organisation_code": "organisation_code",
    "subject_name": "name",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class FileCheck:
    """A file as it was read, and what the rules say of it; both live in the folder that the caller gave."""

    landed: Landed
    checked: Checked
    item: Item


def file_check(
    *,
    path: Path,
    folder: Path,
    on_date: date,
    item_id: str | None = None,
    organ_code: str | None = None,
    use_register: bool = True,
    on_the_spot: bool = False,
    legacy: bool = False,
) -> FileCheck:
    """Return everything that is wrong with a file, without storing anything of it (查错不入库).

    Args:
        path: the file; its content decides what it is.
        folder: where the landed table and the findings are written; the caller removes it.
        on_date: the day on which it would be reported.
        item_id: the announced item, None to recognise it by its header.
        organ_code: the organ that would send it, None to leave that out.
        use_register: match the rows with the register (V03); False needs no database at all.
        on_the_spot: the declaration that all rows are on-the-spot penalties.
        legacy: the declaration that the rows come from an old site.

    Raises:
        FileRefused: the file cannot be read as a submission; a subclass says why.
    """
    catalogue = catalogue_current()
    known = irregular_codes() if use_register else frozenset()
    landed = land(path, out=folder / "landed.parquet", catalogue=catalogue, item_id=item_id, known_codes=known)
    item = catalogue.item(landed.item_id)
    context = CheckContext(
        on_date=on_date,
        organ_code=organ_code,
        known_codes=known,
        on_the_spot=on_the_spot,
        legacy=legacy,
        doubts=_doubts(landed, item) if use_register else None,
    )
    return FileCheck(landed=landed, checked=check(landed=landed, catalogue=catalogue, context=context), item=item)


def _doubts(landed: Landed, item: Item) -> pa.Table | None:
    """Return the rows that the register does not settle, with the matching's reason; None where there is no subject."""
    fields = {name: field.key for role, name in _MATCHED_ROLES.items() if (field := item.field_by_role(role)) is not None}
    if "name" not in fields and "uscc" not in fields:
        return None
    decided = item.field_by_role("decision_date")
    day = pl.lit(None, dtype=pl.Date) if decided is None else _days(landed.parquet, decided.key)
    rows = (
        pl.scan_parquet(landed.parquet)
        .filter(~pl.col("_person"))
        .select("_sheet", "_row", *(pl.col(key).alias(name) for name, key in fields.items()), decision_date=day)
        .with_row_index("row")
        .with_columns(pl.col("row").cast(pl.Int64))
        .collect()
    )
    matched = pl.from_arrow(match_arrow(table=rows.drop("_sheet", "_row").to_arrow()))
    assert isinstance(matched, pl.DataFrame)
    doubtful = matched.filter(pl.col("subject_id").is_null()).select("row", "reason")
    return rows.join(doubtful, on="row", how="inner").select("_sheet", "_row", "reason").to_arrow()


def _days(parquet: Path, key: str) -> pl.Expr:
    """Return the days of a column; each different text is read once."""
    texts = pl.scan_parquet(parquet).select(pl.col(key).unique()).collect()[key].to_list()
    days = {text: parse_date(text) for text in texts}
    return pl.col(key).replace_strict(days, return_dtype=pl.Date, default=None)
