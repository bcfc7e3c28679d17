"""Two readings of the law, written apart, come to the same: the record-checker's and the one that the doors read."""

import uuid
from datetime import date, timedelta

import pytest
from django.conf import settings
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from xinheng.catalogue.selectors import catalogue_current
from xinheng.kernel.dates import LONG_TERM
from xinheng.publicity.selectors import decide, law_current
from xinheng.recheck.domain import Row, law_read
from xinheng.recheck.domain.law import law_of
from xinheng.records.models import CurrentRecord

LAW = law_read(settings.XINHENG_CATALOGUE_DIR)
DAYS = st.dates(date(2016, 1, 1), date(2031, 1, 1))
MAYBE = st.none() | DAYS
CATALOGUE = catalogue_current()
SOME_MARK = st.sampled_from(["withdrawn", "held", "revoked_date", "repaired_date", "delisted_date", "on_the_spot"])


@st.composite
def rows(draw):
    item = draw(st.sampled_from([one.id for one in CATALOGUE.items] + ["nothing_known"]))
    organ = draw(st.sampled_from([one.code for one in CATALOGUE.organs] + ["11500236DM0000999X"]))
    lists = [one.id for one in CATALOGUE.list_types] + ["Z99", None]
    decided = draw(DAYS)
    words = ["PUBLIC", "可向社会公开", "LIMITED", "", "公开"]
    values = {
        "seq": 1,
        "record_id": str(uuid.uuid4()),
        "item_id": item,
        "organ_code": organ,
        "catalogue_hash": CATALOGUE.hash,
        "legal_basis": "",
        "decision_date": decided,
        "valid_to": draw(MAYBE | st.sampled_from([LONG_TERM, date(2100, 1, 1)])),
        "display_from": draw(st.none() | st.integers(0, 400).map(lambda days: decided + timedelta(days=days))),
        "statutory_until": draw(MAYBE | st.just(LONG_TERM)),
        "list_type": draw(st.sampled_from(lists)) if "list" in item else draw(st.sampled_from([None, None, "B01"])),
        "penalty_mask": draw(st.integers(0, 2**14 - 1) | st.sampled_from([0, 1, 2, 4, 6, 8])),
        "fine_fen": draw(st.none() | st.integers(0, 10**9)),
        "on_the_spot": False,
        "withdrawn": False,
        "held": False,
        "revoked_date": None,
        "repaired_date": None,
        "delisted_date": None,
        "disputed_until": draw(st.none() | st.none() | MAYBE),
        "fields": {"commitment_disclosure": draw(st.sampled_from(words))},
        "of_sole_trader": False,
    }
    for name in draw(st.lists(SOME_MARK, max_size=1)) if draw(st.booleans()) else []:
        values[name] = decided if name.endswith("_date") else True
    return Row(**values)


def record_of(row):
    names = {name: getattr(row, name) for name in Row.__slots__} if hasattr(Row, "__slots__") else vars(row)
    values = {name: value for name, value in names.items() if name != "of_sole_trader"}
    since = None if row.disputed_until is None else row.decision_date
    return CurrentRecord(**values, basis_confidence="SOURCED", disputed_since=since)


@hypothesis_settings(max_examples=400)
@given(row=rows(), on_date=DAYS)
def test_both_come_to_the_same_end(row, on_date):
    decision = decide(record=record_of(row), on_date=on_date, law=law_current())
    until = LAW.shown_until(row, on_date)
    assert (until is not None) == decision.shown
    if decision.shown:
        assert (None if until == date.max else until) == decision.term.end


def test_a_kept_catalogue_is_read_as_its_files_are():
    kept = law_of([CATALOGUE.as_json])
    for name in ("items", "clocks", "lists", "organs", "instruments"):
        assert set(getattr(kept, name)) == set(getattr(LAW, name))
    assert kept.public_words == LAW.public_words
    assert {one["in_force"] for one in kept.regimes} == {one["in_force"] for one in LAW.regimes}


@pytest.mark.parametrize(
    ("basis", "decided", "holds"),
    [
        ("all", date(2026, 3, 12), True),
        ("all", date(1990, 1, 1), False),
        ("《演示条例》第一条", date(2026, 3, 12), False),
        ("", date(2026, 3, 12), False),
    ],
)
def test_a_basis_must_have_been_in_force(basis, decided, holds):
    item = CATALOGUE.item("administrative_penalty")
    text = CATALOGUE.basis_text(item.basis) if basis == "all" else basis
    row = Row(**dict.fromkeys(Row.__slots__) | {"item_id": item.id, "legal_basis": text, "decision_date": decided})
    assert LAW.has_basis(row, of_then=None) is holds
    assert LAW.has_basis(row, of_then=law_of([CATALOGUE.as_json])) is holds
