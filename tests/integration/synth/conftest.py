"""One synthetic county for the tests of this folder."""

import json
from datetime import date

import polars as pl
import pytest

from xinheng.catalogue.selectors import catalogue_current
from xinheng.subjects.domain import uscc_is_valid
from xinheng.synth.services import county_write

TODAY = date(2026, 11, 22)


@pytest.fixture(scope="session")
def folder(tmp_path_factory):
    """Return the folder of a county at scale 1."""
    out = tmp_path_factory.mktemp("county") / "county"
    county_write(out=out, scale=1, seed=11, on_date=TODAY, catalogue=catalogue_current())
    return out


@pytest.fixture(scope="session")
def said(folder):
    """Return what ``truth.json`` says."""
    return json.loads((folder / "truth.json").read_text(encoding="utf-8"))


@pytest.fixture(scope="session")
def truth(folder):
    """Return the fate of every row."""
    return pl.read_parquet(folder / "truth.parquet")


@pytest.fixture(scope="session")
def irregular(folder, said):
    """Return the registered codes that fail the check."""
    codes = pl.read_csv(folder / said["register"]["path"], infer_schema_length=0)["统一社会信用代码"]
    return frozenset(code for code in codes.drop_nulls() if code and not uscc_is_valid(code))


@pytest.fixture(scope="session")
def chosen(said):
    """Return a file of every item, of old and of new data."""
    files = {}
    for file in said["files"]:
        files.setdefault((file["item_id"], file["is_legacy"]), file)
    return list(files.values())
