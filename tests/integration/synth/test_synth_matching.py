"""After the delta the register knows organisations by the names they had before."""

from datetime import datetime

import polars as pl
import pytest

from xinheng.adapters.clock import CHINA
from xinheng.catalogue.selectors import catalogue_current
from xinheng.intake.reading import land
from xinheng.kernel.dates import parse_date
from xinheng.subjects import services
from xinheng.subjects.models import Subject

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 11, 22, 9, 0, tzinfo=CHINA)
ROLES = ("uscc", "registration_no", "organisation_code", "subject_name", "decision_date")


def asked(file, folder, irregular, out):
    """Return the rows of a file as questions to the register."""
    catalogue = catalogue_current()
    landed = land(folder / file["path"], out=out, catalogue=catalogue, item_id=file["item_id"], known_codes=irregular)
    item = catalogue.item(landed.item_id)
    keys = {role: field.key for role in ROLES if (field := item.field_by_role(role)) is not None}
    cells = pl.read_parquet(landed.parquet).select(row="_row", **{role: pl.col(key) for role, key in keys.items()})
    days = pl.Series([parse_date(cell) for cell in cells["decision_date"]], dtype=pl.Date)
    return cells.with_columns(decision_date=days).rename({"subject_name": "name"})


def matched(file, folder, irregular, tmp_path, truth, *, outcomes):
    """Return the truth of a file's rows beside the register's answer."""
    wanted = truth.filter((pl.col("file") == file["path"]) & pl.col("outcome").is_in(outcomes))
    out = tmp_path / f"{abs(hash(file['path']))}.parquet"
    questions = asked(file, folder, irregular, out).join(wanted.select("row"), on="row", how="semi")
    answer = pl.from_arrow(services.match_arrow(table=questions.to_arrow()))
    codes = dict(Subject.objects.filter(id__in=answer["subject_id"].drop_nulls().to_list()).values_list("id", "uscc"))
    found = answer.select(
        "row",
        "how",
        "reason",
        code=pl.col("subject_id").replace_strict(codes, default="", return_dtype=pl.String).fill_null(""),
    )
    return wanted.join(found, on="row")


def test_after_the_delta_former_names_are_known(folder, said, truth, irregular, tmp_path):
    for name in ("register", "delta"):
        services.register_import(path=folder / said[name]["path"], actor="演示", now=NOW, is_demo=True)
    (later,) = [file for file in said["files"] if file["wave"] == 2]
    rows = matched(later, folder, irregular, tmp_path, truth, outcomes=["accepted"])
    assert rows.height == later["rows"]
    assert (rows["code"] == rows["subject"]).all()
    assert set(rows.filter(pl.col("dirt") == "former_name_only")["how"]) == {"FORMER_NAME"}
