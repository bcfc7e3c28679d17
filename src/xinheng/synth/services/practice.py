"""A small file for practice (练习): invented rows of one item for one organ, clean ones and dirty ones of many kinds."""

from dataclasses import replace
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Final

import polars as pl

from xinheng.catalogue.domain import Catalogue, Item, Organ
from xinheng.synth.domain.dirt import kinds_of_dirt, soil, with_material
from xinheng.synth.domain.draws import Draws
from xinheng.synth.domain.organisations import County, county
from xinheng.synth.domain.records import Order, records
from xinheng.synth.errors import NothingToPractise
from xinheng.synth.services.files import FileFormat, Layout, table_write

PRACTISED: Final = ("administrative_penalty", "administrative_licence", "honour", "credit_commitment")
"""Items of which practice files are made."""

PRACTICE_ROWS: Final = 40
_DRAWN: Final = 600
_SHARE: Final = 0.03
_SEED: Final = 2026


def practice_file_write(
    *, out: Path, item_id: str, organ: Organ, on_date: date, catalogue: Catalogue, mended: bool = False
) -> Path:
    """Write a practice workbook of ``item_id`` to ``out``: the same organ and day give the same rows.

    Everything in it is invented; every name ends in （演示）. About one row in three has something to mend, each something
    else. ``mended`` leaves the dirt away: what the file should have been.

    Raises:
        NothingToPractise: no practice file is made of this item.
    """
    if item_id not in PRACTISED:
        raise NothingToPractise(item=item_id)
    item = catalogue.item(item_id)
    made = _county(on_date, tuple(township.name for township in catalogue.townships))
    order = Order(item_id=item_id, count=_DRAWN, number=0, seed=_SEED, on_date=on_date, organs=[organ])
    frame = records(order=order, organisations=made.organisations.filter(~pl.col("irregular")))
    frame = frame.filter(~pl.col("_legacy")).head(PRACTICE_ROWS)
    names = {field.name for field in item.fields}
    frame = frame.select([name for name in frame.columns if name.startswith("_") or name in names])
    if not mended:
        draws = Draws(seed=_SEED, name=f"practice:{item_id}:{organ.code}")
        frame = with_material(frame=frame, unregistered=made.unregistered, draws=draws)
        kinds = [replace(kind, share=_SHARE) for kind in kinds_of_dirt(on_date=on_date)]
        frame = soil(frame=frame, kinds=kinds, draws=draws)
    _write(out, frame=frame, item=item, organ=organ)
    return out


@lru_cache(maxsize=2)
def _county(on_date: date, townships: tuple[str, ...]) -> County:
    return county(scale=1, seed=_SEED, on_date=on_date, townships=townships)


def _write(out: Path, *, frame: pl.DataFrame, item: Item, organ: Organ) -> None:
    fields = [field for field in item.fields if field.name in frame.columns]
    table_write(
        path=out,
        frame=frame.select([pl.col(field.name).alias(field.title) for field in fields]),
        layout=Layout(format=FileFormat.XLSX, real_dates=True),
        title=f"{organ.name}{item.title}练习表",
        sheet="练习",
        date_columns=[field.title for field in fields if field.type == "DATE"],
    )
