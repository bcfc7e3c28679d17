"""Typed content of catalogue files: instruments, items, code lists, clocks, lists, measures, organs.

Every model is frozen and refuses unknown keys. References are checked by ``gates``.
"""

import datetime as dt
from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Strict, StringConstraints, model_validator
from pydantic import Field as Limit

from xinheng.catalogue.domain.values import (
    ClockKind,
    ClockStart,
    ClockUnit,
    Confidence,
    EndRule,
    FieldDisclosure,
    FieldType,
    InstrumentKind,
    ItemDisclosure,
    ItemKind,
    ListNature,
    MeasureCategory,
    OrganKind,
    Required,
    SecretLevel,
    Severity,
    SubjectCategory,
)

Text = Annotated[str, StringConstraints(min_length=1, strict=True)]
Count = Annotated[int, Strict(), Limit(ge=0)]


class CatalogueModel(BaseModel):
    """Base of all content: immutable, no unknown keys."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Verification(CatalogueModel):
    """Who checked a statement against the official text, and when (P1)."""

    officer: Text
    date: dt.date


class Trusted(CatalogueModel):
    """Base of whatever carries a confidence; VERIFIED names its officer and day, the others none."""

    confidence: Confidence
    verified: Verification | None = None

    @model_validator(mode="after")
    def _names_its_verifier(self) -> Self:
        if (self.confidence is Confidence.VERIFIED) != (self.verified is not None):
            raise ValueError("verified")
        return self


class Reference(CatalogueModel):
    """A place in the law (依据): an instrument and, where it was read, the article."""

    instrument: Text
    article: Text | None = None
    note: Text | None = None


class Instrument(Trusted):
    """A law, regulation, rule, policy document or standard (standards §0.1).

    ``in_force`` empty means the day was not found: such an instrument cannot carry an entry alone.
    ``principles_only`` says that it sets principles and establishes no list of its own.
    """

    id: Text
    number: Text | None = None
    title: Text
    kind: InstrumentKind
    issuer: Text | None = None
    in_force: dt.date | None = None
    until: dt.date | None = None
    principles_only: bool = False
    source: Text | None = None
    note: Text | None = None

    def cited(self, article: str | None = None) -> str:
        """Return the instrument as a citation: title, number and article."""
        number = f"（{self.number}）" if self.number else ""
        return f"《{self.title}》{number}{article or ''}"


class Edition(Trusted):
    """One edition of the national basic catalogue (全国公共信用信息基础目录)."""

    id: Text
    title: Text
    instrument: Text
    in_force: dt.date | None = None
    until: dt.date | None = None
    class_count: Count
    note: Text | None = None


class ItemClass(Trusted):
    """One class of the national basic catalogue with the sub-items that may be collected."""

    id: Text
    title: Text
    since_edition: Text
    sub_items: tuple[Text, ...]
    source_bodies: Text
    disclosure: Text
    natural_persons_only: bool = False
    basis: tuple[Reference, ...]
    sub_items_confidence: Confidence
    note: Text | None = None


class CodeValue(CatalogueModel):
    """One value of a code list; ``annotate`` means it must be written as “其他-说明”."""

    code: Text
    label: Text
    rank: Count | None = None
    aliases: tuple[Text, ...] = ()
    annotate: bool = False
    note: Text | None = None


class CodeList(Trusted):
    """A code list (代码表)."""

    id: Text
    title: Text
    values: tuple[CodeValue, ...]
    basis: tuple[Reference, ...] = ()
    note: Text | None = None

    def value(self, code: str) -> CodeValue | None:
        """Return the value with ``code``, or None."""
        return next((value for value in self.values if value.code == code), None)

    def value_by_text(self, text: str) -> CodeValue | None:
        """Return the value whose code, label or alias is exactly ``text``, or None."""
        return next((v for v in self.values if text in (v.code, v.label) or text in v.aliases), None)


class Field(Trusted):
    """One column of an item; ``title`` is the header verbatim from the national template.

    ``max_length`` is in characters, ``multiple`` means several codes joined by ``;``.
    """

    key: Text
    name: Text
    title: Text
    aliases: tuple[Text, ...] = ()
    type: FieldType = FieldType.TEXT
    max_length: Count | None = None
    required: Required = Required.NEVER
    code_list: Text | None = None
    multiple: bool = False
    role: Text | None = None
    disclosure: FieldDisclosure = FieldDisclosure.PUBLIC
    person_related: bool = False
    identity_document: bool = False
    data_element: Text | None = None
    hint: Text | None = None


class RetiredTemplate(CatalogueModel):
    """An older template, known by columns of its own, that is refused by name."""

    title: Text
    marker_columns: tuple[Text, ...]


class Item(Trusted):
    """One information item (信息事项): what may be collected, by whom, on which ground."""

    id: Text
    title: Text
    kind: ItemKind
    class_id: Text | None = None
    sub_item: Text | None = None
    adverse: Annotated[bool, Strict()]
    subject_kinds: tuple[SubjectCategory, ...]
    responsible_organs: tuple[Text, ...]
    disclosure: ItemDisclosure
    secret_level: SecretLevel = SecretLevel.NONE
    template_version: Text
    template_title: Text
    fields: tuple[Field, ...]
    retired_templates: tuple[RetiredTemplate, ...] = ()
    reporting_clock: Text | None = None
    display_clock: Text
    basis: tuple[Reference, ...]
    in_force: dt.date
    until: dt.date | None = None
    note: Text | None = None

    def field(self, key: str) -> Field:
        """Return the field with national code ``key``; raises KeyError."""
        for field in self.fields:
            if field.key == key:
                return field
        raise KeyError(key)

    def field_by_name(self, name: str) -> Field:
        """Return the field with English ``name``; raises KeyError."""
        for field in self.fields:
            if field.name == name:
                return field
        raise KeyError(name)

    def field_by_role(self, role: str) -> Field | None:
        """Return the field that plays ``role``, or None where the item has none."""
        return next((field for field in self.fields if field.role == role), None)


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


class Sector(CatalogueModel):
    """A supervised field (领域) that organs, clocks and regimes refer to."""

    id: Text
    title: Text


class Organ(Trusted):
    """A reporting organ (报送机关); accounts and records refer to it by ``code``."""

    code: Text
    name: Text
    short_name: Text
    document_prefix: Text | None = None
    aliases: tuple[Text, ...] = ()
    kind: OrganKind
    sectors: tuple[Text, ...] = ()
    township: Text | None = None
    is_demo: Annotated[bool, Strict()]
    note: Text | None = None


class Township(Trusted):
    """A township or street in both official codings; join by name, never by code."""

    name: Text
    nbs_code: Text
    mca_code: Text


class CalendarYear(Trusted):
    """One year of the State Council holiday calendar.

    ``holidays`` are the days of a public holiday arrangement (weekdays and weekends alike),
    ``in_lieu_working_days`` the weekend days on which work is done (调休上班).
    """

    year: Count
    holidays: dict[dt.date, Text]
    in_lieu_working_days: tuple[dt.date, ...] = ()
    source: Text


class CatalogueFile(CatalogueModel):
    """What one YAML file may hold: any of these collections, nothing else."""

    instruments: tuple[Instrument, ...] = ()
    editions: tuple[Edition, ...] = ()
    classes: tuple[ItemClass, ...] = ()
    code_lists: tuple[CodeList, ...] = ()
    items: tuple[Item, ...] = ()
    clocks: tuple[Clock, ...] = ()
    regimes: tuple[RegimeSpec, ...] = ()
    list_types: tuple[ListType, ...] = ()
    measures: tuple[Measure, ...] = ()
    evaluations: tuple[Evaluation, ...] = ()
    sectors: tuple[Sector, ...] = ()
    organs: tuple[Organ, ...] = ()
    townships: tuple[Township, ...] = ()
    calendar: tuple[CalendarYear, ...] = ()
