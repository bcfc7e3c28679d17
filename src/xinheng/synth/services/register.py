"""The register file and its first delta, in the layout of ``xinheng register template``."""

from collections.abc import Mapping
from datetime import date, timedelta
from pathlib import Path

import polars as pl

from xinheng.subjects.domain.register_columns import COLUMNS
from xinheng.synth.domain.organisations import County
from xinheng.synth.services.files import MOST_ROWS_IN_A_WORKBOOK, FileFormat, Layout, table_write

RENAMED_DAYS_AGO = 10
CANCELLED_DAYS_AGO = 5
NEW_IN_DELTA = 10
REPEATED = 5
REFUSED_OF_EACH = 3
_TITLES = {column.key: column.title for column in COLUMNS}


def register_write(*, folder: Path, county: County) -> tuple[Path, Mapping[str, int]]:
    """Write the whole register with some dirt; return its path and what must come of its rows."""
    whole = _rows(county.organisations)
    no_code = whole.head(REFUSED_OF_EACH).with_columns(
        name=pl.lit("奉节县没有代码商行（演示）"), uscc=pl.lit(""), registration_no=pl.lit("")
    )
    letter_o = whole.slice(10, REFUSED_OF_EACH).with_columns(uscc=pl.col("uscc").str.replace("0", "O", literal=True))
    two_names = whole.slice(20, REFUSED_OF_EACH).with_columns(name=pl.lit("奉节县一码两名商行（演示）"))
    repeated = whole.slice(30, REPEATED)
    frame = pl.concat([whole, no_code, letter_o, two_names, repeated])
    path = _write(folder / "登记库（演示）", frame, workbook=False)
    expected = {
        "rows": frame.height,
        "accepted": whole.height,
        "refused": 3 * REFUSED_OF_EACH,
        "duplicates": repeated.height,
    }
    return path, expected


def delta_write(*, folder: Path, county: County, on_date: date) -> tuple[Path, Mapping[str, int]]:
    """Write the changes since: renames, mergers, cancellations, corrected codes and new organisations."""
    rows = county.organisations
    renamed_on = (on_date - timedelta(days=RENAMED_DAYS_AGO)).isoformat()
    ended_on = (on_date - timedelta(days=CANCELLED_DAYS_AGO)).isoformat()
    renamed = rows.filter((pl.col("change") == "renamed") & ~pl.col("irregular"))
    cancelled = rows.filter((pl.col("change") == "cancelled") & ~pl.col("irregular"))
    merged = rows.filter((pl.col("change") == "merged") & ~pl.col("irregular"))
    survivor = rows.filter((pl.col("change") == "") & (pl.col("kind") == "91") & ~pl.col("irregular"))["uscc"][0]
    corrected = rows.filter(pl.col("irregular") & (pl.col("change") == ""))
    new = county.unregistered.head(NEW_IN_DELTA)
    frame = pl.concat(
        [
            _rows(renamed).with_columns(name=renamed["new_name"], former_names=renamed["name"], change_date=pl.lit(renamed_on)),
            _rows(cancelled).with_columns(status=pl.lit("注销"), status_date=pl.lit(ended_on)),
            _rows(merged).with_columns(status=pl.lit("注销"), status_date=pl.lit(ended_on), merged_into_uscc=pl.lit(survivor)),
            _rows(corrected).with_columns(
                uscc=corrected["valid_uscc"], previous_uscc=corrected["uscc"], change_date=pl.lit(renamed_on)
            ),
            _rows(new),
        ]
    )
    path = _write(folder / "登记库变动（演示）", frame, workbook=frame.height <= MOST_ROWS_IN_A_WORKBOOK)
    expected = {
        "rows": frame.height,
        "renamed": renamed.height,
        "cancelled": cancelled.height,
        "merged": merged.height,
        "code_changed": corrected.height,
        "new": new.height,
    }
    return path, expected


def _rows(rows: pl.DataFrame) -> pl.DataFrame:
    return rows.select(
        name="name",
        uscc="uscc",
        registration_no="registration_no",
        status=pl.lit("存续"),
        status_date=pl.lit(""),
        established_date=pl.col("established").dt.strftime("%Y-%m-%d"),
        register_organ=pl.lit("奉节县市场监督管理局"),
        province=pl.lit("重庆"),
        area=pl.lit("奉节县"),
        township="township",
        address="address",
        capital_text=pl.format("{}万元", "capital"),
        business_scope="scope",
        change_date=pl.lit(""),
        former_names=pl.lit(""),
        previous_uscc=pl.lit(""),
        merged_into_uscc=pl.lit(""),
    )


def _write(path: Path, frame: pl.DataFrame, *, workbook: bool) -> Path:
    layout = Layout(format=FileFormat.XLSX if workbook else FileFormat.CSV_UTF8_BOM)
    path = path.with_name(path.name + layout.format.suffix)
    headed = frame.rename({name: _TITLES[name] for name in frame.columns})
    table_write(path=path, frame=headed, layout=layout, title="登记库", sheet="登记库")
    return path
