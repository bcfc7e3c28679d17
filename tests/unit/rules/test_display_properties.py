"""What must be true of every display term, whatever the catalogue says."""

from datetime import date, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from xinheng.catalogue.domain import Confidence
from xinheng.rules.domain import (
    ClassRule,
    ClockStart,
    DisplayFacts,
    DisplayRule,
    EndRule,
    Regime,
    Severity,
    Term,
    display_term,
    kinds_to_mask,
    mask_to_kinds,
    regimes_applying,
    result_under,
)

ITEM = "administrative_penalty"
DAYS = st.dates(min_value=date(2015, 1, 1), max_value=date(2035, 12, 31))
KINDS = st.frozensets(st.sampled_from([str(code) for code in range(1, 14)] + ["99"]))
SECTORS = st.frozensets(st.sampled_from(["market_supervision", "fire", "food"]))
RULE = DisplayRule(
    item_id=ITEM,
    end_rule=EndRule.REGIMES,
    adverse=True,
    in_force=date(2000, 1, 1),
    confidence=Confidence.SOURCED,
    reference="依据",
    version="v",
)


@st.composite
def class_rules(draw: st.DrawFn, *, last: bool) -> ClassRule:
    """Any line of a table of classes; the last one holds for all."""
    common = {"severity": draw(st.sampled_from(Severity)), "confidence": Confidence.PROVISIONAL, "reference": "依据"}
    if last:
        return ClassRule(**common)
    return ClassRule(
        any_kinds=draw(KINDS),
        only_kinds=draw(KINDS),
        on_the_spot=draw(st.none() | st.booleans()),
        sectors=draw(SECTORS),
        min_fine_fen=draw(st.none() | st.integers(0, 10**9)),
        **common,
    )


@st.composite
def regimes(draw: st.DrawFn) -> Regime:
    """Any regime: dates, sectors, classes and terms at random."""
    in_force = draw(DAYS)
    length = draw(st.none() | st.integers(0, 3000))
    return Regime(
        id="R",
        title="某规定",
        item_ids=(ITEM,),
        in_force=in_force,
        until=None if length is None else in_force + timedelta(days=length),
        clock_start=draw(st.sampled_from(ClockStart)),
        clock_confidence=Confidence.PROVISIONAL,
        sectors=draw(SECTORS),
        classes=(*draw(st.lists(class_rules(last=False), max_size=3)), draw(class_rules(last=True))),
        terms={
            severity: Term(
                severity=severity,
                shown=draw(st.sampled_from([True, True, True, False])),
                min_months=draw(st.none() | st.integers(0, 12)),
                max_months=draw(st.none() | st.integers(1, 60)),
                confidence=Confidence.SOURCED,
            )
            for severity in Severity
        },
        confidence=Confidence.SOURCED,
        reference="依据",
        version=f"R@{in_force}",
    )


@st.composite
def facts(draw: st.DrawFn) -> DisplayFacts:
    """Any penalty."""
    decided = draw(DAYS)
    return DisplayFacts(
        item_id=ITEM,
        decision_date=decided,
        display_from=draw(st.none() | st.integers(0, 400).map(lambda n: decided + timedelta(days=n))),
        statutory_until=draw(st.none() | DAYS),
        penalty_kinds=draw(KINDS),
        on_the_spot=draw(st.booleans()),
        fine_fen=draw(st.none() | st.integers(0, 10**9)),
        sectors=draw(SECTORS),
    )


def evaluate(law: list[Regime], record: DisplayFacts, on_date: date):
    """Evaluate with the rule of a penalty."""
    return display_term(facts=record, on_date=on_date, rules=[RULE], regimes=law, lists={})


@settings(max_examples=50, deadline=None)
@given(law=st.lists(regimes(), max_size=4), record=facts(), on_date=DAYS)
def test_never_ends_after_any_single_regime(law, record, on_date):
    term = evaluate(law, record, on_date)
    for regime in regimes_applying(regimes=law, facts=record, on_date=on_date):
        alone = result_under(regime=regime, facts=record)
        if term.shown:
            assert alone.term.shown
            assert term.end is not None
            assert alone.end is None or term.end <= alone.end


@settings(max_examples=50, deadline=None)
@given(law=st.lists(regimes(), max_size=4), record=facts(), early=DAYS, late=DAYS)
def test_a_later_reading_day_never_lengthens(law, record, early, late):
    early, late = sorted((early, late))
    if early < record.decision_date:
        return
    before, after = evaluate(law, record, early), evaluate(law, record, late)
    if after.shown and not before.shown:
        # Hidden before only because no regime with an end existed yet, never because one hid it.
        assert before.end is None
    if before.shown and after.shown:
        assert after.end <= before.end


@settings(max_examples=50, deadline=None)
@given(law=st.lists(regimes(), min_size=1, max_size=4), record=facts(), on_date=DAYS)
def test_the_last_day_is_the_day_before_the_end(law, record, on_date):
    term = evaluate(law, record, on_date)
    if term.shown:
        assert term.is_shown_on(term.end - timedelta(days=1))
        assert not term.is_shown_on(term.end)
        assert term.first_repair_date is None or term.first_repair_date < term.end


@settings(max_examples=50, deadline=None)
@given(law=st.lists(regimes(), max_size=4), record=facts(), on_date=DAYS)
def test_every_answer_explains_itself(law, record, on_date):
    term = evaluate(law, record, on_date)
    assert term.steps
    assert all(step.text.endswith("。") for step in term.steps)


@settings(max_examples=50, deadline=None)
@given(law=st.lists(regimes(), max_size=4), record=facts(), on_date=DAYS)
def test_the_stated_day_shortens_only(law, record, on_date):
    free = DisplayFacts(**{name: getattr(record, name) for name in record.__slots__} | {"statutory_until": None})
    with_day, without = evaluate(law, record, on_date), evaluate(law, free, on_date)
    if with_day.shown and without.shown:
        assert with_day.end <= without.end


@given(kinds=KINDS)
def test_masks_keep_the_kinds(kinds):
    assert mask_to_kinds(kinds_to_mask(kinds)) == kinds
