"""The synthetic county: invented, deterministic, dirty in known ways."""

import csv
import json
from datetime import date
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from python_calamine import CalamineWorkbook
from stdnum.cn import uscc as reference

from xinheng.catalogue.selectors import catalogue_current
from xinheng.kernel.personal import resident_id_is_valid
from xinheng.kernel.text import document_no_key
from xinheng.synth.domain import codes
from xinheng.synth.domain.dirt import kinds_of_dirt
from xinheng.synth.domain.organisations import county
from xinheng.synth.errors import FolderNotEmpty, ScaleOutOfRange
from xinheng.synth.services import county_write

TODAY = date(2026, 11, 22)
TOWNS = ("永安街道", "夔门街道")


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    out = tmp_path_factory.mktemp("county")
    county_write(out=out, scale=1, seed=7, on_date=TODAY, catalogue=catalogue_current())
    return out


@pytest.fixture(scope="module")
def truth(folder):
    return pl.read_parquet(folder / "truth.parquet")


def rows_of(path: Path) -> list[list[str]]:
    if path.suffix == ".xlsx":
        book = CalamineWorkbook.from_path(str(path))
        return [[str(cell) for cell in row] for row in book.get_sheet_by_index(0).to_python(skip_empty_area=False)]
    data = path.read_bytes()
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = data.decode("gb18030")
    return list(csv.reader(text.splitlines()))


class TestCodes:
    def test_codes_pass_the_reference_implementation(self):
        made = county(scale=1, seed=3, on_date=TODAY, townships=TOWNS).organisations
        regular = made.filter(~pl.col("irregular") & (pl.col("kind") != "N3"))
        # python-stdnum does not know N3, the village collectives.
        assert all(reference.is_valid(code) for code in regular["uscc"])
        assert not any(reference.is_valid(code) for code in made.filter("irregular")["uscc"])

    def test_every_code_is_of_the_county_and_of_nobody(self):
        made = county(scale=1, seed=3, on_date=TODAY, townships=TOWNS).organisations
        assert made["uscc"].str.slice(2, 8).unique().to_list() == ["500236XN"]
        assert made["uscc"].n_unique() == made.height

    def test_a_spoiled_code_differs_in_its_last_character_only(self):
        made = county(scale=1, seed=3, on_date=TODAY, townships=TOWNS).organisations
        spoiled = codes.spoiled_check(codes=made["uscc"])
        assert (spoiled != made["uscc"]).all()
        assert (spoiled.str.slice(0, 17) == made["uscc"].str.slice(0, 17)).all()

    def test_resident_ids_are_found_by_the_scanner_and_were_never_issued(self):
        made = codes.resident_ids(serials=np.arange(500))
        assert all(resident_id_is_valid(number) for number in made)
        assert set(made.str.slice(14, 3)) == {"000"}

    def test_registration_numbers_have_fifteen_digits(self):
        made = codes.registration_numbers(serials=np.arange(1, 500))
        assert made.str.contains(r"^500236\d{9}$").all()
        assert made.n_unique() == made.len()


class TestOrganisations:
    def test_every_name_says_that_it_is_invented(self):
        made = county(scale=2, seed=7, on_date=TODAY, townships=TOWNS)
        for frame in (made.organisations, made.unregistered):
            assert frame["name"].str.ends_with("（演示）").all()
            assert frame["new_name"].str.ends_with("（演示）").all()

    def test_names_are_unique_but_for_the_homonyms(self):
        made = county(scale=2, seed=7, on_date=TODAY, townships=TOWNS).organisations
        assert made.filter(~pl.col("is_homonym"))["name"].is_unique().all()
        assert made.filter("is_homonym").height >= 2
        assert set(made.filter("is_homonym")["kind"]) == {"92"}

    def test_scale_multiplies(self):
        assert county(scale=3, seed=7, on_date=TODAY, townships=TOWNS).organisations.height == 15_000


class TestCounty:
    def test_counts(self, folder, truth):
        said = json.loads((folder / "truth.json").read_text(encoding="utf-8"))
        assert said["organisations"] == 5_000
        assert 20_000 <= truth.height <= 24_000
        assert said["records"] == truth.height == len(said["rows"])
        assert sum(file["rows"] for file in said["files"]) == truth.height

    def test_every_file_holds_the_rows_the_truth_names(self, folder, truth):
        for (name,), rows in truth.partition_by("file", as_dict=True).items():
            written = rows_of(folder / name)
            assert len(written) == rows["row"].max(), name
            assert rows["row"].is_unique().all()

    def test_every_kind_of_dirt_occurs(self, truth):
        wanted = {kind.id for kind in kinds_of_dirt(on_date=TODAY)}
        rare = {"letter_l"}  # needs a 1 in the body
        assert wanted - set(truth["dirt"]) <= rare

    def test_formats_and_headings_vary(self, folder, truth):
        headings = set()
        for name in truth["file"].unique():
            headings |= {cell for row in rows_of(folder / name)[:4] for cell in row}
        assert {"行政处罚决定书文号", "CF_WSH", "XK_WSH", "经办科室"} <= headings

    def test_only_accepted_rows_are_shown(self, truth):
        assert truth.filter(pl.col("shown"))["outcome"].unique().to_list() == ["accepted"]
        assert truth.filter("shown").height > 10_000
        assert not truth.filter(pl.col("dirt") == "on_the_spot")["shown"].any()

    def test_old_data_is_never_late(self, folder, truth):
        files = json.loads((folder / "truth.json").read_text(encoding="utf-8"))["files"]
        legacy = [file["path"] for file in files if file["is_legacy"]]
        assert truth.filter(pl.col("file").is_in(legacy))["late_workdays"].max() == 0
        assert truth.filter(pl.col("dirt") == "late")["late_workdays"].min() > 0
        assert truth.filter(pl.col("late_workdays") > 0)["dirt"].unique().to_list() == ["late"]

    def test_a_file_sent_twice_gives_nothing_new(self, truth):
        again = truth.filter(pl.col("file").str.contains("重复报送"))
        assert again.height >= 300
        assert "accepted" not in set(again["outcome"])

    def test_acts_name_written_records_and_one_unknown(self, folder):
        acts = json.loads((folder / "truth.json").read_text(encoding="utf-8"))["acts"]
        assert {act["item_id"] for act in acts} == {"revocation", "repair_result", "list_removal"}
        for act in acts:
            rows = rows_of(folder / act["path"])
            numbers = {document_no_key(cell) for row in rows for cell in row}
            assert {document_no_key(number) for number in act["targets"]} <= numbers
            assert len(rows) == 1 + len(act["targets"]) + act["unknown"]

    def test_the_same_seed_writes_the_same_bytes(self, folder, tmp_path):
        county_write(out=tmp_path / "again", scale=1, seed=7, on_date=TODAY, catalogue=catalogue_current())
        for path in sorted(folder.rglob("*")):
            if path.is_file() and path.suffix != ".parquet":
                assert (tmp_path / "again" / path.relative_to(folder)).read_bytes() == path.read_bytes(), path.name

    def test_another_seed_writes_another_county(self, folder, tmp_path):
        county_write(out=tmp_path / "other", scale=1, seed=8, on_date=TODAY, catalogue=catalogue_current())
        name = "登记库/登记库（演示）.csv"
        assert (tmp_path / "other" / name).read_bytes() != (folder / name).read_bytes()

    def test_a_folder_with_other_things_is_left_alone(self, tmp_path):
        (tmp_path / "mine.txt").write_text("mine")
        with pytest.raises(FolderNotEmpty, match="已有别的内容"):
            county_write(out=tmp_path, scale=1, seed=7, on_date=TODAY, catalogue=catalogue_current())
        assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]

    @pytest.mark.parametrize("scale", [0, 201])
    def test_a_scale_out_of_range_is_refused(self, tmp_path, scale):
        with pytest.raises(ScaleOutOfRange):
            county_write(out=tmp_path / "x", scale=scale, seed=7, on_date=TODAY, catalogue=catalogue_current())
