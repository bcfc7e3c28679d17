"""The files that are measured: a register and penalty files of any size, made once from the synthetic county.

They have the county's dirt (one row in ten or so is doubtful, refused or to be explained), the same for the same size.
"""

from datetime import date
from functools import cache
from pathlib import Path

import polars as pl

from xinheng.catalogue.domain import Catalogue, Organ
from xinheng.catalogue.selectors import catalogue_current
from xinheng.synth.domain.dirt import kinds_of_dirt, soil, with_material
from xinheng.synth.domain.draws import Draws
from xinheng.synth.domain.organisations import ORGANISATIONS_AT_SCALE_1, County, county
from xinheng.synth.domain.records import Order, records
from xinheng.synth.services.files import FileFormat, Layout, table_write
from xinheng.synth.services.register import register_write

FOLDER = Path("build/bench/data")
SEED = 20261122
ON_DATE = date(2026, 11, 20)
ITEM = "administrative_penalty"
_PORTION = 100_000


def organ() -> Organ:
    """Return the organ that reports all penalties."""
    return next(one for one in catalogue_current().organs if "market_supervision" in one.sectors and one.document_prefix)


@cache
def organisations(count: int) -> County:
    """Return a county with this many organisations (a multiple of 5,000)."""
    townships = tuple(township.name for township in catalogue_current().townships)
    return county(scale=count // ORGANISATIONS_AT_SCALE_1, seed=SEED, on_date=ON_DATE, townships=townships)


def register_file(count: int) -> Path:
    """Return the register of this many organisations as CSV."""
    folder = FOLDER / f"register-{count}"
    found = list(folder.glob("*.csv"))
    if found:
        return found[0]
    path, _ = register_write(folder=folder, county=organisations(count))
    return path


def penalty_file(rows: int, *, form: FileFormat = FileFormat.CSV_UTF8, count: int = 100_000) -> Path:
    """Return a file of ``rows`` penalties on ``count`` organisations, with the catalogue's titles as header."""
    path = FOLDER / f"penalties-{rows}-{count}-{form.value}{form.suffix}"
    if not path.exists():
        frame = penalties(rows, count=count)
        temporary = path.with_name(f".{path.name}")
        table_write(path=temporary, frame=frame, layout=Layout(format=form), title="", sheet="行政处罚")
        temporary.rename(path)
    return path


def penalties(rows: int, *, count: int = 100_000) -> pl.DataFrame:
    """Return the rows as text, one column per field of the item, headed with its title."""
    catalogue = catalogue_current()
    item = catalogue.item(ITEM)
    parts = [_portion(catalogue, number, min(_PORTION, rows - start), count) for number, start in _starts(rows)]
    names = {field.name: field.title for field in item.fields}
    frame = pl.concat(parts)
    return frame.select(pl.col(name).alias(title) for name, title in names.items() if name in frame.columns)


def _starts(rows: int) -> list[tuple[int, int]]:
    return list(enumerate(range(0, rows, _PORTION)))


def _portion(catalogue: Catalogue, number: int, rows: int, count: int) -> pl.DataFrame:
    made = organisations(count)
    order = Order(item_id=ITEM, count=rows, number=number, seed=SEED, on_date=ON_DATE, organs=[organ()])
    frame = records(order=order, organisations=made.organisations)
    names = {field.name for field in catalogue.item(ITEM).fields}
    frame = frame.select([name for name in frame.columns if name.startswith("_") or name in names])
    draws = Draws(seed=SEED, name=f"dirt:{order.name}")
    frame = with_material(frame=frame, unregistered=made.unregistered, draws=draws)
    return soil(frame=frame, kinds=kinds_of_dirt(on_date=ON_DATE), draws=draws)
