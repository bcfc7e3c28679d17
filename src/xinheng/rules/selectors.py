"""The doors of the rules for other contexts. Days are days in Asia/Shanghai; nothing here reads the clock.

``catalogue`` defaults to the current one; a caller that holds a catalogue passes it, so that one job uses one law.
"""

from collections.abc import Mapping
from datetime import date
from functools import lru_cache

from xinheng.catalogue.domain import Catalogue
from xinheng.catalogue.selectors import catalogue_current
from xinheng.rules import domain
from xinheng.rules.domain import Deadline, DisplayFacts, DisplayRule, DisplayTerm, ListRule, Regime, WorkdayCalendar
from xinheng.rules.domain.rulebook import DeadlineRule, Rulebook, last_day_of_term, rulebook_from
from xinheng.rules.errors import NoReportingClock, NoSuchDeadline

KEPT_RULEBOOKS = 4
NO_SECTORS: frozenset[str] = frozenset()

_kept: dict[str, Rulebook] = {}


def rulebook(catalogue: Catalogue | None = None) -> Rulebook:
    """Return the rules of ``catalogue``, converted once per catalogue hash."""
    return _rulebook(catalogue or catalogue_current())


def regimes_for(item_id: str, *, catalogue: Catalogue | None = None) -> tuple[Regime, ...]:
    """Return the regimes that may apply to ``item_id``, oldest first."""
    return tuple(regime for regime in rulebook(catalogue).regimes if item_id in regime.item_ids)


def display_rules_for(item_id: str, *, catalogue: Catalogue | None = None) -> tuple[DisplayRule, ...]:
    """Return the dated display rules of ``item_id``: how its display ends. Empty means: not shown."""
    return tuple(rule for rule in rulebook(catalogue).display_rules if rule.item_id == item_id)


def list_rules(*, catalogue: Catalogue | None = None) -> Mapping[str, ListRule]:
    """Return the term of every list by its id (``B01``)."""
    return rulebook(catalogue).lists


def display_term(facts: DisplayFacts, on_date: date, *, catalogue: Catalogue | None = None) -> DisplayTerm:
    """Return until when a record may be displayed as read on ``on_date``, from when it may be repaired, and why.

    The end is exclusive. Marks (revocation, hold, dispute, repair) are not judged here but in publicity.
    Source: ADR 0005; standards.md §5, §6.3, §10.3, §14 U7.
    """
    book = rulebook(catalogue)
    return domain.display_term(facts=facts, on_date=on_date, rules=book.display_rules, regimes=book.regimes, lists=book.lists)


def calendar(*, catalogue: Catalogue | None = None) -> WorkdayCalendar:
    """Return the calendar of working days."""
    return rulebook(catalogue).calendar


def is_workday(day: date, *, catalogue: Catalogue | None = None) -> bool:
    """Return whether ``day`` is a working day; outside the calendar's years, whether it is Monday to Friday."""
    return calendar(catalogue=catalogue).is_workday(day)


def workdays_between(after: date, through: date, *, catalogue: Catalogue | None = None) -> int:
    """Return the number of working days after ``after`` up to and including ``through``."""
    return calendar(catalogue=catalogue).workdays_between(after=after, through=through)


def clock_deadline(
    clock_id: str, start: date, *, sectors: frozenset[str] = NO_SECTORS, catalogue: Catalogue | None = None
) -> Deadline:
    """Return the last day, inclusive, of a reporting or withdrawal clock that starts on ``start``.

    ``start`` itself is not counted. A version of the organ's ``sectors`` goes before the general one. Provisional where
    the term runs outside the calendar's years. Source: 行政处罚法 art 85 (days of two to seven are working days).

    Raises:
        NoSuchDeadline: the catalogue has no such clock.
    """
    book = rulebook(catalogue)
    rule = _deadline_rule(book, clock_id, start, sectors)
    last = last_day_of_term(calendar=book.calendar, rule=rule, start=start)
    covered = book.calendar.covers(start) and book.calendar.covers(last)
    return Deadline(date=last, provisional=not covered, rule_version=f"{rule.version};{book.calendar.version}")


def reporting_deadline(
    item_id: str, decision_date: date, *, sectors: frozenset[str] = NO_SECTORS, catalogue: Catalogue | None = None
) -> Deadline:
    """Return the last day to report a decision in time, inclusive. Source: 发改办财金〔2018〕424号, 7 working days.

    Raises:
        NoReportingClock: the catalogue has no reporting deadline for ``item_id``.
    """
    clock_id = rulebook(catalogue).reporting_clocks.get(item_id)
    if clock_id is None:
        raise NoReportingClock(what=f"信息项“{item_id}”的报送时限")
    return clock_deadline(clock_id, decision_date, sectors=sectors, catalogue=catalogue)


def late_workdays(
    item_id: str,
    decision_date: date,
    reported_date: date,
    *,
    sectors: frozenset[str] = NO_SECTORS,
    catalogue: Catalogue | None = None,
) -> int:
    """Return by how many working days ``reported_date`` is past the deadline; 0 when in time or without a deadline.

    Results are kept, because a file of a million rows has a few thousand pairs of days.
    """
    book = rulebook(catalogue)
    # Keyed by the hash; set again because another thread may have dropped it from the few that are kept.
    _kept.setdefault(book.catalogue_hash, book)
    return _late(book.catalogue_hash, item_id, decision_date, reported_date, sectors)


def _rulebook(catalogue: Catalogue) -> Rulebook:
    book = _kept.get(catalogue.hash)
    if book is None:
        while len(_kept) >= KEPT_RULEBOOKS:
            _kept.pop(next(iter(_kept)))
        book = _kept[catalogue.hash] = rulebook_from(catalogue)
    return book


@lru_cache(maxsize=65_536)
def _late(catalogue_hash: str, item_id: str, decided: date, reported: date, sectors: frozenset[str]) -> int:
    book = _kept[catalogue_hash]
    clock_id = book.reporting_clocks.get(item_id)
    if clock_id is None:
        return 0
    rule = _deadline_rule(book, clock_id, decided, sectors)
    last = last_day_of_term(calendar=book.calendar, rule=rule, start=decided)
    return book.calendar.workdays_between(after=last, through=reported)


def _deadline_rule(book: Rulebook, clock_id: str, start: date, sectors: frozenset[str]) -> DeadlineRule:
    """Choose the version in force on ``start``; before the first one, the first (an old site's records)."""
    every = [rule for rule in book.deadlines if rule.clock_id == clock_id]
    # A clock of one sector only is asked for by name, so its sector need not be said.
    own = [rule for rule in every if not rule.sectors or rule.sectors & sectors] or every
    if not own:
        raise NoSuchDeadline(what=f"时限“{clock_id}”")
    in_force = [rule for rule in own if rule.in_force <= start and (rule.until is None or start <= rule.until)]
    chosen = in_force or [min(own, key=lambda rule: rule.in_force)]
    return max(chosen, key=lambda rule: (bool(rule.sectors), rule.in_force))
