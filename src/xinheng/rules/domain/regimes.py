"""The law as the evaluation needs it: regimes, classes, terms (公示期制度、失信程度、期限).

Everything here is immutable and comes from the catalogue (``rules.selectors``); no number of the law is written here.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from xinheng.catalogue.domain import Confidence

OTHER_KIND = "99"
"""Code of 其他 in code list E2; its mask bit is 0, the codes 1 to 13 have the bit of their number."""


class Severity(StrEnum):
    """How serious an act is (失信程度), lightest first."""

    MINOR = "MINOR"
    GENERAL = "GENERAL"
    SERIOUS = "SERIOUS"

    @property
    def label(self) -> str:
        """The Chinese word shown to people."""
        return SEVERITY_LABELS[self]

    @property
    def rank(self) -> int:
        """0 for the lightest; for choosing the milder of two."""
        return list(Severity).index(self)


SEVERITY_LABELS: Mapping[Severity, str] = {
    Severity.MINOR: "轻微",
    Severity.GENERAL: "一般",
    Severity.SERIOUS: "严重",
}


class ClockStart(StrEnum):
    """Which day a term is counted from (期限起算日)."""

    DECISION_DATE = "decision_date"
    DISPLAY_FROM = "display_from"


class DisplayKind(StrEnum):
    """How an item's display ends (公示终止方式)."""

    REGIME = "regime"
    VALID_TO = "valid_to"
    LIST_TERM = "list_term"
    MONTHS = "months"


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
    """How the display of one item ends (公示规则).

    ``months`` counts from the decision date: the whole term for ``MONTHS``; for ``VALID_TO`` the cap where a record
    has no end of validity (``None``: it is then long-term).
    """

    item_id: str
    kind: DisplayKind
    months: int | None = None
    adverse: bool
    confidence: Confidence
    reference: str
    version: str

    def __post_init__(self) -> None:
        """Refuse a rule by which an adverse record would never end (protections.md P8)."""
        if self.kind is DisplayKind.MONTHS and self.months is None:
            raise ValueError(f"display rule of {self.item_id}: a fixed term needs its months")
        if self.adverse and self.kind is DisplayKind.VALID_TO and self.months is None:
            raise ValueError(f"display rule of {self.item_id}: an adverse record without validity would never end")


@dataclass(frozen=True, slots=True, kw_only=True)
class ListRule:
    """The statutory term of one list (名单期限), from the decision date.

    ``term_months`` is never ``None``: a list that lasts "until corrected" (直至改正) has a computed cap as well, marked
    provisional, because everything adverse ends. ``early_exit_months``: ``None`` means the list knows no early exit.
    """

    list_type: str
    title: str
    term_months: int
    until_corrected: bool
    early_exit_months: int | None
    confidence: Confidence
    reference: str
    version: str


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


LAST_KIND = 13
"""Highest numbered penalty kind of E2, 行政拘留."""
