"""The SQL of a display's end is the rules' own answer, row by row, under a law that holds one of everything."""

from dataclasses import replace
from datetime import date
from itertools import product

import pytest
from django.db.models import F
from tests.factories.records import draft, make_subject, publish

from xinheng.catalogue.domain import Confidence
from xinheng.publicity.expressions import ALWAYS, NEVER, display_end, term_parts, term_said
from xinheng.publicity.selectors.deciding import facts_of
from xinheng.publicity.selectors.law import law_current
from xinheng.records.models import CurrentRecord
from xinheng.rules.domain import ClassRule, ClockStart, DisplayRule, EndRule, ListRule, Regime, Severity, Term
from xinheng.rules.domain.display import display_term
from xinheng.rules.domain.rulebook import Rulebook

pytestmark = pytest.mark.django_db

EARLY, MIDDLE, LATE = date(2020, 2, 29), date(2022, 8, 31), date(2024, 5, 6)
READ_ON = [date(2019, 1, 1), EARLY, date(2022, 12, 31), date(2023, 1, 1), date(2026, 6, 1)]
ELSEWHERE = "11500236MB演示9999"
MARKET, TAX = frozenset({"market_supervision"}), frozenset({"tax"})


def rule(item_id, end_rule, *, months=None, start=ClockStart.DECISION_DATE, adverse=False, force=(date(2000, 1, 1), None)):
    return DisplayRule(
        item_id=item_id,
        end_rule=end_rule,
        months=months,
        start=start,
        adverse=adverse,
        in_force=force[0],
        until=force[1],
        confidence=Confidence.SOURCED,
        reference="演示",
        version="演示@1",
    )


def line(severity, **conditions):
    return ClassRule(severity=severity, confidence=Confidence.SOURCED, reference="演示", **conditions)


def regime(*classes, item_ids=("regimes", "both"), force, start=ClockStart.DECISION_DATE, sectors=frozenset(), months):
    return Regime(
        id="演示",
        title="演示规定",
        item_ids=item_ids,
        in_force=force[0],
        until=force[1],
        clock_start=start,
        clock_confidence=Confidence.SOURCED,
        sectors=sectors,
        classes=classes,
        terms={
            severity: Term(
                severity=severity, shown=term != "hidden", min_months=None,
                max_months=None if term == "hidden" else term, confidence=Confidence.SOURCED,
            )
            for severity, term in zip(Severity, months, strict=True)
        },
        confidence=Confidence.SOURCED,
        reference="演示",
        version="演示@1",
    )  # fmt: skip


def listed(list_type, **more):
    return ListRule(
        list_type=list_type,
        title="演示名单",
        early_exit_months=None,
        severity=None,
        refused_because="",
        confidence=Confidence.SOURCED,
        reference="演示",
        version="演示@1",
        **{"term_months": 36, "term_stated": False, "until_corrected": False, "accepted": True} | more,
    )


MINOR, GENERAL, SERIOUS = Severity
RULES = (
    rule("regimes", EndRule.REGIMES, adverse=True),
    rule("valid", EndRule.VALID_TO),
    rule("valid_adverse", EndRule.VALID_TO, adverse=True),
    rule("capped", EndRule.VALID_TO_OR_TERM, months=24),
    rule("capped_from", EndRule.VALID_TO_OR_TERM, months=24, start=ClockStart.DISPLAY_FROM),
    rule("months", EndRule.TERM, months=18),
    rule("months_from", EndRule.TERM, months=18, start=ClockStart.DISPLAY_FROM),
    rule("listed", EndRule.LIST_TERM, adverse=True),
    rule("hidden", EndRule.NOT_SHOWN),
    # One rule after the other, the later one adverse.
    rule("dated", EndRule.VALID_TO, force=(date(2000, 1, 1), MIDDLE)),
    rule("dated", EndRule.TERM, months=6, adverse=True, force=(date(2023, 1, 1), None)),
    rule("turned", EndRule.VALID_TO, adverse=True, force=(date(2000, 1, 1), MIDDLE)),
    rule("turned", EndRule.VALID_TO, force=(date(2000, 1, 1), None)),
    rule("both", EndRule.REGIMES),
    rule("both", EndRule.TERM, months=30),
    rule("not_yet", EndRule.VALID_TO, force=(LATE, None)),
    rule("for_a_time", EndRule.VALID_TO, force=(MIDDLE, date(2023, 12, 31))),
    rule("valid_months", EndRule.VALID_TO, months=6),
    rule("twice", EndRule.VALID_TO, adverse=True, force=(date(2000, 1, 1), EARLY)),
    rule("twice", EndRule.VALID_TO, adverse=True, force=(LATE, None)),
    rule("twice", EndRule.VALID_TO),
    rule("listed_too", EndRule.LIST_TERM),
    rule("listed_too", EndRule.TERM, months=6),
    rule("other", EndRule.REGIMES),
    rule("kinds", EndRule.REGIMES),
)
REGIMES = (
    regime(
        line(SERIOUS, any_kinds=frozenset({"8", "13"})),
        line(MINOR, only_kinds=frozenset({"1", "99"})),
        line(SERIOUS, min_fine_fen=5_000_000),
        line(GENERAL),
        force=(date(2018, 1, 1), MIDDLE), months=("hidden", 36, 60),
    ),
    regime(
        line(MINOR, on_the_spot=True),
        line(GENERAL, sectors=MARKET, on_the_spot=False),
        line(SERIOUS),
        force=(date(2023, 1, 1), None), start=ClockStart.DISPLAY_FROM, months=(3, 12, None),
    ),
    regime(line(GENERAL), force=(date(2021, 1, 1), None), sectors=TAX | MARKET, months=(1, 14, 1)),
    regime(line(GENERAL), item_ids=("other",), force=(date(2018, 1, 1), None), months=(1, 1, 1)),
    regime(
        line(SERIOUS, any_kinds=frozenset({"99"})),
        line(GENERAL),
        item_ids=("kinds",), force=(date(2018, 1, 1), None), months=(3, 12, 24),
    ),
)  # fmt: skip
LISTS = (
    listed("plain"),
    listed("stated", term_stated=True),
    listed("endless", term_months=None),
    listed("refused", accepted=False),
)


def penalties(market):
    kinds = [0, 1, 1 << 1, (1 << 1) | 1, (1 << 1) | (1 << 3), 1 << 8, 1 << 13]
    for decided, mask, organ in product([EARLY, MIDDLE, LATE], kinds, [market, ELSEWHERE]):
        yield {"decision_date": decided, "penalty_mask": mask, "organ_code": organ, "display_from": date(2024, 5, 31)}
    for decided, fine in product([EARLY, MIDDLE, date(2022, 9, 1)], [None, 4_999_999, 5_000_000]):
        yield {"decision_date": decided, "penalty_mask": 1 << 3, "fine_fen": fine}
    for spot, organ in product([True, False], [market, ELSEWHERE]):
        yield {"decision_date": LATE, "penalty_mask": 1 << 3, "on_the_spot": spot, "organ_code": organ}
    for stated in (date(2021, 1, 1), date(2023, 2, 26), date(2023, 2, 27), date(2023, 2, 28), date(2099, 12, 31)):
        yield {"decision_date": EARLY, "penalty_mask": 1 << 3, "statutory_until": stated}


def others():
    valid = [None, date(2023, 5, 5), date(2025, 8, 30), date(2099, 12, 30), date(2099, 12, 31)]
    stated = [None, date(2023, 1, 1), date(2099, 12, 30), date(2099, 12, 31)]
    for decided, start, valid_to, until in product([EARLY, MIDDLE, LATE], [None, date(2024, 8, 31)], valid, stated):
        yield {"decision_date": decided, "display_from": start, "valid_to": valid_to, "statutory_until": until}


def entries():
    days = [None, date(2023, 1, 1), date(2025, 8, 29), date(2025, 8, 30), date(2025, 8, 31), date(2099, 12, 31)]
    for list_type, until in product([None, "plain", "stated", "endless", "refused", "unknown"], days):
        yield {"decision_date": MIDDLE, "list_type": list_type, "statutory_until": until}


def rows_for(item_id, market):
    if item_id in {"regimes", "both", "kinds"}:
        return penalties(market)
    return entries() if item_id.startswith("listed") else others()


def make(item_id, rows, market):
    subject = make_subject()
    publish(
        *[
            draft(subject_id=subject, person={}, document_no=f"演示{number}号",
                  **{"organ_code": market, "penalty_mask": 0, "fine_fen": None} | row)
            for number, row in enumerate(rows)
        ],
        item_id=item_id, item_kind="OTHER",
    )  # fmt: skip


def wanted(record, on_date, book, law):
    facts = facts_of(record=record, law=law)
    term = display_term(facts=facts, on_date=on_date, rules=book.display_rules, regimes=book.regimes, lists=book.lists)
    if not term.shown:
        return NEVER
    return ALWAYS if term.end is None else term.end


ITEMS = [*sorted({rule.item_id for rule in RULES}), "unknown"]


@pytest.mark.parametrize("item_id", ITEMS)
def test_the_sql_ends_where_the_rules_end(item_id):
    law = law_current()
    market = min(law.organs_of(MARKET) - law.organs_of(TAX))
    book = Rulebook(
        catalogue_hash="演示",
        regimes=REGIMES,
        display_rules=RULES,
        lists={one.list_type: one for one in LISTS},
        deadlines=(),
        reporting_clocks={},
        calendar=law.book.calendar,
    )
    make(item_id, rows_for(item_id, market), market)
    ends = set()
    for on_date in READ_ON:
        end = display_end(book=book, on_date=on_date, organs_of=law.organs_of)
        for record in CurrentRecord.objects.annotate(display_end=end):
            ends.add(record.display_end)
            assert record.display_end == wanted(record, on_date, book, law), (record.document_no, record.fields, on_date)
    assert ends != {NEVER} or item_id in {"hidden", "unknown"}


@pytest.mark.parametrize("item_id", [item for item in ITEMS if item != "unknown"])
def test_the_sql_says_besides_the_end_what_the_rules_say(item_id):
    """Severity, first day of repair and rule versions of bulk rows, for whatever is shown."""
    law = law_current()
    market = min(law.organs_of(MARKET) - law.organs_of(TAX))
    regimes = [replace(one, version=f"演示@{n}", terms=with_repair(one.terms, 2 + n)) for n, one in enumerate(REGIMES)]
    book = Rulebook(
        catalogue_hash="演示",
        regimes=tuple(regimes),
        display_rules=tuple(replace(one, version=f"规则@{n}") for n, one in enumerate(RULES)),
        lists={one.list_type: replace(one, early_exit_months=12, severity=SERIOUS) for one in LISTS},
        deadlines=(),
        reporting_clocks={},
        calendar=law.book.calendar,
    )
    make(item_id, rows_for(item_id, market), market)
    compared = 0
    for on_date in READ_ON:
        end = display_end(book=book, on_date=on_date, organs_of=law.organs_of)
        parts = term_parts(item_id=item_id, book=book, on_date=on_date, organs_of=law.organs_of, end=F("display_end"))
        columns = {name: getattr(parts, name) for name in ("rule", "deciding", "applying", "first_repair")}
        for record in CurrentRecord.objects.annotate(display_end=end).annotate(
            **{f"part_{name}": column for name, column in columns.items()}
        ):
            facts = facts_of(record=record, law=law)
            term = display_term(facts=facts, on_date=on_date, rules=book.display_rules, regimes=book.regimes, lists=book.lists)
            if not term.shown:
                continue
            compared += 1
            said = term_said(
                item_id=item_id,
                book=book,
                rule=record.part_rule,
                deciding=record.part_deciding,
                applying=record.part_applying,
                list_type=record.list_type,
            )
            found = (said.severity, said.confidence, said.versions, record.part_first_repair)
            told = (term.severity, term.severity_confidence, term.rule_versions, term.first_repair_date)
            assert found == told, (record.document_no, on_date)
    assert compared or item_id in {"hidden", "other"}


def with_repair(terms, months):
    """Return terms with a first day of repair, except of the last severity."""
    return {severity: replace(term, min_months=None if severity is SERIOUS else months) for severity, term in terms.items()}


def test_an_item_is_judged_by_its_own_rules():
    law = law_current()
    market = min(law.organs_of(MARKET))
    for item_id in ("valid", "months", "hidden"):
        make(item_id, [{"decision_date": LATE, "valid_to": date(2025, 1, 1)}], market)
    book = Rulebook(
        catalogue_hash="演示", regimes=(), display_rules=RULES, lists={}, deadlines=(), reporting_clocks={},
        calendar=law.book.calendar,
    )  # fmt: skip
    end = display_end(book=book, on_date=LATE, organs_of=law.organs_of)
    found = dict(CurrentRecord.objects.annotate(display_end=end).values_list("item_id", "display_end"))
    assert found == {"valid": date(2025, 1, 2), "months": date(2025, 11, 6), "hidden": NEVER}


def test_a_table_of_classes_with_a_hole_is_an_error():
    from xinheng.publicity.expressions import _under

    whole = REGIMES[0]
    broken = object.__new__(Regime)
    for name in Regime.__slots__:
        object.__setattr__(broken, name, getattr(whole, name))
    object.__setattr__(broken, "classes", whole.classes[:-1])
    with pytest.raises(ValueError, match="the last class must hold for every record"):
        _under(broken, law_current().organs_of)
