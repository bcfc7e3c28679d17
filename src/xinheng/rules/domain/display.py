"""The evaluation: until when a record may be displayed (公示期计算).

The end is the **earliest** among every rule that was in force on any day from the decision date to the reading day
(ADR 0005; standards.md §14 U7: the regime more favourable to the subject, provisional). Because the
set of such rules only grows with the reading day, a later reading day never lengthens a display, and a record that
once stopped being shown never comes back when a regime lapses.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Protocol

from xinheng.catalogue.domain import ClockStart, Confidence, EndRule, Severity
from xinheng.kernel.dates import LONG_TERM, ONE_DAY, add_months
from xinheng.rules.domain import wording
from xinheng.rules.domain.facts import DisplayFacts, DisplayTerm, ExplainStep
from xinheng.rules.domain.regimes import SEVERITY_RANK, ClassRule, DisplayRule, ListRule, Regime, Term


class Dated(Protocol):
    """Anything of the law that is in force from a day through a last day."""

    @property
    def in_force(self) -> date:
        """First day in force."""

    @property
    def until(self) -> date | None:
        """Last day in force, ``None`` while it is in force."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RegimeResult:
    """What one regime alone says about one record."""

    regime: Regime
    rule: ClassRule
    term: Term
    start: date
    end: date | None
    first_repair_date: date | None


def class_of(*, regime: Regime, facts: DisplayFacts) -> ClassRule:
    """Return the first class rule of ``regime`` that holds; a regime always has one (its last is unconditional)."""
    return next(rule for rule in regime.classes if _holds(rule, facts))


def applies(*, law: Dated, decision_date: date, on_date: date) -> bool:
    """Return whether ``law`` was in force on any day from the decision date through ``on_date``."""
    return law.in_force <= max(on_date, decision_date) and (law.until is None or law.until >= decision_date)


def regimes_applying(*, regimes: Sequence[Regime], facts: DisplayFacts, on_date: date) -> tuple[Regime, ...]:
    """Return the regimes in force on any day from the decision date to ``on_date`` for the item and organ, in order.

    A regime of some sectors applies only to organs of those sectors, beside the general one.
    """
    return tuple(
        regime
        for regime in regimes
        if facts.item_id in regime.item_ids
        and (not regime.sectors or regime.sectors & facts.sectors)
        and applies(law=regime, decision_date=facts.decision_date, on_date=on_date)
    )


def result_under(*, regime: Regime, facts: DisplayFacts) -> RegimeResult:
    """Return what ``regime`` alone says. A term counted from publicity whose day is unknown counts from the decision."""
    rule = class_of(regime=regime, facts=facts)
    term = regime.terms[rule.severity]
    start = _start(regime.clock_start, facts)
    return RegimeResult(
        regime=regime,
        rule=rule,
        term=term,
        start=start,
        end=None if term.max_months is None else add_months(start, term.max_months),
        first_repair_date=None if term.min_months is None else add_months(start, term.min_months),
    )


def display_term(
    *,
    facts: DisplayFacts,
    on_date: date,
    rules: Sequence[DisplayRule],
    regimes: Sequence[Regime],
    lists: Mapping[str, ListRule],
) -> DisplayTerm:
    """Return until when the record may be displayed as read on ``on_date`` (Asia/Shanghai day).

    An item without a rule, an adverse record without an end and a list the catalogue does not know are not shown:
    nothing is displayed without a basis (protections.md P1, P8).
    """
    applying = [
        rule
        for rule in rules
        if rule.item_id == facts.item_id and applies(law=rule, decision_date=facts.decision_date, on_date=on_date)
    ]
    if not applying:
        return _hidden(f"目录里没有信息项“{facts.item_id}”的公示规则，没有依据的信息不公示。")
    term = min(
        (_term_under(rule=rule, facts=facts, on_date=on_date, regimes=regimes, lists=lists) for rule in applying),
        key=lambda term: (term.shown, term.end or date.max),
    )
    if any(rule.adverse for rule in applying) and term.shown and term.end is None:
        return _hidden("算不出公示的终止日期；对当事人不利的信息都必须有终止日期，所以不公示。", before=term)
    return term


def _term_under(
    *,
    rule: DisplayRule,
    facts: DisplayFacts,
    on_date: date,
    regimes: Sequence[Regime],
    lists: Mapping[str, ListRule],
) -> DisplayTerm:
    match rule.end_rule:
        case EndRule.REGIMES:
            term = _by_regimes(facts=facts, regimes=regimes_applying(regimes=regimes, facts=facts, on_date=on_date))
        case EndRule.LIST_TERM:
            return _by_list(facts=facts, lists=lists)
        case EndRule.VALID_TO | EndRule.VALID_TO_OR_TERM:
            term = _by_validity(facts=facts, rule=rule)
        case EndRule.TERM:
            end = add_months(_start(rule.start, facts), rule.months or 0)
            term = _neutral(rule=rule, end=end, step=wording.months_step(facts=facts, rule=rule, end=end))
        case EndRule.NOT_SHOWN:
            return _hidden("按目录的规定，这类信息不向社会公示。", reference=rule.reference, confidence=rule.confidence)
    return _shortened(term=term, stated=facts.statutory_until)


def _start(start: ClockStart, facts: DisplayFacts) -> date:
    if start is ClockStart.DISPLAY_FROM and facts.display_from is not None:
        return facts.display_from
    return facts.decision_date


def _holds(rule: ClassRule, facts: DisplayFacts) -> bool:
    if rule.any_kinds and not rule.any_kinds & facts.penalty_kinds:
        return False
    if rule.only_kinds and not (facts.penalty_kinds and facts.penalty_kinds <= rule.only_kinds):
        return False
    if rule.on_the_spot is not None and rule.on_the_spot != facts.on_the_spot:
        return False
    if rule.sectors and not rule.sectors & facts.sectors:
        return False
    return rule.min_fine_fen is None or (facts.fine_fen is not None and facts.fine_fen >= rule.min_fine_fen)


def _milder_first(result: RegimeResult) -> tuple[bool, date, int, int]:
    return (
        result.term.shown,
        result.end or date.max,
        SEVERITY_RANK[result.rule.severity],
        -result.regime.in_force.toordinal(),
    )


def _by_regimes(*, facts: DisplayFacts, regimes: Sequence[Regime]) -> DisplayTerm:
    if not regimes:
        return _hidden("没有任何一部规定适用于这条记录，没有依据的信息不公示。")
    results = [result_under(regime=regime, facts=facts) for regime in regimes]
    deciding = min(results, key=_milder_first)
    shown = all(result.term.shown for result in results)
    end = min((result.end for result in results if result.end is not None), default=None)
    repair = min((r.first_repair_date for r in results if r.first_repair_date is not None), default=None)
    if repair is not None and end is not None and repair >= end:
        repair = None
    steps = [wording.decided(facts)]
    steps += [wording.regime_step(facts=facts, result=result) for result in results]
    if len(results) > 1:
        steps.append(wording.milder_step(shown=shown, end=end, deciding=deciding))
    if shown and repair is not None:
        steps.append(wording.repair_step(first=repair, decided=facts.decision_date))
    return DisplayTerm(
        shown=shown,
        end=end,
        severity=deciding.rule.severity,
        severity_confidence=deciding.rule.confidence,
        first_repair_date=repair if shown else None,
        rule_versions=tuple(result.regime.version for result in results),
        steps=tuple(steps),
    )


def _by_list(*, facts: DisplayFacts, lists: Mapping[str, ListRule]) -> DisplayTerm:
    found = lists.get(facts.list_type or "")
    if found is None:
        return _hidden(f"目录里没有名单类型“{facts.list_type or '（未填）'}”，没有法定依据的名单不公示。")
    if not found.accepted:
        text = f"“{found.title}”不予公示：{found.refused_because or '目录里没有载入它的法定依据。'}"
        return _hidden(text, reference=found.reference, confidence=found.confidence)
    months = found.term_months
    if months is None or (found.term_stated and facts.statutory_until is None):
        return _hidden(f"“{found.title}”的期限由列入决定写明，这条记录没有写，算不出终止日期，所以不公示。", rule=found)
    end = add_months(facts.decision_date, months)
    by_decision = facts.statutory_until is not None and facts.statutory_until + ONE_DAY < end
    if by_decision and facts.statutory_until is not None:
        end = facts.statutory_until + ONE_DAY
    exit_date = None
    if found.early_exit_months is not None:
        exit_date = add_months(facts.decision_date, found.early_exit_months)
        exit_date = exit_date if exit_date < end else None
    steps = [
        wording.decided(facts),
        wording.list_step(facts=facts, rule=found, months=months, end=end, by_decision=by_decision),
    ]
    if exit_date is not None:
        steps.append(wording.exit_step(exit_date, found))
    return DisplayTerm(
        shown=True,
        end=end,
        severity=found.severity,
        severity_confidence=found.confidence if found.severity else None,
        first_repair_date=exit_date,
        rule_versions=(found.version,),
        steps=tuple(steps),
    )


def _by_validity(*, facts: DisplayFacts, rule: DisplayRule) -> DisplayTerm:
    end: date | None = None
    if facts.valid_to is not None and facts.valid_to < LONG_TERM:
        end = facts.valid_to + ONE_DAY
    if rule.end_rule is EndRule.VALID_TO_OR_TERM and rule.months is not None:
        cap = add_months(_start(rule.start, facts), rule.months)
        end = cap if end is None else min(end, cap)
    return _neutral(rule=rule, end=end, step=wording.validity_step(facts=facts, rule=rule, end=end))


def _neutral(*, rule: DisplayRule, end: date | None, step: ExplainStep) -> DisplayTerm:
    return DisplayTerm(
        shown=True,
        end=end,
        severity=None,
        severity_confidence=None,
        first_repair_date=None,
        rule_versions=(rule.version,),
        steps=(step,),
    )


def _shortened(*, term: DisplayTerm, stated: date | None) -> DisplayTerm:
    if not term.shown or stated is None or stated >= LONG_TERM:
        return term
    stated_end = stated + ONE_DAY
    if term.end is not None and stated_end >= term.end:
        return term
    repair = term.first_repair_date
    return replace(
        term,
        end=stated_end,
        first_repair_date=repair if repair is not None and repair < stated_end else None,
        steps=(*term.steps, wording.stated_step(stated)),
    )


def _hidden(
    text: str,
    *,
    before: DisplayTerm | None = None,
    rule: ListRule | None = None,
    reference: str = "",
    confidence: Confidence = Confidence.PROVISIONAL,
) -> DisplayTerm:
    severity: Severity | None = before.severity if before else None
    if rule is not None:
        severity, reference, confidence = rule.severity, rule.reference, rule.confidence
    step = ExplainStep(text=text, reference=reference, confidence=confidence)
    return DisplayTerm(
        shown=False,
        end=None,
        severity=severity,
        severity_confidence=before.severity_confidence if before else None,
        first_repair_date=None,
        rule_versions=before.rule_versions if before else (),
        steps=(*before.steps, step) if before else (step,),
    )
