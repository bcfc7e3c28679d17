"""The law as the evaluation needs it: regimes, classes, terms (公示期制度、失信程度、期限).

Everything here is immutable and comes from the catalogue (``rules.selectors``); no number of the law is written here.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from xinheng.catalogue.domain import ClockStart, Confidence, EndRule, Severity

OTHER_KIND = "99"
"""Code of 其他 in code list E2; its mask bit is 0, the codes 1 to 13 have the bit of their number."""

LAST_KIND = 13
"""Highest numbered penalty kind of E2, 行政拘留."""

ALL_KINDS = 2 ** (LAST_KIND + 1) - 1
"""Mask of every penalty kind at once."""

SEVERITY_RANK: Mapping[Severity, int] = {severity: rank for rank, severity in enumerate(Severity)}
"""0 for the lightest; for choosing the milder of two."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Term:
    """What one severity means under one regime (公示期限), in calendar months.

    ``min_months`` is the time before a repair may be asked for (``None``: no early end at all); ``max_months`` the
    time after which display ends by itself (``None``: this regime sets no end, so something else must).
    """

    severity: Severity
    shown: bool
    min_months: int | None
    max_months: int | None
    confidence: Confidence


@dataclass(frozen=True, slots=True, kw_only=True)
class ClassRule:
    """One line of a regime's table of classes (失信程度划分).

    Empty or ``None`` conditions do not restrict; all given ones must hold. ``any_kinds`` asks for one of these penalty
    kinds, ``only_kinds`` for at least one kind and no other. The first rule that holds wins.
    """

    severity: Severity
    any_kinds: frozenset[str] = frozenset()
    only_kinds: frozenset[str] = frozenset()
    on_the_spot: bool | None = None
    sectors: frozenset[str] = frozenset()
    min_fine_fen: int | None = None
    confidence: Confidence
    reference: str
    title: str = ""

    @property
    def is_unconditional(self) -> bool:
        """Whether the rule holds for every record."""
        return not (
            self.any_kinds or self.only_kinds or self.sectors or self.on_the_spot is not None or self.min_fine_fen is not None
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Regime:
    """One body of display rules (公示期制度) and when it was or is in force; ``until`` is its last day.

    Raises:
        ValueError: no class rule is unconditional at the end, or a class names a severity without a term.
    """

    id: str
    title: str
    item_ids: tuple[str, ...]
    in_force: date
    until: date | None
    clock_start: ClockStart
    clock_confidence: Confidence
    sectors: frozenset[str] = frozenset()
    classes: tuple[ClassRule, ...]
    terms: Mapping[Severity, Term]
    confidence: Confidence
    reference: str
    version: str

    def __post_init__(self) -> None:
        """Refuse a table of classes with a hole in it."""
        if not self.classes or not self.classes[-1].is_unconditional:
            raise ValueError(f"regime {self.id}: the last class must hold for every record")
        missing = {rule.severity for rule in self.classes} - set(self.terms)
        if missing:
            raise ValueError(f"regime {self.id}: no term for {sorted(missing)}")
        if self.until is not None and self.until < self.in_force:
            raise ValueError(f"regime {self.id}: ends before it begins")


@dataclass(frozen=True, slots=True, kw_only=True)
class DisplayRule:
    """One dated version of how the display of an item ends (公示规则); ``until`` is its last day in force.

    ``months`` is the term from ``start``: the whole display for ``TERM``, for ``VALID_TO_OR_TERM`` the cap on a validity
    that is longer or not written; other end rules need none.
    """

    item_id: str
    end_rule: EndRule
    months: int | None = None
    start: ClockStart = ClockStart.DECISION_DATE
    adverse: bool
    in_force: date
    until: date | None = None
    confidence: Confidence
    reference: str
    version: str

    def __post_init__(self) -> None:
        """Refuse a rule by which an adverse record would never end (protections.md P8)."""
        needs_term = self.end_rule in (EndRule.TERM, EndRule.VALID_TO_OR_TERM)
        if needs_term and self.months is None:
            raise ValueError(f"display rule of {self.item_id}: {self.end_rule} needs its months")


@dataclass(frozen=True, slots=True, kw_only=True)
class ListRule:
    """The term of one list (名单期限), from the decision date, in calendar months.

    ``term_months`` is the longest term; an end that the decision states can only be earlier. ``term_stated``: the
    decision must state its end, an entry without one is not shown. A list that lasts until correction (直至改正) has a
    term as well, because everything adverse ends.
    """

    list_type: str
    title: str
    term_months: int | None
    term_stated: bool
    until_corrected: bool
    early_exit_months: int | None
    severity: Severity | None
    accepted: bool
    refused_because: str
    confidence: Confidence
    reference: str
    version: str


def least_confidence(*values: Confidence) -> Confidence:
    """Return the weakest of several confidences: an answer is as sure as its least sure part."""
    order = list(Confidence)
    return max(values, key=order.index)


def kinds_to_mask(kinds: Iterable[str]) -> int:
    """Return penalty kinds (E2 codes) as the bit mask that SQL compares: code k has bit k, ``"99"`` bit 0.

    Raises:
        ValueError: a code is not in E2 (standards.md §3.3).

    >>> kinds_to_mask({"1", "3"})
    10
    >>> kinds_to_mask({"99"})
    1
    """
    mask = 0
    for kind in kinds:
        if kind == OTHER_KIND:
            mask |= 1
        elif kind.isdecimal() and 1 <= int(kind) <= LAST_KIND:
            mask |= 1 << int(kind)
        else:
            raise ValueError(f"not a penalty kind of E2: {kind!r}")
    return mask


def mask_to_kinds(mask: int) -> frozenset[str]:
    """Return the penalty kinds of a bit mask; the inverse of :func:`kinds_to_mask`.

    >>> sorted(mask_to_kinds(11))
    ['1', '3', '99']
    """
    kinds = {str(code) for code in range(1, LAST_KIND + 1) if mask & (1 << code)}
    return frozenset(kinds | {OTHER_KIND} if mask & 1 else kinds)
