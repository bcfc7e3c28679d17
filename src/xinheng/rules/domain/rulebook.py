"""The catalogue's clocks, regimes, lists and calendar as one set of rules (规则集), immutable."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from xinheng.catalogue.domain import (
    Catalogue,
    Clock,
    ClockKind,
    ClockUnit,
    ClockVersion,
    Item,
    ListNature,
    ListType,
    RegimeSpec,
    Severity,
)
from xinheng.rules.domain.regimes import ClassRule, DisplayRule, ListRule, Regime, Term, least_confidence
from xinheng.rules.domain.workdays import WorkdayCalendar, calendar_from


@dataclass(frozen=True, slots=True, kw_only=True)
class DeadlineRule:
    """One dated version of a deadline (时限): ``amount`` of ``unit`` after the day it starts from."""

    clock_id: str
    amount: int
    unit: ClockUnit
    sectors: frozenset[str]
    in_force: date
    until: date | None
    reference: str
    version: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Rulebook:
    """All rules of one catalogue."""

    catalogue_hash: str
    regimes: tuple[Regime, ...]
    display_rules: tuple[DisplayRule, ...]
    lists: Mapping[str, ListRule]
    deadlines: tuple[DeadlineRule, ...]
    reporting_clocks: Mapping[str, str]
    calendar: WorkdayCalendar


def rulebook_from(catalogue: Catalogue) -> Rulebook:
    """Return the rules that ``catalogue`` holds; the same catalogue gives the same rules.

    Raises:
        ValueError: a regime without an unconditional last class, a clock without its amount or with a unit that its
            kind cannot have. ``catalogue check`` refuses such content before it gets here.
        KeyError: an item names a clock, or a reference an instrument, that the catalogue lacks.
    """
    regimes = [_regime(catalogue, spec) for spec in catalogue.regimes]
    return Rulebook(
        catalogue_hash=catalogue.hash,
        regimes=tuple(sorted(regimes, key=lambda regime: (regime.in_force, regime.id))),
        display_rules=tuple(rule for item in catalogue.items for rule in _display_rules(catalogue, item)),
        lists={spec.id: _list_rule(catalogue, spec) for spec in catalogue.list_types},
        deadlines=tuple(rule for clock in catalogue.clocks for rule in _deadlines(catalogue, clock)),
        reporting_clocks={item.id: item.reporting_clock for item in catalogue.items if item.reporting_clock is not None},
        calendar=_calendar(catalogue),
    )


def _regime(catalogue: Catalogue, spec: RegimeSpec) -> Regime:
    return Regime(
        id=spec.id,
        title=spec.title,
        item_ids=spec.item_ids,
        in_force=spec.in_force,
        until=spec.until,
        clock_start=spec.clock_start,
        clock_confidence=spec.clock_confidence,
        sectors=frozenset(spec.sectors),
        classes=tuple(
            ClassRule(
                severity=rule.severity,
                any_kinds=frozenset(rule.any_kinds),
                only_kinds=frozenset(rule.only_kinds),
                on_the_spot=rule.on_the_spot,
                sectors=frozenset(rule.sectors),
                min_fine_fen=rule.min_fine_fen,
                confidence=rule.confidence,
                reference=catalogue.basis_text([rule.reference]),
                title=rule.why,
            )
            for rule in spec.classes
        ),
        terms={
            term.severity: Term(
                severity=term.severity,
                shown=term.shown,
                min_months=term.min_months,
                max_months=term.max_months,
                confidence=term.confidence,
            )
            for term in spec.terms
        },
        confidence=spec.confidence,
        reference=catalogue.basis_text([spec.reference]),
        version=f"{spec.id}@{spec.in_force.isoformat()}",
    )


def _display_rules(catalogue: Catalogue, item: Item) -> list[DisplayRule]:
    clock = catalogue.clock(item.display_clock)
    rules = []
    for version in clock.versions:
        if version.end_rule is None:
            raise ValueError(f"clock {clock.id}: a display clock needs its end_rule")
        if version.amount is not None and version.unit is not ClockUnit.MONTH:
            raise ValueError(f"clock {clock.id}: a display term is counted in months")
        rules.append(
            DisplayRule(
                item_id=item.id,
                end_rule=version.end_rule,
                months=version.amount,
                start=version.start,
                adverse=item.adverse,
                in_force=version.in_force,
                until=version.until,
                confidence=version.confidence,
                reference=catalogue.basis_text(version.basis),
                version=_version(clock, version),
            )
        )
    return rules


def _list_rule(catalogue: Catalogue, spec: ListType) -> ListRule:
    return ListRule(
        list_type=spec.id,
        title=spec.title,
        term_months=spec.term_months,
        term_stated=spec.term_stated,
        until_corrected=spec.until_corrected,
        early_exit_months=spec.early_exit_months,
        severity=Severity.SERIOUS if spec.nature is ListNature.SERIOUS else None,
        accepted=spec.accepted,
        refused_because=spec.refused_because or "",
        confidence=least_confidence(spec.confidence, spec.term_confidence),
        reference=catalogue.basis_text(spec.basis),
        version=f"list.{spec.id}@{spec.in_force.isoformat()}",
    )


def _deadlines(catalogue: Catalogue, clock: Clock) -> list[DeadlineRule]:
    if clock.kind is ClockKind.DISPLAY:
        return []
    rules = []
    for version in clock.versions:
        if version.amount is None or version.unit not in (ClockUnit.WORKDAY, ClockUnit.DAY):
            raise ValueError(f"clock {clock.id}: a deadline needs an amount of days or working days")
        rules.append(
            DeadlineRule(
                clock_id=clock.id,
                amount=version.amount,
                unit=version.unit,
                sectors=frozenset(version.sectors),
                in_force=version.in_force,
                until=version.until,
                reference=catalogue.basis_text(version.basis),
                version=_version(clock, version),
            )
        )
    return rules


def _version(clock: Clock, version: ClockVersion) -> str:
    return f"{clock.id}@{version.in_force.isoformat()}"


def _calendar(catalogue: Catalogue) -> WorkdayCalendar:
    years = sorted(year.year for year in catalogue.calendar)
    return calendar_from(
        holidays=(day for year in catalogue.calendar for day in year.holidays),
        workdays=(day for year in catalogue.calendar for day in year.in_lieu_working_days),
        years=years,
        version=f"calendar@{years[0]}-{years[-1]}" if years else "calendar@none",
    )


def last_day_of_term(*, calendar: WorkdayCalendar, rule: DeadlineRule, start: date) -> date:
    """Return the last day of ``rule``'s term after ``start`` (the first counted day is the next one)."""
    if rule.unit is ClockUnit.WORKDAY:
        return calendar.add_workdays(start=start, count=rule.amount)
    return start + timedelta(days=rule.amount)
