"""The rules of intake say of every synthetic row what its truth says."""

from datetime import date

import polars as pl
import pytest

from xinheng.catalogue.selectors import catalogue_current
from xinheng.intake.checking import CheckContext, check
from xinheng.intake.errors import FileRefused
from xinheng.intake.reading import land

TODAY = date(2026, 11, 22)


def test_every_row_fares_as_its_truth_says(folder, truth, chosen, irregular, tmp_path):
    wrong = []
    for number, file in enumerate(chosen):
        catalogue = catalogue_current()
        landed = land(
            folder / file["path"],
            out=tmp_path / f"{number}.parquet",
            catalogue=catalogue,
            item_id=None,
            known_codes=irregular,
        )
        context = CheckContext(on_date=TODAY, organ_code=file["organ_code"], known_codes=irregular, legacy=file["is_legacy"])
        checked = check(landed=landed, catalogue=catalogue, context=context)
        assert (landed.item_id, landed.row_count) == (file["item_id"], file["rows"])
        found = pl.from_arrow(checked.verdicts).select(
            row="_row",
            got=pl.when("person").then(pl.lit("person"))
            .when("refused").then(pl.lit("returned"))
            .when("duplicate").then(pl.lit("duplicate"))
            .otherwise(pl.lit("accepted")),
        )  # fmt: skip
        # Whose a row is, is the register's question; the rules let a doubtful row pass.
        expected = truth.filter(pl.col("file") == file["path"]).with_columns(
            want=pl.col("outcome").replace("doubtful", "accepted")
        )
        compared = expected.join(found, on="row", how="full", coalesce=True)
        wrong += compared.filter(pl.col("got").ne_missing(pl.col("want"))).select("file", "row", "dirt", "want", "got").rows()
    assert wrong == []


def test_files_to_be_refused_are_refused(folder, said, tmp_path):
    for file in said["refused"]:
        with pytest.raises(FileRefused):
            land(folder / file["path"], out=tmp_path / "x.parquet", catalogue=catalogue_current(), item_id=None)
        assert not (tmp_path / "x.parquet").exists()


def test_acts_are_read_as_their_item(folder, said, tmp_path):
    for number, act in enumerate(said["acts"]):
        landed = land(folder / act["path"], out=tmp_path / f"act{number}.parquet", catalogue=catalogue_current(), item_id=None)
        assert landed.item_id == act["item_id"]
        assert landed.row_count == len(act["targets"]) + act["unknown"]
