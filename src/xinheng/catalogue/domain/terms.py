"""Clocks, regimes, lists, measures: what follows from a record, and for how long."""

import datetime as dt

from xinheng.catalogue.domain.base import CatalogueModel, Count, Reference, Text, Trusted
from xinheng.catalogue.domain.values import (
    ClockKind,
    ClockStart,
    ClockUnit,
    Confidence,
    EndRule,
    ItemDisclosure,
    ListNature,
    MeasureCategory,
    Severity,
    SubjectCategory,
)


class ClockVersion(Trusted):
    """One dated value of a clock; ``until`` is the last day in force, inclusive."""

    in_force: dt.date
    until: dt.date | None = None
    amount: Count | None = None
    unit: ClockUnit | None = None
    start: ClockStart
    end_rule: EndRule | None = None
    sectors: tuple[Text, ...] = ()
    basis: tuple[Reference, ...]
    note: Text | None = None


class Clock(CatalogueModel):
    """A reporting deadline, display term or withdrawal term in dated versions."""

    id: Text
    title: Text
    kind: ClockKind
    versions: tuple[ClockVersion, ...]


class ListType(Trusted):
    """A list (名单) that a statutory lister keeps and this platform carries (P14).

    ``term_months`` is the longest term, from the decision date; a stated end can only be earlier.
    ``term_stated`` says that each entry must state its end. ``until_corrected`` means that a
    correction ends the entry, at the latest after ``term_months``. ``accepted: false`` keeps a list
    known and unusable: its lawful basis is not loaded and entries are refused for
    ``refused_because``.
    """

    id: Text
    title: Text
    nature: ListNature
    item_id: Text
    lister: Text
    lister_sectors: tuple[Text, ...] = ()
    subject_kinds: tuple[SubjectCategory, ...]
    disclosure: ItemDisclosure
    entry: Text
    term_months: Count | None = None
    term_stated: bool = False
    until_corrected: bool = False
    early_exit_months: Count | None = None
    early_exit: Text | None = None
    measures: tuple[Text, ...] = ()
    accepted: bool = True
    refused_because: Text | None = None
    basis: tuple[Reference, ...]
    term_confidence: Confidence
    in_force: dt.date
    until: dt.date | None = None
    note: Text | None = None


class MeasureRow(Trusted):
    """One row of a measure: content, target, ground, implementing body and term in months."""

    content: Text
    target: Text
    implementer: Text
    min_months: Count | None = None
    max_months: Count | None = None
    term: Text | None = None
    basis: tuple[Reference, ...]


class Measure(Trusted):
    """A measure of the national basic list (全国失信惩戒措施基础清单) on organisations."""

    id: Text
    title: Text
    category: MeasureCategory
    subject_kinds: tuple[SubjectCategory, ...]
    rows: tuple[MeasureRow, ...] = ()
    basis: tuple[Reference, ...]
    in_force: dt.date
    until: dt.date | None = None
    note: Text | None = None


class Evaluation(Trusted):
    """An evaluation or grade (信用评价); organisations only (P2)."""

    id: Text
    title: Text
    subject_kinds: tuple[SubjectCategory, ...]
    disclosure: ItemDisclosure
    basis: tuple[Reference, ...]
    in_force: dt.date
    until: dt.date | None = None


class TermSpec(Trusted):
    """Display term of one severity in months; ``min_months`` is the earliest repair."""

    severity: Severity
    shown: bool
    min_months: Count | None = None
    max_months: Count | None = None
    basis: tuple[Reference, ...] = ()


class ClassRuleSpec(Trusted):
    """Which penalties belong to a severity; all given conditions must hold, first match wins.

    ``any_kinds``: at least one of these 处罚类别 (E2 codes). ``only_kinds``: no other than these.
    ``min_fine_fen``: fine of at least so many fen.
    """

    severity: Severity
    any_kinds: tuple[Text, ...] = ()
    only_kinds: tuple[Text, ...] = ()
    on_the_spot: bool | None = None
    sectors: tuple[Text, ...] = ()
    min_fine_fen: Count | None = None
    why: Text
    reference: Reference

    @property
    def unconditional(self) -> bool:
        """Tell whether the rule matches every penalty."""
        return (
            not (self.any_kinds or self.only_kinds or self.sectors) and self.on_the_spot is None and self.min_fine_fen is None
        )


class RegimeSpec(Trusted):
    """A repair and display regime (R1, R2, R3, R-SAMR) in one dated version.

    ``sectors`` empty means all organs; ``until`` is the last day in force, inclusive.
    """

    id: Text
    title: Text
    item_ids: tuple[Text, ...]
    in_force: dt.date
    until: dt.date | None = None
    clock_start: ClockStart
    clock_confidence: Confidence
    sectors: tuple[Text, ...] = ()
    classes: tuple[ClassRuleSpec, ...]
    terms: tuple[TermSpec, ...]
    reference: Reference
    note: Text | None = None
