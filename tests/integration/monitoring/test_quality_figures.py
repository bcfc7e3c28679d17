"""Counts by hand, each opening as many rows as it says; what was told on a day can be counted again as of that day."""

from datetime import date, datetime, timedelta

import pytest
from django.db import DatabaseError, connection, transaction
from tests.factories import intake_world as world
from tests.factories import monitoring as made
from tests.factories.accounts import OTHER_ORGAN, make_actor

from xinheng.accounts.domain import Role
from xinheng.adapters.clock import CHINA
from xinheng.catalogue.selectors import catalogue_current
from xinheng.intake.models import Doubt
from xinheng.intake.services import doubt_decide, submission_withdraw
from xinheng.monitoring.domain import COUNT_NAMES, Counts, Month, Part
from xinheng.monitoring.models import QualityFigure
from xinheng.monitoring.selectors import (
    SYSTEM,
    Span,
    counts_by_batch,
    counts_by_month,
    counts_of,
    figure_recomputed,
    figure_rows,
    rules_failing,
    scope_of,
)
from xinheng.monitoring.services import figures_store

pytestmark = pytest.mark.django_db
KEY = (world.ORGAN, made.ITEM)


@pytest.fixture(autouse=True)
def _organisations(db):
    made.organisations()


def _span(as_of=date(2026, 5, 31), first=date(2026, 4, 1), last=date(2026, 4, 30)):
    return Span(first=first, last=last, as_of=as_of)


def _counts(actor=SYSTEM, span=None):
    return counts_of(actor=actor, scope=scope_of(actor=actor, catalogue=catalogue_current()), span=span or _span())


def test_counts_by_hand(tmp_path):
    made.load(tmp_path, made.rows())
    assert _counts() == {KEY: made.FIRST}
    made.load(tmp_path, made.rows(), now=made.LATER)
    assert _counts() == {KEY: made.FIRST + made.AGAIN}
    # Each day has its own, and the day before knew nothing.
    assert _counts(span=_span(first=made.TODAY, last=made.TODAY)) == {KEY: made.FIRST}
    assert _counts(span=_span(as_of=made.TODAY)) == {KEY: made.FIRST}
    assert _counts(span=_span(as_of=made.TODAY - timedelta(days=1))) == {}


def test_a_batch_that_came_back_whole_counts(tmp_path):
    made.load(tmp_path, [world.penalty(2, CF_NR_FK=""), world.penalty(3, CF_WFXW="")])
    assert _counts() == {KEY: Counts(reported=2, returned=2, incomplete=1)}


def test_what_is_decided_later_does_not_change_how_it_came(tmp_path):
    made.load(tmp_path, made.rows())
    world.subject_make(4)
    chosen = world.subject_make(44)
    doubt = Doubt.objects.get()
    doubt_decide(doubt_id=doubt.pk, subject_id=chosen.pk, actor="甲", reason="核对过", confirmed_by="乙", now=made.LATER)
    assert _counts() == {KEY: made.FIRST}


def test_persons_are_not_counted(tmp_path):
    rows = [world.penalty(1), world.penalty(2, CF_XDR_LB="自然人", CF_XDR_MC="演示某", CF_XDR_SHXYM="")]
    made.load(tmp_path, rows)
    assert _counts() == {KEY: Counts(reported=1)}


def test_every_count_opens_as_many_rows(tmp_path):
    made.load(tmp_path, made.rows())
    made.load(tmp_path, made.rows(), now=made.LATER)
    scope = scope_of(actor=SYSTEM, catalogue=catalogue_current(), organ_code=world.ORGAN)
    counts = _counts()[KEY]
    for part in Part:
        found = figure_rows(actor=SYSTEM, scope=scope, span=_span(), part=part, item_id=made.ITEM)
        assert len(found) == getattr(counts, part.value), part
    late = figure_rows(actor=SYSTEM, scope=scope, span=_span(), part=Part.LATE, item_id=made.ITEM)
    assert [(row.document_no, row.decided, row.due) for row in late] == [
        ("奉市监罚字〔2026〕5号", date(2026, 4, 1), date(2026, 4, 13))
    ]
    assert len(figure_rows(actor=SYSTEM, scope=scope, span=_span(), part=Part.REPORTED, item_id=made.ITEM, limit=3)) == 3


def test_batches_and_months_add_up_to_the_whole(tmp_path):
    first = made.load(tmp_path, made.rows())
    second = made.load(tmp_path, made.rows(), now=made.LATER)
    scope = scope_of(actor=SYSTEM, catalogue=catalogue_current())
    by_batch = counts_by_batch(actor=SYSTEM, scope=scope, span=_span())
    assert [(batch.number, counts) for batch, counts in by_batch] == [(second, made.AGAIN), (first, made.FIRST)]
    by_month = counts_by_month(actor=SYSTEM, scope=scope, span=_span(first=date(2025, 5, 1)))
    assert by_month == {Month(date(2026, 4, 1)): made.FIRST + made.AGAIN}


def test_a_figure_is_counted_again_as_of_its_day(tmp_path, django_assert_max_num_queries):
    number = made.load(tmp_path, made.rows())
    night = datetime(2026, 4, 21, 1, tzinfo=CHINA)
    assert figures_store(as_of=made.TODAY, catalogue=catalogue_current(), now=night) == 2
    assert figures_store(as_of=made.TODAY, catalogue=catalogue_current(), now=night + timedelta(days=9)) == 0
    # Everything that may change a figure of today: sent again, mended, decided, and the first batch withdrawn.
    made.load(tmp_path, made.rows(), now=made.LATER)
    made.load(tmp_path, made.mended(), now=made.LATER + timedelta(hours=1), name="改好.csv")
    submission_withdraw(number=number, actor="演示经办", reason="试", now=made.LATER + timedelta(hours=2))
    figures = list(QualityFigure.objects.filter(as_of=made.TODAY))
    assert {figure.span for figure in figures} == {"DAY", "MONTH"}
    for figure in figures:
        told = Counts(**{name: getattr(figure, name) for name in COUNT_NAMES})
        with django_assert_max_num_queries(12):
            again = figure_recomputed(actor=SYSTEM, figure=figure)
        assert told == again == made.FIRST
    assert _counts()[KEY] != made.FIRST, "as known now it is another figure"


def test_a_day_that_is_not_over_is_not_stored():
    with pytest.raises(ValueError, match="not over"):
        figures_store(as_of=made.TODAY, catalogue=catalogue_current(), now=made.NOW)


@pytest.mark.parametrize("statement", ["UPDATE monitoring_qualityfigure SET late = 0", "DELETE FROM monitoring_qualityfigure"])
def test_what_was_told_stays_as_told(statement, tmp_path):
    made.load(tmp_path, made.rows())
    figures_store(as_of=made.TODAY, catalogue=catalogue_current(), now=made.LATER)
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)


def test_the_checks_that_fail_most_are_named(tmp_path):
    made.load(tmp_path, made.rows())
    scope = scope_of(actor=SYSTEM, catalogue=catalogue_current())
    assert rules_failing(actor=SYSTEM, scope=scope, span=_span()) == (
        ("C01", "必填的没有填", 1),
        ("V05", "有罚款但没有金额", 1),
    )


def test_each_sees_the_figures_of_their_own_organs(tmp_path):
    made.load(tmp_path, made.rows())
    assert _counts(make_actor("demo.review", Role.REVIEWER)) == {KEY: made.FIRST}
    assert _counts(make_actor("demo.foreign", Role.REVIEWER, OTHER_ORGAN)) == {}
    assert _counts(make_actor("demo.admin", Role.ADMINISTRATOR)) == {}
