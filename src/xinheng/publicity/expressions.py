"""The law's display terms as SQL expressions over current records, compiled from the same objects that explain them.

``rules.domain.display_term`` is the definition; a property test holds the two together. A day that means "not shown" is
``NEVER``, one that means "without end" is ``ALWAYS``, so that the earliest end is simply the least of all.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import reduce
from operator import add, or_
from typing import Any

from django.db.models import BigIntegerField, Case, DateField, ExpressionWrapper, F, Field, Func, Q, Value, When
from django.db.models.expressions import Combinable, Expression
from django.db.models.functions import Cast, Coalesce, Least, NullIf
from django.db.models.lookups import Exact, GreaterThan

from xinheng.catalogue.domain import ClockStart, Confidence, EndRule, Severity
from xinheng.kernel.dates import LONG_TERM
from xinheng.rules.domain import ALL_KINDS, SEVERITY_RANK, ClassRule, DisplayRule, ListRule, Regime, kinds_to_mask
from xinheng.rules.domain.display import Dated
from xinheng.rules.domain.rulebook import Rulebook

NEVER = date.min
ALWAYS = date.max

OrgansOf = Callable[[frozenset[str]], frozenset[str]]
"""From sectors to the codes of the organs in any of them."""


class MonthsLater(Func):
    """The day some calendar months later, the month's last day where that month is shorter."""

    template = "((%(expressions)s) + interval '%(months)s months')::date"
    output_field = DateField()

    def __init__(self, day: Combinable, months: int) -> None:
        super().__init__(day, months=int(months))


class DayLater(Func):
    """The next day."""

    template = "((%(expressions)s) + 1)"
    output_field = DateField()


def display_end(*, book: Rulebook, on_date: date, organs_of: OrgansOf) -> Case:
    """Return the exclusive end of display of a current record as read on ``on_date``; unknown items are ``NEVER``."""
    items = sorted({rule.item_id for rule in book.display_rules})
    return Case(
        *[When(item_id=item_id, then=_end_of(item_id, book, on_date, organs_of)) for item_id in items],
        default=Value(NEVER),
    )


def _least(ends: Sequence[Expression]) -> Expression:
    """Return the earliest of some ends; absent ones do not count, none at all is ``NEVER``."""
    if not ends:
        return Value(NEVER)
    return Coalesce(Least(*ends) if len(ends) > 1 else ends[0], Value(NEVER))


def _where(condition: Q, end: Expression) -> Expression:
    """Return ``end`` where ``condition`` holds, absent elsewhere; an empty condition always holds."""
    if not condition:
        return end
    return Case(When(condition, then=end))


def _applies(law: Dated, on_date: date) -> Q:
    """Return the condition that ``law`` was in force on some day from the decision date through ``on_date``."""
    conditions = []
    if law.in_force > on_date:
        conditions.append(Q(decision_date__gte=law.in_force))
    if law.until is not None:
        conditions.append(Q(decision_date__lte=law.until))
    return Q(*conditions)


def _end_of(item_id: str, book: Rulebook, on_date: date, organs_of: OrgansOf) -> Expression:
    rules = [rule for rule in book.display_rules if rule.item_id == item_id]
    end = _least([_where(_applies(rule, on_date), _end_under(rule, book, on_date, organs_of)) for rule in rules])
    adverse = [_applies(rule, on_date) for rule in rules if rule.adverse]
    if not adverse:
        return end
    ended = Coalesce(NullIf(end, Value(ALWAYS)), Value(NEVER))
    # A rule that says "adverse" binds the records it applies to, like every other rule.
    if not all(adverse):
        return ended
    return Case(When(reduce(or_, adverse), then=ended), default=end)


def _end_under(rule: DisplayRule, book: Rulebook, on_date: date, organs_of: OrgansOf) -> Expression:
    match rule.end_rule:
        case EndRule.REGIMES:
            return _shortened(_by_regimes(rule.item_id, book.regimes, on_date, organs_of))
        case EndRule.LIST_TERM:
            return _by_list(book.lists)
        case EndRule.VALID_TO | EndRule.VALID_TO_OR_TERM:
            return _shortened(_by_validity(rule))
        case EndRule.TERM:
            return _shortened(MonthsLater(_start(rule.start), rule.months or 0))
        case EndRule.NOT_SHOWN:
            return Value(NEVER)


def _start(start: ClockStart) -> Combinable:
    if start is ClockStart.DISPLAY_FROM:
        return Coalesce("display_from", "decision_date")
    return F("decision_date")


def _by_regimes(item_id: str, regimes: Iterable[Regime], on_date: date, organs_of: OrgansOf) -> Expression:
    ends = []
    for regime in regimes:
        if item_id not in regime.item_ids:
            continue
        condition = _applies(regime, on_date)
        if regime.sectors:
            condition &= Q(organ_code__in=sorted(organs_of(regime.sectors)))
        ends.append(_where(condition, _under(regime, organs_of)))
    return _least(ends)


def _under(regime: Regime, organs_of: OrgansOf) -> Expression:
    """Return the end under one regime: the first class that holds decides."""
    branches: list[When] = []
    for rule in regime.classes:
        term = regime.terms[rule.severity]
        if not term.shown:
            end: Expression = Value(NEVER)
        elif term.max_months is None:
            end = Value(ALWAYS)
        else:
            end = MonthsLater(_start(regime.clock_start), term.max_months)
        if rule.is_unconditional:
            return Case(*branches, default=end)
        branches.append(When(_holds(rule, organs_of), then=end))
    raise ValueError(f"regime {regime.id}: the last class must hold for every record")


def _holds(rule: ClassRule, organs_of: OrgansOf) -> Q:
    conditions = []
    if rule.any_kinds:
        conditions.append(Q(GreaterThan(_masked(kinds_to_mask(rule.any_kinds)), 0)))
    if rule.only_kinds:
        conditions.append(Q(Exact(_masked(ALL_KINDS & ~kinds_to_mask(rule.only_kinds)), 0), penalty_mask__gt=0))
    if rule.on_the_spot is not None:
        conditions.append(Q(on_the_spot=rule.on_the_spot))
    if rule.sectors:
        conditions.append(Q(organ_code__in=sorted(organs_of(rule.sectors))))
    if rule.min_fine_fen is not None:
        conditions.append(Q(fine_fen__gte=rule.min_fine_fen))
    return Q(*conditions)


def _masked(mask: int) -> Expression:
    return F("penalty_mask").bitand(mask)


def _by_list(lists: Mapping[str, ListRule]) -> Expression:
    branches = []
    for list_type, rule in sorted(lists.items()):
        if not rule.accepted or rule.term_months is None:
            continue
        end = Least(MonthsLater(F("decision_date"), rule.term_months), DayLater(F("statutory_until")))
        condition = Q(list_type=list_type)
        if rule.term_stated:
            condition &= Q(statutory_until__isnull=False)
        branches.append(When(condition, then=end))
    return Case(*branches, default=Value(NEVER))


def _by_validity(rule: DisplayRule) -> Expression:
    """Return the day after the validity, absent where it is long-term or not written, and the cap where that is earlier."""
    written = Case(When(valid_to__lt=LONG_TERM, then=DayLater(F("valid_to"))))
    if rule.end_rule is EndRule.VALID_TO_OR_TERM and rule.months is not None:
        return Least(written, MonthsLater(_start(rule.start), rule.months))
    return written


def _shortened(end: Expression) -> Expression:
    """Return ``end``, or the day after the last day that the organ itself stated where that is earlier."""
    stated = Case(
        When(statutory_until__lt=LONG_TERM, then=DayLater(F("statutory_until"))),
        default=Value(ALWAYS),
    )
    return Least(end, stated)


@dataclass(frozen=True, slots=True, kw_only=True)
class TermParts:
    """What besides the end a display term says, as columns; ``term_said`` reads them. They hold for shown records only.

    ``rule``: place of the deciding rule among the item's; ``deciding``: place of the deciding regime × 256 + place of its
    class, absent where no regime decides; ``applying``: bit n is set where the n-th regime applies; ``first_repair``: before the
    end of display or absent.
    """

    rule: Expression
    deciding: Expression
    applying: Expression
    first_repair: Expression


_CLASSES = 256
_SEVERITIES = 8


def _absent(field: "Field[Any, Any]") -> Expression:
    """Return nothing, of a type: the database takes a bare NULL for text."""
    return Cast(Value(None), field)


class _DaysIn(Func):
    """A day as a whole number."""

    template = "((%(expressions)s) - DATE '2000-01-01')::bigint"
    output_field = BigIntegerField()


def term_parts(*, item_id: str, book: Rulebook, on_date: date, organs_of: OrgansOf, end: Expression) -> TermParts:
    """Return what the terms of one item say besides their ``end``, for records that are shown."""
    rules = [rule for rule in book.display_rules if rule.item_id == item_id]
    ends = [_where(_applies(rule, on_date), _end_under(rule, book, on_date, organs_of)) for rule in rules]
    # The first rule whose end is the earliest decides, as it does in ``display_term``.
    winner = Value(0) if len(rules) < 2 else Case(*[When(Exact(one, end), then=Value(n)) for n, one in enumerate(ends)])
    said = [_said_by(rule, book, on_date, organs_of) for rule in rules]

    def chosen(parts: Sequence[Expression], field: "Field[Any, Any]") -> Expression:
        if len(parts) == 1:
            return parts[0]
        whens = [When(Exact(winner, Value(n)), then=part) for n, part in enumerate(parts)]
        return Case(*whens, default=_absent(field), output_field=field)

    repair = chosen([one[2] for one in said], DateField())
    return TermParts(
        rule=winner,
        deciding=chosen([one[0] for one in said], BigIntegerField()),
        applying=chosen([one[1] for one in said], BigIntegerField()),
        first_repair=Case(When(GreaterThan(end, repair), then=repair), default=_absent(DateField())),
    )


def _said_by(
    rule: DisplayRule, book: Rulebook, on_date: date, organs_of: OrgansOf
) -> tuple[Expression, Expression, Expression]:
    """Return deciding class, applying regimes and first day of repair under one rule; absent where it knows none."""
    number, day = _absent(BigIntegerField()), _absent(DateField())
    if rule.end_rule is EndRule.LIST_TERM:
        exits = [
            When(list_type=name, then=MonthsLater(F("decision_date"), one.early_exit_months))
            for name, one in sorted(book.lists.items())
            if one.early_exit_months is not None
        ]
        return number, number, Case(*exits, default=day) if exits else day
    if rule.end_rule is not EndRule.REGIMES:
        return number, number, day
    # Of equal ends and severities the regime in force last decides, then the one named first.
    order = sorted(range(len(book.regimes)), key=lambda n: (-book.regimes[n].in_force.toordinal(), n))
    keys, repairs = [], []
    bits: list[Expression] = [Value(0, output_field=BigIntegerField())]
    for place, n in enumerate(order):
        regime = book.regimes[n]
        if rule.item_id not in regime.item_ids:
            continue
        condition = _applies(regime, on_date)
        if regime.sectors:
            condition &= Q(organ_code__in=sorted(organs_of(regime.sectors)))
        keys.append(_where(condition, _key_under(regime, place, organs_of)))
        repairs.append(_where(condition, _repair_under(regime, organs_of)))
        bit = Value(1 << n, output_field=BigIntegerField())
        bits.append(Case(When(condition, then=bit), default=bits[0]) if condition else bit)
    if not keys:
        return number, number, day
    key = Least(*keys) if len(keys) > 1 else keys[0]
    repair = Least(*repairs) if len(repairs) > 1 else repairs[0]
    return key.bitand(_CLASSES * _CLASSES - 1), reduce(add, bits), repair


def _by_class(regime: Regime, organs_of: OrgansOf, then: Callable[[int, ClassRule], Expression]) -> Expression:
    branches: list[When] = []
    for n, rule in enumerate(regime.classes):
        if rule.is_unconditional:
            return Case(*branches, default=then(n, rule)) if branches else then(n, rule)
        branches.append(When(_holds(rule, organs_of), then=then(n, rule)))
    raise ValueError(f"regime {regime.id}: the last class must hold for every record")


def _key_under(regime: Regime, place: int, organs_of: OrgansOf) -> Expression:
    """Return one number that orders as ``rules.domain.display`` chooses: end, severity, regime; and names the class."""

    def key(n: int, rule: ClassRule) -> Expression:
        term = regime.terms[rule.severity]
        end = Value(ALWAYS) if term.max_months is None else MonthsLater(_start(regime.clock_start), term.max_months)
        rest = (SEVERITY_RANK[rule.severity] * _CLASSES + place) * _CLASSES + n
        whole = _DaysIn(end) * Value(_SEVERITIES * _CLASSES * _CLASSES) + Value(rest)
        return ExpressionWrapper(whole, output_field=BigIntegerField())

    return _by_class(regime, organs_of, key)


def _repair_under(regime: Regime, organs_of: OrgansOf) -> Expression:
    def day(_: int, rule: ClassRule) -> Expression:
        term = regime.terms[rule.severity]
        if term.min_months is None:
            return _absent(DateField())
        return MonthsLater(_start(regime.clock_start), term.min_months)

    return _by_class(regime, organs_of, day)


@dataclass(frozen=True, slots=True, kw_only=True)
class TermSaid:
    """Severity and rule versions of a display term."""

    severity: Severity | None
    confidence: Confidence | None
    versions: tuple[str, ...]


def term_said(
    *, item_id: str, book: Rulebook, rule: int, deciding: int | None, applying: int | None, list_type: str | None
) -> TermSaid:
    """Return what the columns of :class:`TermParts` mean for a record that is shown."""
    chosen = [one for one in book.display_rules if one.item_id == item_id][rule]
    if chosen.end_rule is EndRule.LIST_TERM:
        found = book.lists[list_type or ""]
        return TermSaid(
            severity=found.severity, confidence=found.confidence if found.severity else None, versions=(found.version,)
        )
    if deciding is None or applying is None:
        return TermSaid(severity=None, confidence=None, versions=(chosen.version,))
    order = sorted(range(len(book.regimes)), key=lambda n: (-book.regimes[n].in_force.toordinal(), n))
    place, at = divmod(deciding, _CLASSES)
    by = book.regimes[order[place]].classes[at]
    versions = tuple(one.version for n, one in enumerate(book.regimes) if applying >> n & 1)
    return TermSaid(severity=by.severity, confidence=by.confidence, versions=versions)
