"""Which version of a deadline counts, and until which day."""

from datetime import date

import pytest
from tests.factories.law_texts import CALENDAR, CLOCKS, ITEM, catalogue

from xinheng.rules import errors
from xinheng.rules.domain import DisplayFacts
from xinheng.rules.selectors import (
    calendar,
    clock_deadline,
    display_term,
    is_workday,
    late_workdays,
    reporting_deadline,
    workdays_between,
)


class TestDeadlineInForce:
    CONTENT = catalogue(CLOCKS, ITEM, CALENDAR)

    @pytest.mark.parametrize(
        ("start", "sectors", "version"),
        [
            (date(2018, 1, 1), frozenset(), "reporting@2018-01-01"),
            (date(2021, 12, 31), frozenset(), "reporting@2018-01-01"),
            (date(2022, 1, 1), frozenset(), "reporting@2022-01-01"),
            (date(2023, 12, 31), frozenset(), "reporting@2022-01-01"),
            (date(2024, 1, 1), frozenset(), "reporting@2024-01-01"),
            (date(2026, 1, 5), frozenset({"fire"}), "reporting@2024-01-01"),
            (date(2026, 1, 5), frozenset({"tax", "fire"}), "reporting@2020-01-01"),
            (date(2020, 1, 1), frozenset({"tax"}), "reporting@2020-01-01"),
            (date(2019, 12, 31), frozenset({"tax"}), "reporting@2018-01-01"),
        ],
    )
    def test_the_sector_s_own_goes_before_the_general_one(self, start, sectors, version):
        answer = clock_deadline("reporting", start, sectors=sectors, catalogue=self.CONTENT)
        assert answer.rule_version == f"{version};calendar@2023-2026"

    @pytest.mark.parametrize("sectors", [frozenset(), frozenset({"tax"})])
    def test_before_the_first_version_the_first_counts(self, sectors):
        answer = clock_deadline("reporting", date(2001, 1, 1), sectors=sectors, catalogue=self.CONTENT)
        assert answer.rule_version == "reporting@2018-01-01;calendar@2023-2026"

    def test_a_clock_of_one_sector_is_asked_for_by_name(self):
        answer = clock_deadline("fire_only", date(2026, 1, 1), catalogue=self.CONTENT)
        assert (answer.date, answer.provisional) == (date(2026, 1, 11), False)

    def test_working_days_with_holidays_and_a_day_in_lieu(self):
        answer = clock_deadline("reporting", date(2025, 12, 30), catalogue=self.CONTENT)
        assert (answer.date, answer.provisional) == (date(2026, 1, 8), False)

    @pytest.mark.parametrize(
        ("start", "provisional"), [(date(2024, 12, 31), True), (date(2025, 1, 2), False), (date(2026, 12, 28), True)]
    )
    def test_outside_the_calendar_s_years_at_either_end_it_is_provisional(self, start, provisional):
        assert clock_deadline("reporting", start, catalogue=self.CONTENT).provisional is provisional

    def test_no_such_clock(self):
        with pytest.raises(errors.NoSuchDeadline, match="时限“nothing”"):
            clock_deadline("nothing", date(2026, 1, 1), catalogue=self.CONTENT)

    def test_an_item_s_deadline_is_its_clock_s_in_the_organ_s_sectors(self):
        day = date(2026, 1, 5)
        for sectors in (frozenset(), frozenset({"tax"})):
            assert reporting_deadline("honour", day, sectors=sectors, catalogue=self.CONTENT) == clock_deadline(
                "reporting", day, sectors=sectors, catalogue=self.CONTENT
            )
        assert reporting_deadline("honour", day, catalogue=self.CONTENT) == clock_deadline(
            "reporting", day, catalogue=self.CONTENT
        )

    def test_an_item_without_a_deadline(self):
        with pytest.raises(errors.NoReportingClock, match="信息项“penalty”的报送时限"):
            reporting_deadline("penalty", date(2026, 1, 5), catalogue=self.CONTENT)
        assert late_workdays("penalty", date(2020, 1, 5), date(2026, 1, 5), catalogue=self.CONTENT) == 0

    @pytest.mark.parametrize(
        ("reported", "sectors", "late"),
        [
            (date(2026, 1, 8), frozenset(), 0),
            (date(2026, 1, 9), frozenset(), 1),
            (date(2026, 1, 10), frozenset(), 1),
            (date(2026, 1, 12), frozenset(), 2),
            (date(2026, 1, 12), frozenset({"tax"}), 0),
            (date(2025, 12, 30), frozenset(), 0),
        ],
    )
    def test_late_by_so_many_working_days(self, reported, sectors, late):
        decided = date(2025, 12, 30)
        assert late_workdays("honour", decided, reported, sectors=sectors, catalogue=self.CONTENT) == late

    def test_the_deadline_in_force_on_the_decision_date_counts(self):
        decided = date(2023, 12, 29)
        assert late_workdays("honour", decided, date(2024, 1, 8), catalogue=self.CONTENT) == 0
        assert late_workdays("honour", decided, date(2024, 1, 9), catalogue=self.CONTENT) == 1

    def test_a_display_term_of_the_catalogue_asked_with(self):
        facts = DisplayFacts(item_id="honour", decision_date=date(2018, 5, 6), display_from=date(2018, 6, 1))
        term = display_term(facts, date(2018, 7, 1), catalogue=self.CONTENT)
        assert (term.shown, term.end, term.rule_versions) == (True, date(2020, 6, 1), ("honour_term@2016-01-01",))

    def test_working_days_of_the_catalogue_asked_with(self):
        assert is_workday(date(2026, 1, 4), catalogue=self.CONTENT)
        assert not is_workday(date(2026, 1, 2), catalogue=self.CONTENT)
        assert not is_workday(date(2025, 12, 31), catalogue=self.CONTENT), "a holiday of this catalogue only"
        assert workdays_between(date(2025, 12, 30), date(2026, 1, 5), catalogue=self.CONTENT) == 2
        assert calendar(catalogue=self.CONTENT).version == "calendar@2023-2026"


def test_a_catalogue_without_a_calendar_counts_monday_to_friday():
    content = catalogue(CLOCKS)
    assert calendar(catalogue=content).version == "calendar@none"
    assert clock_deadline("reporting", date(2026, 1, 5), catalogue=content).provisional
