"""Gaps in series of document numbers, and lists side by side."""

from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from xinheng.kernel.text import document_no_key
from xinheng.monitoring.domain.series import Explained, Series, gaps_of, serial_of
from xinheng.monitoring.domain.side_by_side import Listed, compared

SERIES = Series("奉市监罚字", 2026)


def _numbers(*serials):
    return [document_no_key(f"奉市监罚字（2026）第{serial}号") for serial in serials]


def test_serials_are_read_from_the_normal_form():
    assert serial_of(document_no_key("奉市监罚字（2026）第015号")) == (SERIES, 15)
    assert serial_of("奉市监〔2026〕演示15号") == (Series("奉市监演示", 2026), 15)
    for odd in (
        "",
        "15号",
        "JY15002360001",
        "奉市监罚字2026-15",
        "奉市监罚字〔2026〕0号",
        "〔2026〕15号",
        "奉〔2026〕1〔2〕3号",
    ):
        assert serial_of(odd) is None, odd


def test_gaps_begin_at_one_and_end_at_the_highest():
    (found,) = gaps_of(_numbers(2, 3, 7, 3))
    assert (found.series, found.known, found.highest) == (SERIES, 3, 7)
    assert [(gap.first, gap.last) for gap in found.gaps] == [(1, 1), (4, 6)]
    assert [gap.text for gap in found.gaps] == ["1", "4–6"]
    assert found.missing == 4


def test_years_and_names_are_series_of_their_own():
    numbers = [*_numbers(1, 2), "奉市监罚字〔2025〕2号", "奉市监许字〔2026〕1号"]
    assert {(one.series.name, one.series.year): one.missing for one in gaps_of(numbers)} == {
        ("奉市监罚字", 2025): 1,
        ("奉市监罚字", 2026): 0,
        ("奉市监许字", 2026): 0,
    }


def test_a_wide_step_is_another_way_of_numbering():
    (found,) = gaps_of(_numbers(1, 2, 100_001))
    assert found.is_odd
    assert found.gaps == ()


def test_an_explanation_cuts_a_gap_and_a_later_one_counts():
    told = [
        Explained(series=SERIES, first=2, last=5, reason="作废", by="甲"),
        Explained(series=SERIES, first=5, last=5, reason="对自然人", by="乙"),
        Explained(series=Series("别的", 2026), first=1, last=9, reason="无关", by="甲"),
    ]
    (found,) = gaps_of(_numbers(1, 8), explained=told)
    assert [(gap.first, gap.last, gap.reason) for gap in found.gaps] == [(2, 4, "作废"), (5, 5, "对自然人"), (6, 7, "")]
    assert found.missing == 2


@given(st.sets(st.integers(1, 150), min_size=1))
def test_what_is_known_and_what_is_missing_make_the_whole(serials):
    (found,) = gaps_of(_numbers(*serials))
    missing = {serial for gap in found.gaps for serial in range(gap.first, gap.last + 1)}
    assert missing | serials == set(range(1, max(serials) + 1))
    assert not missing & serials
    assert found.missing == len(missing)


def _listed(number, decided):
    return Listed(key=document_no_key(number), document_no=number, decided=decided)


def test_a_list_beside_the_records():
    day, other = date(2026, 4, 15), date(2026, 4, 16)
    listed = [
        _listed("甲〔2026〕1号", day),
        _listed("甲〔2026〕2号", day),
        _listed("甲〔2026〕3号", None),
        _listed("甲〔2026〕9号", None),
    ]
    recorded = [
        _listed("甲(2026)1号", day),
        _listed("甲〔2026〕2号", other),
        _listed("甲〔2026〕3号", day),
        _listed("甲〔2026〕4号", other),
        _listed("甲〔2026〕5号", date(2025, 1, 1)),
    ]
    found = compared(listed={one.key: one for one in listed}, recorded=recorded, first=day, last=other)
    assert found.reported == 3
    assert [one.document_no for one in found.missing] == ["甲〔2026〕9号"]
    assert [one.document_no for one in found.only_here] == ["甲〔2026〕4号"], "outside the time is not missing from the list"
    assert [(one.document_no, one.listed, one.recorded) for one in found.differing] == [("甲〔2026〕2号", day, (other,))]


def test_one_number_of_several_records_agrees_with_any_of_their_days():
    first, second = date(2026, 4, 15), date(2026, 4, 16)
    listed = _listed("甲〔2026〕1号", second)
    recorded = [_listed("甲〔2026〕1号", first), _listed("甲〔2026〕1号", second)]
    found = compared(listed={listed.key: listed}, recorded=recorded, first=first, last=second)
    assert (found.reported, found.differing, found.missing, found.only_here) == (1, (), (), ())
