"""The SQL of a display term is the rules' own answer, on random facts, under the real catalogue and under invented ones."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase
from tests.factories.records import draft, make_subject, publish

from xinheng.catalogue.domain import ClockStart, Confidence, EndRule, Severity
from xinheng.catalogue.selectors import catalogue_current
from xinheng.publicity.expressions import ALWAYS, NEVER, display_end
from xinheng.publicity.selectors.deciding import facts_of
from xinheng.publicity.selectors.law import law_current
from xinheng.records.models import CurrentRecord
from xinheng.rules.domain import ClassRule, DisplayRule, ListRule, Regime, Term
from xinheng.rules.domain.display import display_term

BOUNDARIES = [date(2019, 7, 1), date(2023, 5, 1), date(2025, 12, 25), date(2026, 4, 1), date(2024, 2, 29), date(2026, 8, 31)]
days = st.one_of(
    st.dates(date(2016, 1, 1), date(2029, 12, 31)),
    st.tuples(st.sampled_from(BOUNDARIES), st.integers(-2, 2)).map(lambda pair: pair[0] + timedelta(days=pair[1])),
)
months = st.sampled_from([0, 1, 3, 6, 12, 36, 60])
kinds = st.sampled_from([*map(str, range(1, 14)), "99"])
fines = st.sampled_from([0, 1, 100, 5_000_000, 5_000_001])
kind_sets = st.frozensets(kinds, max_size=3)


@st.composite
def rows(draw, item_ids, organs, lists):
    return [
        {
            "item_id": draw(st.sampled_from(item_ids)),
            "document_no": f"演示{n}号",
            "decision_date": draw(days),
            "display_from": draw(st.none() | days),
            "valid_to": draw(st.none() | days | st.sampled_from([date(2099, 12, 31), date(2099, 12, 30)])),
            "statutory_until": draw(st.none() | st.none() | days | st.just(date(2099, 12, 31))),
            "list_type": draw(st.none() | st.sampled_from(lists)),
            "penalty_mask": draw(st.integers(0, 2**14 - 1) | st.sampled_from([1 << k for k in range(14)])),
            "fine_fen": draw(st.none() | fines),
            "on_the_spot": draw(st.booleans()),
            "organ_code": draw(st.sampled_from(organs)),
        }
        for n in range(draw(st.integers(1, 12)))
    ]


def publish_rows(drawn):
    subject = make_subject()
    for item_id in sorted({row["item_id"] for row in drawn}):
        chosen = [{k: v for k, v in row.items() if k != "item_id"} for row in drawn if row["item_id"] == item_id]
        publish(*[draft(subject_id=subject, person={}, **row) for row in chosen], item_id=item_id, item_kind="OTHER")


def expected_end(record, on_date, book, law):
    term = display_term(
        facts=facts_of(record=record, law=law),
        on_date=on_date,
        rules=book.display_rules,
        regimes=book.regimes,
        lists=book.lists,
    )
    if not term.shown:
        return NEVER
    return ALWAYS if term.end is None else term.end


def assert_same(on_date, book, law):
    end = display_end(book=book, on_date=on_date, organs_of=law.organs_of)
    found = CurrentRecord.objects.annotate(display_end=end)
    for record in found:
        assert record.display_end == expected_end(record, on_date, book, law), (record.item_id, record.decision_date, on_date)


@st.composite
def regimes(draw, item_ids):
    in_force = draw(days)
    severities = [Severity.MINOR, Severity.GENERAL, Severity.SERIOUS]

    def class_rule(**conditions):
        return ClassRule(
            severity=draw(st.sampled_from(severities)), confidence=Confidence.PROVISIONAL, reference="演示", **conditions
        )

    classes = [
        class_rule(
            any_kinds=draw(kind_sets),
            only_kinds=draw(kind_sets),
            on_the_spot=draw(st.none() | st.booleans()),
            sectors=draw(st.sampled_from([frozenset(), frozenset({"market_supervision"}), frozenset({"无此领域"})])),
            min_fine_fen=draw(st.none() | fines),
        )
        for _ in range(draw(st.integers(0, 3)))
    ]
    return Regime(
        id="演示",
        title="演示规定",
        item_ids=tuple(draw(st.sets(st.sampled_from(item_ids)))),
        in_force=in_force,
        until=draw(st.none() | st.integers(0, 2000).map(lambda n: in_force + timedelta(days=n))),
        clock_start=draw(st.sampled_from([ClockStart.DECISION_DATE, ClockStart.DISPLAY_FROM])),
        clock_confidence=Confidence.PROVISIONAL,
        sectors=draw(st.sampled_from([frozenset(), frozenset(), frozenset({"market_supervision", "tax"})])),
        classes=(*classes, class_rule()),
        terms={
            severity: Term(
                severity=severity,
                shown=draw(st.sampled_from([True, True, True, False])),
                min_months=None,
                max_months=draw(st.none() | months),
                confidence=Confidence.PROVISIONAL,
            )
            for severity in severities
        },
        confidence=Confidence.PROVISIONAL,
        reference="演示",
        version="演示@1",
    )


@st.composite
def display_rules(draw, item_ids):
    in_force = draw(days)
    return DisplayRule(
        item_id=draw(st.sampled_from(item_ids)),
        end_rule=draw(st.sampled_from(list(EndRule))),
        months=draw(months),
        start=draw(st.sampled_from(list(ClockStart))),
        adverse=draw(st.booleans()),
        in_force=in_force,
        until=draw(st.none() | st.integers(0, 3000).map(lambda n: in_force + timedelta(days=n))),
        confidence=Confidence.PROVISIONAL,
        reference="演示",
        version="演示@1",
    )


@st.composite
def list_rules(draw, list_type):
    return ListRule(
        list_type=list_type,
        title="演示名单",
        term_months=draw(st.none() | months),
        term_stated=draw(st.booleans()),
        until_corrected=draw(st.booleans()),
        early_exit_months=draw(st.none() | months),
        severity=None,
        accepted=draw(st.booleans()),
        refused_because="",
        confidence=Confidence.PROVISIONAL,
        reference="演示",
        version="演示@1",
    )


QUIET = settings(deadline=None, max_examples=30, suppress_health_check=list(HealthCheck))


class TestSameAnswer(TestCase):
    @QUIET
    @given(data=st.data(), on_date=days)
    def test_under_the_catalogue_in_force(self, data, on_date):
        catalogue = catalogue_current()
        law = law_current()
        organs = [*[organ.code for organ in catalogue.organs][:6], "11500236MB演示9999"]
        lists = [spec.id for spec in catalogue.list_types] + ["Z99"]
        items = [item.id for item in catalogue.items] + ["没有的信息项"]
        with transaction.atomic():
            publish_rows(data.draw(rows(items, organs, lists)))
            assert_same(on_date, law.book, law)
            transaction.set_rollback(True)

    @QUIET
    @given(data=st.data(), on_date=days)
    def test_under_an_invented_law(self, data, on_date):
        law = law_current()
        items, lists = ["a", "b"], ["L1", "L2"]
        market = min(law.organs_of(frozenset({"market_supervision"})))
        book = replace(
            law.book,
            regimes=tuple(data.draw(st.lists(regimes(items), max_size=3))),
            display_rules=tuple(data.draw(st.lists(display_rules(items), max_size=4))),
            lists={list_type: data.draw(list_rules(list_type)) for list_type in lists[:1]},
        )
        with transaction.atomic():
            publish_rows(data.draw(rows([*items, "c"], [market, "11500236MB演示9999"], lists)))
            assert_same(on_date, book, law)
            transaction.set_rollback(True)


@pytest.mark.django_db
@pytest.mark.parametrize("later_is_adverse", [True, False])
@pytest.mark.parametrize("on_date", [date(2019, 7, 1), date(2020, 1, 1)])
def test_a_rule_says_adverse_only_of_what_it_applies_to(later_is_adverse, on_date):
    law = law_current()
    rule = DisplayRule(
        item_id="a",
        end_rule=EndRule.VALID_TO,
        months=0,
        start=ClockStart.DECISION_DATE,
        adverse=not later_is_adverse,
        in_force=date(2016, 1, 1),
        until=None,
        confidence=Confidence.PROVISIONAL,
        reference="演示",
        version="演示@1",
    )
    later = replace(rule, adverse=later_is_adverse, in_force=date(2020, 1, 1))
    decided = {"decision_date": date(2016, 1, 1), "valid_to": None, "penalty_mask": 0, "organ_code": "11500236MB演示9999"}
    publish_rows([{"item_id": "a", "document_no": "演示1号", **decided}])
    book = replace(law.book, display_rules=(rule, later), regimes=(), lists={})
    assert_same(on_date, book, law)
    assert end_in_sql(on_date, book, law) == (ALWAYS if later_is_adverse and on_date < later.in_force else NEVER)


def end_in_sql(on_date, book, law):
    end = display_end(book=book, on_date=on_date, organs_of=law.organs_of)
    return CurrentRecord.objects.annotate(display_end=end).get().display_end


@pytest.mark.django_db
def test_an_empty_law_shows_nothing():
    law = law_current()
    publish(draft(subject_id=make_subject()))
    assert_same(date(2026, 4, 1), replace(law.book, regimes=(), display_rules=(), lists={}), law)
