"""Laws invented for one question each: a rule, regimes, lists, and what they say of a record."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from xinheng.rules.domain import (
    ClassRule,
    ClockStart,
    Confidence,
    DisplayFacts,
    DisplayRule,
    DisplayTerm,
    EndRule,
    ListRule,
    Regime,
    Severity,
    Term,
    display_term,
)

DECIDED = date(2024, 5, 6)
TODAY = date(2024, 6, 1)
PENALTY = DisplayFacts(item_id="penalty", decision_date=DECIDED, penalty_kinds=frozenset({"3"}))
RULE = DisplayRule(
    item_id="penalty",
    end_rule=EndRule.REGIMES,
    adverse=True,
    in_force=date(2010, 1, 1),
    confidence=Confidence.SOURCED,
    reference="规则的依据",
    version="rule@1",
)


def term(
    severity: Severity = Severity.GENERAL,
    *,
    shown: bool = True,
    months: tuple[int | None, int | None] = (3, 12),
    confidence: Confidence = Confidence.SOURCED,
) -> Term:
    """Return a term of so many months at least and at most."""
    return Term(severity=severity, shown=shown, min_months=months[0], max_months=months[1], confidence=confidence)


def line(severity: Severity = Severity.GENERAL, **conditions: Any) -> ClassRule:
    """Return a line of a regime's table of classes."""
    return ClassRule(severity=severity, **{"confidence": Confidence.SOURCED, "reference": "划分的依据"} | conditions)


def regime(
    identity: str, *, classes: tuple[ClassRule, ...] | None = None, terms: tuple[Term, ...] | None = None, **more: Any
) -> Regime:
    """Return a regime in force since 2020 that puts every record into the class of its first term."""
    terms = terms or (term(),)
    return Regime(
        id=identity,
        classes=classes or (line(terms[0].severity),),
        terms={one.severity: one for one in terms},
        **{
            "title": f"规定{identity}",
            "item_ids": ("penalty",),
            "in_force": date(2020, 1, 1),
            "until": None,
            "clock_start": ClockStart.DECISION_DATE,
            "clock_confidence": Confidence.SOURCED,
            "confidence": Confidence.SOURCED,
            "reference": f"依据{identity}",
            "version": f"{identity}@1",
        }
        | more,
    )


def named(identity: str = "B01", **more: Any) -> ListRule:
    """Return an accepted list of three years."""
    return ListRule(
        list_type=identity,
        **{
            "title": "演示名单",
            "term_months": 36,
            "term_stated": False,
            "until_corrected": False,
            "early_exit_months": None,
            "severity": Severity.SERIOUS,
            "accepted": True,
            "refused_because": "",
            "confidence": Confidence.SOURCED,
            "reference": "名单的依据",
            "version": "list@1",
        }
        | more,
    )


def answer(
    facts: DisplayFacts = PENALTY,
    *,
    on_date: date = TODAY,
    rules: Iterable[DisplayRule] = (RULE,),
    regimes: Iterable[Regime] = (),
    lists: Iterable[ListRule] = (),
) -> DisplayTerm:
    """Return until when these laws display a record."""
    return display_term(
        facts=facts, on_date=on_date, rules=rules, regimes=regimes, lists={rule.list_type: rule for rule in lists}
    )


def told(found: DisplayTerm) -> list[str]:
    """Return the explanation, step by step."""
    return [step.text for step in found.steps]
