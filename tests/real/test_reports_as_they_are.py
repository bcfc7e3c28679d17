"""Run 1: published reports as they are. They lack what the national template requires, and are told so row by row."""

from datetime import date

import polars as pl
import pytest

from tests.real import converting
from xinheng.catalogue.selectors import catalogue_current
from xinheng.intake.checking import CheckContext, check
from xinheng.intake.reading import land
from xinheng.subjects.domain import uscc_is_valid

TODAY = date(2026, 11, 22)
PENALTIES = "reports/financial_penalties_2024-12_2025-08.csv"
LICENCES = "reports/cosmetics_licences_2019.json"


def checked(rows, item_id, folder):
    """Land and check rows under the national template; return the verdicts and the findings."""
    catalogue = catalogue_current()
    path = converting.template_write(rows, item=catalogue.item(item_id), path=folder / f"{item_id}.csv")
    landed = land(path, out=folder / f"{item_id}.parquet", catalogue=catalogue, item_id=item_id)
    result = check(landed=landed, catalogue=catalogue, context=CheckContext(on_date=TODAY, legacy=False))
    return pl.from_arrow(result.verdicts), pl.read_parquet(result.findings)


def told(findings, rule, field):
    """Return how many rows were told this rule about this field."""
    return findings.filter((pl.col("rule") == rule) & (pl.col("field") == field))["row"].n_unique()


@pytest.fixture(scope="module")
def penalties(real_data, tmp_path_factory):
    rows = converting.penalties(real_data / PENALTIES)
    return rows, *checked(rows, "administrative_penalty", tmp_path_factory.mktemp("penalties"))


@pytest.fixture(scope="module")
def licences(real_data, tmp_path_factory):
    rows = converting.licences(real_data / LICENCES)
    return rows, *checked(rows, "administrative_licence", tmp_path_factory.mktemp("licences"))


def test_every_penalty_comes_back(penalties):
    rows, verdicts, _ = penalties
    assert rows.height == verdicts.height == 2_056
    assert verdicts["refused"].all()


@pytest.mark.parametrize(
    ("rule", "field", "lacking"),
    [
        ("C06", "CF_XDR_SHXYM", None),
        ("C01", "CF_CFJGDM", None),
        ("C01", "CF_YXQ", None),
        ("C01", "CF_FRDB", None),
        ("C01", "CF_JDRQ", "decision_date"),
        ("C01", "CF_YJ", "legal_ground"),
        ("C01", "CF_NR", "content"),
        ("C01", "CF_SY", "facts"),
        ("C01", "CF_CFJG", "organ_name"),
        ("C01", "CF_CFLB", "penalty_kinds"),
    ],
)
def test_each_gap_of_a_penalty_is_told(penalties, rule, field, lacking):
    rows, _, findings = penalties
    expected = rows.height if lacking is None else rows.filter(pl.col(lacking) == "").height
    assert told(findings, rule, field) == expected


def test_most_penalties_lack_date_and_basis(penalties):
    rows, _, findings = penalties
    assert told(findings, "C01", "CF_JDRQ") > 0.9 * rows.height
    assert told(findings, "C01", "CF_YJ") > 0.9 * rows.height


def test_a_title_in_place_of_a_number_is_asked_about(penalties):
    rows, _, findings = penalties
    titles = rows.filter(pl.col("document_no").str.contains("信息公开表$|公示表$")).height
    assert titles > 0
    assert told(findings, "Q03", "CF_WSH") >= titles


def test_every_finding_says_why_and_how(penalties, licences):
    for _, _, findings in (penalties, licences):
        for column in ("message", "expected", "fix", "ground"):
            assert (findings.filter(pl.col("row") > 0)[column] != "").all(), column


def test_every_licence_comes_back(licences):
    rows, verdicts, findings = licences
    assert rows.height == verdicts.height == 210
    assert verdicts["refused"].all()
    for field in ("XK_WSH", "XK_XKWS", "XK_XKJGDM", "XK_XKLB", "XK_ZT"):
        assert told(findings, "C01", field) == rows.height, field


def test_codes_that_are_no_codes_are_told(licences):
    rows, _, findings = licences
    wrong = [code for code in rows["uscc"] if not uscc_is_valid(code)]
    assert wrong
    assert told(findings, "V01", "XK_XDR_SHXYM") + told(findings, "V01b", "XK_XDR_SHXYM") == len(wrong)
