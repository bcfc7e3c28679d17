"""From the catalogue's text to rules: what is written is what counts."""

from datetime import date

import pytest

from xinheng.catalogue.domain.assembly import assemble
from xinheng.rules import errors
from xinheng.rules.domain import (
    ClassRule,
    ClockStart,
    Confidence,
    DisplayFacts,
    DisplayRule,
    EndRule,
    ListRule,
    Regime,
    Severity,
    Term,
)
from xinheng.rules.domain.rulebook import rulebook_from
from xinheng.rules.selectors import (
    calendar,
    clock_deadline,
    display_rules_for,
    display_term,
    is_workday,
    late_workdays,
    list_rules,
    regimes_for,
    reporting_deadline,
    rulebook,
    workdays_between,
)

INSTRUMENTS = """
instruments:
  - {id: LAW, title: 某法, number: 第1号, kind: LAW, in_force: 2000-01-01, confidence: SOURCED}
  - {id: RULE, title: 某办法, kind: DEPARTMENT_RULE, in_force: 2000-01-01, confidence: SOURCED}
"""
REGIMES = """
regimes:
  - id: R2
    title: 后一规定
    item_ids: [penalty]
    in_force: 2020-01-01
    clock_start: display_from
    clock_confidence: PROVISIONAL
    reference: {instrument: RULE}
    confidence: PROVISIONAL
    classes:
      - {severity: GENERAL, why: 全部, reference: {instrument: RULE}, confidence: PROVISIONAL}
    terms:
      - {severity: GENERAL, shown: false, confidence: PROVISIONAL}
  - id: R1
    title: 前一规定
    item_ids: [penalty, other]
    in_force: 2015-01-01
    until: 2019-12-31
    clock_start: decision_date
    clock_confidence: SOURCED
    sectors: [tax]
    reference: {instrument: LAW, article: 第二条}
    confidence: SOURCED
    classes:
      - severity: SERIOUS
        any_kinds: ["8"]
        only_kinds: ["3", "8"]
        on_the_spot: false
        sectors: [fire]
        min_fine_fen: 5000000
        why: 吊销许可证件
        reference: {instrument: LAW, article: 第三条}
        confidence: SOURCED
      - {severity: GENERAL, why: 其余, reference: {instrument: LAW}, confidence: PROVISIONAL}
    terms:
      - {severity: SERIOUS, shown: true, min_months: 12, max_months: 36, confidence: SOURCED}
      - {severity: GENERAL, shown: true, min_months: 3, max_months: 12, confidence: PROVISIONAL}
"""
LISTS = """
list_types:
  - id: B01
    title: 严重失信名单
    nature: SERIOUS
    item_id: list_entry
    lister: 某部门
    subject_kinds: [ORGANISATION]
    disclosure: PUBLIC
    entry: 某种情形
    term_months: 36
    term_stated: true
    early_exit_months: 12
    basis: [{instrument: LAW, article: 第四条}, {instrument: RULE}]
    confidence: SOURCED
    term_confidence: PROVISIONAL
    in_force: 2021-09-01
  - id: A01
    title: 异常名录
    nature: ABNORMAL
    item_id: list_entry
    lister: 某部门
    subject_kinds: [ORGANISATION]
    disclosure: PUBLIC
    entry: 某种情形
    term_months: 60
    until_corrected: true
    accepted: false
    refused_because: 没有载入
    basis: [{instrument: LAW}]
    confidence: PROVISIONAL
    term_confidence: SOURCED
    in_force: 2014-10-01
"""
CLOCKS = """
clocks:
  - id: reporting
    title: 报送期限
    kind: REPORTING
    versions:
      - {in_force: 2018-01-01, until: 2021-12-31, amount: 7, unit: WORKDAY, start: decision_date, basis: [{instrument: LAW}], confidence: SOURCED}
      - {in_force: 2022-01-01, until: 2023-12-31, amount: 6, unit: WORKDAY, start: decision_date, basis: [{instrument: LAW}], confidence: SOURCED}
      - {in_force: 2024-01-01, amount: 5, unit: WORKDAY, start: decision_date, basis: [{instrument: LAW}], confidence: SOURCED}
      - {in_force: 2020-01-01, amount: 20, unit: WORKDAY, start: decision_date, sectors: [tax], basis: [{instrument: LAW}], confidence: SOURCED}
  - id: fire_only
    title: 消防的期限
    kind: REPORTING
    versions:
      - {in_force: 2020-01-01, amount: 10, unit: DAY, start: decision_date, sectors: [fire], basis: [{instrument: LAW}], confidence: SOURCED}
  - id: honour_term
    title: 荣誉公示期
    kind: DISPLAY
    versions:
      - {in_force: 2016-01-01, until: 2020-12-31, amount: 24, unit: MONTH, start: display_from, end_rule: VALID_TO_OR_TERM, basis: [{instrument: LAW}], confidence: SOURCED}
      - {in_force: 2021-01-01, start: decision_date, end_rule: VALID_TO, basis: [{instrument: RULE}], confidence: PROVISIONAL}
"""
ITEM = """
items:
  - id: honour
    title: 荣誉
    kind: HONOUR
    adverse: true
    subject_kinds: [ORGANISATION]
    responsible_organs: ["*"]
    disclosure: PUBLIC
    template_version: "1"
    template_title: 荣誉
    reporting_clock: reporting
    display_clock: honour_term
    basis: [{instrument: LAW}]
    confidence: SOURCED
    in_force: 2016-01-01
    fields: []
"""
CALENDAR = """
calendar:
  - year: 2026
    holidays: {2026-01-01: 元旦, 2026-01-02: 元旦}
    in_lieu_working_days: [2026-01-04]
    source: 国务院办公厅
    confidence: SOURCED
  - year: 2023
    holidays: {2023-01-01: 元旦}
    source: 国务院办公厅
    confidence: SOURCED
  - year: 2025
    holidays: {2025-01-01: 元旦, 2025-12-31: 演示}
    source: 国务院办公厅
    confidence: SOURCED
"""


def catalogue(*texts):
    assembly = assemble([(f"national/{number}.yaml", text) for number, text in enumerate((INSTRUMENTS, *texts))])
    assert assembly.problems == []
    return assembly.catalogue()


def test_regimes_are_taken_over_whole_and_the_older_first():
    law = "《某法》（第1号）"
    first = Regime(
        id="R1",
        title="前一规定",
        item_ids=("penalty", "other"),
        in_force=date(2015, 1, 1),
        until=date(2019, 12, 31),
        clock_start=ClockStart.DECISION_DATE,
        clock_confidence=Confidence.SOURCED,
        sectors=frozenset({"tax"}),
        classes=(
            ClassRule(
                severity=Severity.SERIOUS,
                any_kinds=frozenset({"8"}),
                only_kinds=frozenset({"3", "8"}),
                on_the_spot=False,
                sectors=frozenset({"fire"}),
                min_fine_fen=5_000_000,
                confidence=Confidence.SOURCED,
                reference=f"{law}第三条",
                title="吊销许可证件",
            ),
            ClassRule(severity=Severity.GENERAL, confidence=Confidence.PROVISIONAL, reference=law, title="其余"),
        ),
        terms={
            Severity.SERIOUS: Term(
                severity=Severity.SERIOUS, shown=True, min_months=12, max_months=36, confidence=Confidence.SOURCED
            ),
            Severity.GENERAL: Term(
                severity=Severity.GENERAL, shown=True, min_months=3, max_months=12, confidence=Confidence.PROVISIONAL
            ),
        },
        confidence=Confidence.SOURCED,
        reference=f"{law}第二条",
        version="R1@2015-01-01",
    )
    second = Regime(
        id="R2",
        title="后一规定",
        item_ids=("penalty",),
        in_force=date(2020, 1, 1),
        until=None,
        clock_start=ClockStart.DISPLAY_FROM,
        clock_confidence=Confidence.PROVISIONAL,
        classes=(
            ClassRule(severity=Severity.GENERAL, confidence=Confidence.PROVISIONAL, reference="《某办法》", title="全部"),
        ),
        terms={
            Severity.GENERAL: Term(
                severity=Severity.GENERAL, shown=False, min_months=None, max_months=None, confidence=Confidence.PROVISIONAL
            )
        },
        confidence=Confidence.PROVISIONAL,
        reference="《某办法》",
        version="R2@2020-01-01",
    )
    content = catalogue(REGIMES)
    assert rulebook_from(content).regimes == (first, second)
    assert rulebook_from(content).catalogue_hash == content.hash
    assert regimes_for("penalty", catalogue=content) == (first, second)
    assert regimes_for("other", catalogue=content) == (first,)


def test_regimes_of_one_day_stand_in_the_order_of_their_ids():
    same_day = REGIMES.replace("in_force: 2020-01-01", "in_force: 2015-01-01")
    assert [regime.id for regime in rulebook_from(catalogue(same_day)).regimes] == ["R1", "R2"]


def test_lists_are_taken_over_whole():
    lists = list_rules(catalogue=catalogue(LISTS))
    assert lists == {
        "B01": ListRule(
            list_type="B01",
            title="严重失信名单",
            term_months=36,
            term_stated=True,
            until_corrected=False,
            early_exit_months=12,
            severity=Severity.SERIOUS,
            accepted=True,
            refused_because="",
            confidence=Confidence.PROVISIONAL,
            reference="《某法》（第1号）第四条；《某办法》",
            version="list.B01@2021-09-01",
        ),
        "A01": ListRule(
            list_type="A01",
            title="异常名录",
            term_months=60,
            term_stated=False,
            until_corrected=True,
            early_exit_months=None,
            severity=None,
            accepted=False,
            refused_because="没有载入",
            confidence=Confidence.PROVISIONAL,
            reference="《某法》（第1号）",
            version="list.A01@2014-10-01",
        ),
    }


def test_display_clocks_become_dated_rules_of_their_item():
    content = catalogue(CLOCKS, ITEM)
    early = DisplayRule(
        item_id="honour",
        end_rule=EndRule.VALID_TO_OR_TERM,
        months=24,
        start=ClockStart.DISPLAY_FROM,
        adverse=True,
        in_force=date(2016, 1, 1),
        until=date(2020, 12, 31),
        confidence=Confidence.SOURCED,
        reference="《某法》（第1号）",
        version="honour_term@2016-01-01",
    )
    late = DisplayRule(
        item_id="honour",
        end_rule=EndRule.VALID_TO,
        months=None,
        start=ClockStart.DECISION_DATE,
        adverse=True,
        in_force=date(2021, 1, 1),
        until=None,
        confidence=Confidence.PROVISIONAL,
        reference="《某办法》",
        version="honour_term@2021-01-01",
    )
    assert display_rules_for("honour", catalogue=content) == (early, late)
    assert display_rules_for("penalty", catalogue=content) == ()
    assert rulebook_from(content).reporting_clocks == {"honour": "reporting"}


@pytest.mark.parametrize(
    ("was", "becomes", "told"),
    [
        ("end_rule: VALID_TO, ", "", "honour_term: a display clock needs its end_rule"),
        ("unit: MONTH", "unit: DAY", "honour_term: a display term is counted in months"),
        ("amount: 10, ", "", "fire_only: a deadline needs an amount"),
        ("unit: DAY", "unit: MONTH", "fire_only: a deadline needs an amount of days or working days"),
    ],
)
def test_a_clock_that_cannot_be_counted_is_refused(was, becomes, told):
    with pytest.raises(ValueError, match=told):
        rulebook_from(catalogue(CLOCKS.replace(was, becomes), ITEM))


def test_deadlines_are_taken_over_and_display_clocks_are_none():
    rules = rulebook_from(catalogue(CLOCKS, ITEM)).deadlines
    assert [(rule.clock_id, rule.amount, rule.unit.value, rule.sectors, rule.in_force, rule.until) for rule in rules] == [
        ("fire_only", 10, "DAY", frozenset({"fire"}), date(2020, 1, 1), None),
        ("reporting", 7, "WORKDAY", frozenset(), date(2018, 1, 1), date(2021, 12, 31)),
        ("reporting", 6, "WORKDAY", frozenset(), date(2022, 1, 1), date(2023, 12, 31)),
        ("reporting", 5, "WORKDAY", frozenset(), date(2024, 1, 1), None),
        ("reporting", 20, "WORKDAY", frozenset({"tax"}), date(2020, 1, 1), None),
    ]
    assert {(rule.reference, rule.version) for rule in rules if rule.clock_id == "fire_only"} == {
        ("《某法》（第1号）", "fire_only@2020-01-01")
    }


class TestDeadlineInForce:
    """Which version counts, and until which day."""

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


def test_the_rules_of_several_catalogues_are_kept_apart_and_worked_out_once():
    books = [rulebook(catalogue(CLOCKS.replace("amount: 5", f"amount: {amount}"))) for amount in range(3, 12)]
    assert [book.deadlines[3].amount for book in books] == list(range(3, 12))
    last = catalogue(CLOCKS.replace("amount: 5", "amount: 11"))
    assert rulebook(last) is books[-1]
    assert rulebook(catalogue(CLOCKS.replace("amount: 5", "amount: 3"))) == books[0]
