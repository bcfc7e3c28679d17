"""The real registers load, with counts; matching and search hold on them. Skipped where the folder is absent."""

import csv
import gzip
import json
import time
from collections import Counter
from datetime import date, datetime
from pathlib import Path

import pyarrow as pa
import pytest

from xinheng.adapters.clock import CHINA
from xinheng.subjects import domain, selectors, services
from xinheng.subjects.models import Subject, SubjectName

pytestmark = [pytest.mark.django_db, pytest.mark.real]

NOW = datetime(2026, 11, 22, 9, 0, tzinfo=CHINA)


def load(folder: Path, name: str) -> services.RegisterReport:
    return services.register_import(path=folder / "register" / name, actor="test", now=NOW)


def rows(folder: Path, name: str) -> list[dict[str, str]]:
    opener = gzip.open if name.endswith(".gz") else open
    with opener(folder / "register" / name, "rt", encoding="utf-8-sig") as file:
        return list(csv.DictReader(file))


def test_county_and_municipality(real_data: Path) -> None:
    county = load(real_data, "fengjie.csv")
    assert (county.counts["rows"], county.counts["new"], county.counts["refused"]) == (810, 810, 0)

    began = time.perf_counter()
    whole = load(real_data, "chongqing.csv.gz")
    assert time.perf_counter() - began < 120, "the figure on two idle cores is about ten seconds"
    assert (whole.counts["rows"], whole.counts["refused"]) == (68_439, 0)
    assert whole.counts["unchanged"] == 810
    assert whole.counts["new"] == 67_629
    # The one code that is no USCC is a co-operative's registration number; one row has its cells shifted.
    assert Counter(note.note_code for note in whole.notes) == {"registration_no_in_uscc_column": 1, "cell_left_out": 3}
    assert Subject.objects.filter(kind="SOLE_TRADER").count() == 1_419

    again = load(real_data, "chongqing.csv.gz")
    assert again.counts["unchanged"] == 68_439
    assert again.changes == ()
    assert SubjectName.objects.count() == 68_439

    # Every registered organisation is found again by its code, and by its name alone unless two share it.
    asked = rows(real_data, "chongqing.csv.gz")
    table = pa.table(
        {
            "row": range(len(asked)),
            "uscc": [row["统一社会信用代码"] for row in asked],
            "name": [row["企业名称"] for row in asked],
            "decision_date": pa.array([date(2026, 1, 1)] * len(asked)),
        }
    )
    by_code = services.match_arrow(table=table)
    assert Counter(by_code["how"].to_pylist()) == {"USCC": 68_438, "REGISTRATION_NO": 1}
    by_name = services.match_arrow(table=table.drop_columns("uscc"), fuzzy_rows=0)
    answers = list(zip(by_name["subject_id"].to_pylist(), by_code["subject_id"].to_pylist(), strict=True))
    assert all(found in {None, right} for found, right in answers), "a name alone attached a row to somebody else"
    assert sum(found is not None for found, _ in answers) > 68_000

    found = selectors.subject_search(query="重庆")
    assert found.too_common
    assert not selectors.subject_search(query="夔门").too_common


def test_issued_codes_that_fail_the_check(real_data: Path) -> None:
    report = load(real_data, "issued_but_fails_check_digit.csv")
    assert (report.counts["new"], report.counts["irregular_codes"], report.counts["refused"]) == (92, 92, 0)
    written = {row["统一社会信用代码(原样)"] for row in rows(real_data, "issued_but_fails_check_digit.csv")}
    assert selectors.irregular_codes() == written
    slips = {
        row["统一社会信用代码(原样)"]
        for row in rows(real_data, "issued_but_fails_check_digit.csv")
        if row["错误类别"] == "complement"
    }
    assert {code for code in written if domain.uscc_is_complement_slip(code)} == slips


def test_older_codes(real_data: Path) -> None:
    report = load(real_data, "legacy_code_in_uscc_field.csv")
    assert report.counts["rows"] == 2_032
    assert Counter(row.reason_code for row in report.refused) == {"no_code": 6, "no_such_code": 3}
    assert Subject.objects.filter(uscc__isnull=True, registration_no__isnull=False).count() == 2_017
    assert Subject.objects.filter(organisation_code__isnull=False).count() == 6
    assert all(row.reason for row in report.refused)


def test_names_of_all_provinces(real_data: Path) -> None:
    report = load(real_data, "national_sample_20k.csv")
    assert (report.counts["rows"], report.counts["new"], report.counts["refused"]) == (20_150, 20_150, 0)


def test_vectors(real_data: Path) -> None:
    vectors = json.loads((real_data / "register" / "uscc_test_vectors.json").read_text(encoding="utf-8"))
    assert all(domain.uscc_is_valid(code) for code in vectors["valid"])
    assert not any(domain.uscc_is_valid(code) for code in vectors["invalid"])
    assert not any(domain.uscc_is_valid(code) for code in vectors["real_but_check_digit_fails"])
