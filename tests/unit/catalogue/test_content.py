"""The catalogue that is shipped: columns, codes, organs, calendar."""

import datetime as dt
import json
from pathlib import Path

import chinese_calendar
import pytest
from django.conf import settings
from stdnum.cn import uscc

from xinheng.catalogue.domain import Confidence, FieldDisclosure, ItemKind, SubjectCategory
from xinheng.catalogue.selectors import catalogue_load_from

FACTS = Path(settings.PROJECT).parent / "shared/data/reference/shuanggongshi_template_facts.json"

LICENCE_COLUMNS = [
    "XK_XDR_MC",
    "XK_XDR_LB",
    "XK_XDR_SHXYM",
    "XK_XDR_GSZC",
    "XK_XDR_ZZJG",
    "XK_XDR_SWDJ",
    "XK_XDR_SYDW",
    "XK_XDR_SHZZ",
    "XK_FRDB",
    "XK_FR_ZJLX",
    "XK_FR_ZJHM",
    "XK_XDR_ZJLX",
    "XK_XDR_ZJHM",
    "XK_XKWS",
    "XK_WSH",
    "XK_XKLB",
    "XK_XKZS",
    "XK_XKBH",
    "XK_NR",
    "XK_JDRQ",
    "XK_YXQZ",
    "XK_YXQZI",
    "XK_XKJG",
    "XK_XKJGDM",
    "XK_ZT",
    "XK_LYDW",
    "XK_LYDWDM",
    "BZ",
]
PENALTY_COLUMNS = [
    "CF_XDR_MC",
    "CF_XDR_LB",
    "CF_XDR_SHXYM",
    "CF_XDR_GSZC",
    "CF_XDR_ZZJG",
    "CF_XDR_SWDJ",
    "CF_XDR_SYDW",
    "CF_XDR_SHZZ",
    "CF_FRDB",
    "CF_FR_ZJLX",
    "CF_FR_ZJHM",
    "CF_XDR_ZJLX",
    "CF_XDR_ZJHM",
    "CF_WSH",
    "CF_WFXW",
    "CF_SY",
    "CF_YJ",
    "CF_CFLB",
    "CF_NR",
    "CF_NR_FK",
    "CF_NR_WFFF",
    "CF_NR_ZKDX",
    "CF_JDRQ",
    "CF_YXQ",
    "CF_GSJZQ",
    "CF_CFJG",
    "CF_CFJGDM",
    "CF_SJLY",
    "CF_SJLYDM",
    "BZ",
]


@pytest.fixture(scope="module")
def catalogue():
    return catalogue_load_from(settings.XINHENG_CATALOGUE_DIR)


@pytest.mark.parametrize(
    ("item_id", "columns"), [("administrative_licence", LICENCE_COLUMNS), ("administrative_penalty", PENALTY_COLUMNS)]
)
def test_national_columns_in_their_order(catalogue, item_id, columns):
    assert [field.key for field in catalogue.item(item_id).fields] == columns


@pytest.mark.real
@pytest.mark.skipif(not FACTS.exists(), reason="the real data folder is not here")
@pytest.mark.parametrize(
    ("item_id", "headers"),
    [("administrative_licence", "法人行政许可模板(24列,顺序即列序)"), ("administrative_penalty", "法人行政处罚模板(26列)")],
)
def test_headers_of_the_older_template_are_known(catalogue, item_id, headers):
    item = catalogue.item(item_id)
    known = {label for field in item.fields for label in (field.title, *field.aliases)}
    assert set(json.loads(FACTS.read_text(encoding="utf-8"))[headers]) <= known


def test_headers_are_unambiguous_within_an_item(catalogue):
    for item in catalogue.items:
        labels = [label for field in item.fields for label in {field.key, field.title, *field.aliases}]
        assert len(labels) == len(set(labels)), item.id


def test_what_the_public_sees_of_a_penalty_is_the_summary(catalogue):
    item = catalogue.item("administrative_penalty")
    public = {field.name for field in item.fields if field.disclosure is FieldDisclosure.PUBLIC}
    assert {"facts", "content", "legal_ground", "remark", "legal_representative"}.isdisjoint(public)
    assert {"document_no", "violation_kind", "penalty_kinds", "fine", "organ_name", "decision_date"} <= public


def test_no_item_takes_natural_persons(catalogue):
    for entry in (*catalogue.items, *catalogue.list_types, *catalogue.measures):
        assert SubjectCategory.NATURAL_PERSON not in entry.subject_kinds


def test_identity_documents_are_never_kept(catalogue):
    for item in catalogue.items:
        for field in item.fields:
            if field.identity_document:
                assert (field.disclosure, field.role) == (FieldDisclosure.NEVER, None)


def test_code_lists_that_repeat_ids_agree_with_them(catalogue):
    assert {v.code for v in catalogue.code_list("list_types").values} == {entry.id for entry in catalogue.list_types}
    assert {v.code for v in catalogue.code_list("reported_items").values} == {
        item.id for item in catalogue.items if item.kind is not ItemKind.ACT
    }
    assert {v.code for v in catalogue.code_list("subject_categories").values} == {
        category.value for category in SubjectCategory
    }


def test_organ_codes_are_invented_marked_and_valid(catalogue):
    assert len(catalogue.townships) == 33
    assert sum(organ.township is not None for organ in catalogue.organs) == 33
    for organ in catalogue.organs:
        assert organ.is_demo
        assert organ.code[2:8] == "500236"
        assert uscc.is_valid(organ.code), organ.name


def test_organs_are_found_by_every_name(catalogue):
    organ = catalogue.organ_by_name("奉节县市场监督管理局")
    assert organ is not None
    assert organ.sectors[0] == "market_supervision"
    assert catalogue.organ_by_name("县市场监管局") == catalogue.organ_by_name("奉节县市场监管局") == organ
    assert catalogue.organ_by_name("某某局") is None


def test_names_of_organs_do_not_clash(catalogue):
    names = [name for organ in catalogue.organs for name in (organ.name, organ.short_name, *organ.aliases)]
    assert len(names) == len(set(names))


@pytest.mark.parametrize("year", range(2004, 2027))
def test_calendar_agrees_with_the_published_one(catalogue, year):
    (entry,) = [entry for entry in catalogue.calendar if entry.year == year]
    day = dt.date(year, 1, 1)
    while day.year == year:
        works = day in entry.in_lieu_working_days or (day.weekday() < 5 and day not in entry.holidays)
        assert works == chinese_calendar.is_workday(day), day
        day += dt.timedelta(days=1)


def test_unsure_values_are_marked_provisional(catalogue):
    by_id = {(regime.id, regime.in_force.year): regime for regime in catalogue.regimes}
    r3 = by_id["R3", 2026]
    (conflicting,) = [rule for rule in r3.classes if "6" in rule.any_kinds]
    assert (conflicting.severity.label, conflicting.confidence) == ("一般", Confidence.PROVISIONAL)
    assert catalogue.list_type("b09").term_confidence is Confidence.PROVISIONAL
    assert catalogue.instrument("L09-2025").confidence is Confidence.PROVISIONAL
    assert catalogue.clock("penalty_display").versions[0].confidence is Confidence.PROVISIONAL


@pytest.mark.parametrize(
    ("decided", "grounds"),
    [
        (dt.date(2018, 7, 24), []),
        (dt.date(2018, 7, 25), ["L05"]),
        (dt.date(2021, 7, 15), ["L05", "L22-PENALTY"]),
        (dt.date(2026, 5, 6), ["L05", "L22-PENALTY", "L09-2024"]),
    ],
)
def test_ground_of_a_penalty_on_its_decision_date(catalogue, decided, grounds):
    basis = catalogue.basis_on(catalogue.item("administrative_penalty").basis, on_date=decided)
    assert [reference.instrument for reference in basis] == grounds
