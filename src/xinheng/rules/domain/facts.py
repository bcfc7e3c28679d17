"""What goes into an evaluation and what comes out of it."""

from dataclasses import dataclass
from datetime import date

from xinheng.catalogue.domain import Confidence, Severity


@dataclass(frozen=True, slots=True, kw_only=True)
class DisplayFacts:
    """What a record says that its display depends on.

    ``display_from``: first day of publicity (``None``: not known). ``valid_to``: last day of validity, inclusive.
    ``statutory_until``: last day of display that the deciding organ itself stated (CF_GSJZQ, or a list's end),
    inclusive; it can shorten a computed term, never lengthen it. ``fine_fen``: ``None`` if there is no fine.
    ``sectors``: of the deciding organ.
    """

    item_id: str
    decision_date: date
    display_from: date | None = None
    valid_to: date | None = None
    list_type: str | None = None
    statutory_until: date | None = None
    penalty_kinds: frozenset[str] = frozenset()
    on_the_spot: bool = False
    fine_fen: int | None = None
    sectors: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class ExplainStep:
    """One step of the reasoning in plain Chinese, with what it rests on (``""`` for plain arithmetic)."""

    text: str
    reference: str = ""
    confidence: Confidence | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DisplayTerm:
    """Until when a record may be displayed, and why.

    ``shown`` says whether a record of this kind is displayed at all; ``end`` is exclusive (shown through ``end`` - 1
    day), ``None`` means long-term. ``first_repair_date`` is the first day on which a repair may be asked for, ``None``
    where there is none before the end.
    """

    shown: bool
    end: date | None
    severity: Severity | None
    severity_confidence: Confidence | None
    first_repair_date: date | None
    rule_versions: tuple[str, ...]
    steps: tuple[ExplainStep, ...]

    def is_shown_on(self, day: date) -> bool:
        """Return whether the record may be displayed on ``day`` (Asia/Shanghai), marks aside."""
        return self.shown and (self.end is None or day < self.end)


@dataclass(frozen=True, slots=True, kw_only=True)
class Deadline:
    """The last day to report in time (报送截止日), inclusive; provisional where the calendar does not reach."""

    date: date
    provisional: bool
    rule_version: str
