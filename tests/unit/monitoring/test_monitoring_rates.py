"""Every formula, once by hand; bands at their borders; a share is never rounded into a whole."""

from datetime import date
from fractions import Fraction

import pytest

from xinheng.monitoring.domain import (
    COUNT_NAMES,
    NOTHING,
    RATES,
    Band,
    CellState,
    Counts,
    Month,
    month_of,
    month_read,
    percent,
    rate_of,
)
from xinheng.monitoring.domain.coverage import cell_of
from xinheng.monitoring.domain.due import DueKind, DueLine, urgency

COUNTS = Counts(reported=200, returned=20, incomplete=8, doubtful=9, late=5, duplicate=50)


@pytest.mark.parametrize(
    ("slug", "expected"),
    [
        ("compliance", Fraction(180, 200)),
        ("timeliness", Fraction(195, 200)),
        ("lateness", Fraction(5, 200)),
        ("completeness", Fraction(192, 200)),
        ("matching", Fraction(171, 180)),
        ("duplication", Fraction(50, 250)),
    ],
)
def test_formulas_by_hand(slug, expected):
    assert rate_of(slug).value(COUNTS) == expected


def test_every_rate_has_a_formula_and_names_rows_that_are_counted():
    assert {rate.part.value for rate in RATES} < set(COUNT_NAMES)
    assert all(rate.formula and rate.title for rate in RATES)
    assert len({rate.slug for rate in RATES}) == len(RATES) == 6


def test_nothing_reported_is_no_rate():
    assert {rate.text(NOTHING) for rate in RATES} == {"没有上报"}
    assert {rate.band(NOTHING) for rate in RATES} == {Band.NONE}
    # All came back: nothing was matched, so that the share of matches is not told as nought.
    assert rate_of("matching").text(Counts(reported=3, returned=3)) == "没有上报"


@pytest.mark.parametrize(
    ("returned", "band"), [(0, Band.REACHED), (20, Band.REACHED), (21, Band.NEAR), (50, Band.NEAR), (51, Band.BELOW)]
)
def test_bands_at_their_borders(returned, band):
    assert rate_of("compliance").band(Counts(reported=1000, returned=returned)) is band
    # A rate that should be small has the same bands from the other side.
    assert rate_of("lateness").band(Counts(reported=1000, late=returned)) is band


def test_a_share_is_never_rounded_into_a_whole_or_into_nothing():
    assert percent(Fraction(99999, 100000)) == "99.9%"
    assert percent(Fraction(1, 100000)) == "0.1%"
    assert (percent(Fraction(0)), percent(Fraction(1))) == ("0.0%", "100.0%")
    assert rate_of("compliance").text(Counts(reported=1182, returned=27)) == "97.7%（1,155/1,182）"


def test_counts_add_up():
    assert sum([COUNTS, COUNTS, NOTHING], NOTHING) == Counts(
        reported=400, returned=40, incomplete=16, doubtful=18, late=10, duplicate=100
    )


@pytest.mark.parametrize(
    ("records", "zero", "responsible", "due", "late", "state", "text"),
    [
        (3, False, True, date(2026, 5, 13), 4, CellState.REPORTED, "3"),
        (0, True, True, date(2026, 5, 13), 4, CellState.ZERO, "零报告"),
        (2, True, True, date(2026, 5, 13), 4, CellState.CONTRADICTED, "零报告，但有2条记录"),
        (0, False, True, date(2026, 5, 13), 0, CellState.OPEN, "还没有报"),
        (0, False, True, date(2026, 5, 13), 4, CellState.MISSING, "未报〔已过4个工作日〕"),
        (0, False, True, None, 0, CellState.NOT_ASKED, "—"),
        (0, False, False, date(2026, 5, 13), 4, CellState.OUT_OF_SCOPE, "不适用"),
        (1, False, False, None, 0, CellState.REPORTED, "1"),
    ],
)
def test_a_cell_of_the_coverage(records, zero, responsible, due, late, state, text):
    cell = cell_of(records=records, has_zero_report=zero, is_responsible=responsible, due=due, is_provisional=False, late=late)
    assert (cell.state, cell.text) == (state, text)


def test_months():
    month = month_of(date(2026, 3, 31))
    assert (month.first, month.last, month.text, month.label) == (
        date(2026, 3, 1), date(2026, 3, 31), "2026-03", "2026年3月",
    )  # fmt: skip
    assert month.back(3) == Month(date(2025, 12, 1))
    for wrong in ("", "2026", "2026-00", "2026-13", "2026-1", "1899-01", "2026-01-01", "２０２６-01"):
        assert month_read(wrong) is None, wrong


def _line(**changes):
    values = {
        "kind": DueKind.MEND, "organ_code": "A", "item_id": "i", "number": "FJ-1", "count": 1, "due": date(2026, 4, 24),
    }  # fmt: skip
    return DueLine(**(values | changes))


def test_the_most_urgent_comes_first():
    none = _line(due=None)
    today, later = _line(days=0), _line(days=3)
    late, later_late = _line(is_late=True, days=1), _line(is_late=True, days=9)
    assert sorted([none, later, late, today, later_late], key=urgency) == [later_late, late, today, later, none]
    assert [line.left for line in (late, today, later, none, _line(is_late=True))] == [
        "已过1个工作日", "今天到期", "还有3个工作日", "没有可算的期限", "已过期限",
    ]  # fmt: skip
