"""What each mark does to a display, and in which words."""

from dataclasses import dataclass
from datetime import date

import pytest

from xinheng.catalogue.domain import Confidence
from xinheng.publicity.domain import marks_against

TODAY = date(2026, 11, 22)


@dataclass
class Marks:
    """The marks of a record; none unless said."""

    withdrawn: bool = False
    held: bool = False
    on_the_spot: bool = False
    revoked_date: date | None = None
    repaired_date: date | None = None
    delisted_date: date | None = None
    disputed_since: date | None = None
    disputed_until: date | None = None


def against(**marks):
    return marks_against(record=Marks(**marks), on_date=TODAY)


def test_without_marks_nothing_is_against_it():
    assert against() == ()


@pytest.mark.parametrize(
    ("marks", "words"),
    [
        ({"withdrawn": True}, "报送机关撤回了这条信息，不公示。"),
        ({"revoked_date": date(2026, 5, 6)}, "原决定于2026年5月6日被变更、撤销、确认违法或者无效，已撤下，不公示。"),
        ({"repaired_date": date(2030, 1, 1)}, "已于2030年1月1日完成信用修复，终止公示。"),
        ({"delisted_date": date(2026, 5, 6)}, "已于2026年5月6日移出名单，终止公示。"),
        ({"held": True}, "这条信息正在核对，暂停公示。"),
    ],
)
def test_a_mark_stops_the_display_in_words_and_by_plain_fact(marks, words):
    (step,) = against(**marks)
    assert (step.text, step.reference, step.confidence) == (words, "", None)


def test_a_decision_on_the_spot_says_by_which_rule_it_is_not_shown():
    (step,) = against(on_the_spot=True)
    assert step.text.startswith("当场作出的（简易程序）")
    assert (step.reference, step.confidence) == ("双公示数据标准校验规则V15、V16", Confidence.SOURCED)


@pytest.mark.parametrize(
    ("until", "stops"), [(date(2026, 11, 21), True), (date(2026, 11, 22), False), (date(2026, 11, 23), False)]
)
def test_a_dispute_stops_the_display_the_day_after_it_should_have_been_settled(until, stops):
    steps = against(disputed_since=date(2026, 11, 1), disputed_until=until)
    assert bool(steps) is stops
    if stops:
        assert "异议到2026年11月21日还没有核查清楚" in steps[0].text
        assert (steps[0].reference, steps[0].confidence) == ("平台从严处理，法规只要求注明", Confidence.PROVISIONAL)


def test_every_mark_is_told():
    day = date(2026, 1, 1)
    assert len(against(
        withdrawn=True, held=True, on_the_spot=True, revoked_date=day, repaired_date=day, delisted_date=day,
        disputed_since=day, disputed_until=day,
    )) == 7  # fmt: skip
