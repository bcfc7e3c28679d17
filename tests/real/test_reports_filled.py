"""Run 2: the same reports with their gaps filled by invented values and the named parties in a test register."""

from datetime import date, datetime

import polars as pl
import pytest

from tests.real import converting
from tests.real.test_reports_as_they_are import LICENCES, PENALTIES
from xinheng.adapters.clock import CHINA
from xinheng.catalogue.selectors import catalogue_current
from xinheng.intake.checking import CheckContext, check
from xinheng.intake.reading import land
from xinheng.subjects import services as subjects

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 11, 22, 9, 0, tzinfo=CHINA)
TODAY = date(2026, 11, 22)


def reports(real_data):
    """Return the filled rows of both reports by item."""
    return {
        "administrative_penalty": converting.penalties_filled(converting.penalties(real_data / PENALTIES)),
        "administrative_licence": converting.licences_filled(converting.licences(real_data / LICENCES)),
    }


def register(rows, folder):
    """Put the named parties into the test's register."""
    path = folder / "register.csv"
    converting.register_rows(rows).write_csv(path, include_bom=True)
    return subjects.register_import(path=path, actor="测试", now=NOW, is_demo=True)


@pytest.mark.parametrize("item_id", ["administrative_penalty", "administrative_licence"])
def test_filled_rows_pass_and_find_their_party(real_data, tmp_path, item_id):
    rows = reports(real_data)[item_id]
    report = register(rows, tmp_path)
    assert report.counts["refused"] == 0
    catalogue = catalogue_current()
    path = converting.template_write(rows, item=catalogue.item(item_id), path=tmp_path / "filled.csv")
    landed = land(path, out=tmp_path / "filled.parquet", catalogue=catalogue, item_id=item_id)
    checked = check(landed=landed, catalogue=catalogue, context=CheckContext(on_date=TODAY, legacy=True))
    verdicts = pl.from_arrow(checked.verdicts)
    findings = pl.read_parquet(checked.findings).filter(pl.col("severity") == "REFUSE")
    # What no filling mends is a code that is none; nothing else is refused.
    assert set(findings["rule"]) <= {"V01"}
    refused = verdicts.filter("refused")
    assert refused.height == findings["row"].n_unique() <= 2

    passed = verdicts.filter(~pl.col("refused"))["_row"] - 2
    asked = rows[passed.to_list()].with_columns(
        row=pl.Series(passed), name="subject_name", decision_date=pl.col("decision_date").str.to_date()
    )
    answer = pl.from_arrow(subjects.match_arrow(table=asked.select("row", "uscc", "name", "decision_date").to_arrow()))
    known = set(converting.register_rows(rows)["统一社会信用代码"])
    doubtful = answer.filter(pl.col("subject_id").is_null()).join(asked, on="row")
    # Old codes in the place of the new one are in no register; one code under two names is for a person to decide.
    named = dict(converting.register_rows(rows).select("统一社会信用代码", "名称").iter_rows())
    for code, name in doubtful.select("uscc", "subject_name").iter_rows():
        assert code not in known or named[code] != name
    assert doubtful.height <= 0.03 * rows.height
