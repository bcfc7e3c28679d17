"""The catalogue as pages that people can read (法规目录): the indexes and the items."""

from __future__ import annotations

from typing import Final

from django.urls import reverse

from xinheng.catalogue.domain import Catalogue, Clock, Field, FieldDisclosure, Item, ItemKind
from xinheng.catalogue.selectors import catalogue_current
from xinheng.kernel.dates import chinese_period
from xinheng.portal.domain import Fact, FilterOption, LawIndex, LawItem, LawLine, TermRow, Version
from xinheng.portal.selectors.law_entries import clock_lines, list_lines, measure_lines
from xinheng.portal.selectors.law_words import (
    clock_versions,
    clock_words,
    confidence_tag,
    confidence_words,
    examples_about,
    grounds_of,
)
from xinheng.rules.domain import months_text
from xinheng.rules.selectors import regimes_for

_DISCLOSURE: Final = {
    FieldDisclosure.PUBLIC: "公开",
    FieldDisclosure.FREE_TEXT: "确认脱敏后公开",
    FieldDisclosure.RESTRICTED: "不公开",
    FieldDisclosure.NEVER: "不公开",
}


def law_index() -> LawIndex:
    """Return the indexes: every item that records something, every list, clock and measure."""
    catalogue = catalogue_current()
    return LawIndex(
        items=tuple(_line(item, catalogue) for item in catalogue.items if item.kind is not ItemKind.ACT),
        lists=list_lines(catalogue),
        clocks=clock_lines(catalogue),
        measures=measure_lines(catalogue),
        catalogue_hash=catalogue.hash,
    )


def _line(item: Item, catalogue: Catalogue) -> LawLine:
    return LawLine(
        url=reverse("portal:law_item", args=[item.id]),
        title=item.title,
        summary=_class_title(item, catalogue),
        grounds=grounds_of(item.basis, confidence=item.confidence, catalogue=catalogue),
        confidence=confidence_tag(item.confidence),
    )


def law_item(*, item_id: str) -> LawItem | None:
    """Return one item with who reports it, how soon, who sees it and how long; ``None`` if it is not in the catalogue."""
    catalogue = catalogue_current()
    item = next((item for item in catalogue.items if item.id == item_id and item.kind is not ItemKind.ACT), None)
    if item is None:
        return None
    summary = _summary(item, catalogue)
    return LawItem(
        item_id=summary.item_id,
        title=summary.title,
        class_title=summary.class_title,
        confidence=summary.confidence,
        grounds=summary.grounds,
        answers=_answers(item, catalogue),
        terms=_terms(item, catalogue),
        fields=tuple(_field(field) for field in item.fields if not field.identity_document),
        confidence_words=confidence_words(item.confidence),
        classes=_classes(item, catalogue),
        versions=_versions(item, catalogue),
        examples=examples_about(item.id),
        links=_links(item, catalogue),
    )


def _summary(item: Item, catalogue: Catalogue) -> LawItem:
    return LawItem(
        item_id=item.id,
        title=item.title,
        class_title=_class_title(item, catalogue),
        confidence=confidence_tag(item.confidence),
        grounds=grounds_of(item.basis, confidence=item.confidence, catalogue=catalogue),
    )


def _class_title(item: Item, catalogue: Catalogue) -> str:
    return next((known.title for known in catalogue.classes if known.id == item.class_id), "")


def _answers(item: Item, catalogue: Catalogue) -> tuple[Fact, ...]:
    reporting = _clock(item.reporting_clock, catalogue)
    display = _clock(item.display_clock, catalogue)
    return (
        Fact("谁报送", "作出决定的机关"),
        *_clock_facts("几天内报", reporting),
        Fact("给谁看", item.disclosure.label),
        *_clock_facts("公示多久", display),
        *((Fact("说明", item.note),) if item.note else ()),
    )


def _clock(clock_id: str | None, catalogue: Catalogue) -> Clock | None:
    return next((clock for clock in catalogue.clocks if clock.id == clock_id), None)


def _clock_facts(label: str, clock: Clock | None) -> tuple[Fact, ...]:
    if clock is None:
        return ()
    return tuple(
        Fact(
            label if place == 0 else "",
            clock_words(version),
            chinese_period(version.in_force, version.until),
            confidence_tag(version.confidence),
        )
        for place, version in enumerate(clock.versions)
    )


def _terms(item: Item, catalogue: Catalogue) -> tuple[TermRow, ...]:
    rows = []
    regimes = sorted(regimes_for(item.id, catalogue=catalogue), key=lambda regime: regime.in_force, reverse=True)
    for regime in regimes:
        spec = next(spec for spec in catalogue.regimes if spec.id == regime.id and spec.in_force == regime.in_force)
        for term in spec.terms:
            [ground, *_] = grounds_of(term.basis or (spec.reference,), confidence=term.confidence, catalogue=catalogue)
            rows.append(
                TermRow(
                    severity=term.severity.label,
                    shortest=_months(term.min_months) if term.shown else "–",
                    longest=_months(term.max_months) if term.shown else "不公示",
                    in_force=chinese_period(spec.in_force, spec.until),
                    ground=ground,
                )
            )
    return tuple(rows)


def _classes(item: Item, catalogue: Catalogue) -> tuple[Version, ...]:
    """Return which penalty has which severity, the newest rules first; the first line that fits a penalty holds."""
    specs = sorted(
        (spec for spec in catalogue.regimes if item.id in spec.item_ids), key=lambda spec: spec.in_force, reverse=True
    )
    return tuple(
        Version(
            f"{spec.title}，{chinese_period(spec.in_force, spec.until)}",
            f"{rule.severity.label}：{rule.why}",
            grounds_of((rule.reference,), confidence=rule.confidence, catalogue=catalogue),
        )
        for spec in specs
        for rule in spec.classes
    )


def _versions(item: Item, catalogue: Catalogue) -> tuple[Version, ...]:
    """Return how the item and its clocks came to what they are, the newest first in each."""
    own = Version(chinese_period(item.in_force, item.until), f"目录项，按{item.template_title}报送")
    clocks = [clock for clock in (_clock(item.reporting_clock, catalogue), _clock(item.display_clock, catalogue)) if clock]
    return (
        own,
        *(
            Version(version.period, f"{clock.title}：{version.text}", version.grounds)
            for clock in clocks
            for version in clock_versions(clock, catalogue=catalogue)
        ),
    )


def _links(item: Item, catalogue: Catalogue) -> tuple[FilterOption, ...]:
    clocks = [clock for clock in (_clock(item.reporting_clock, catalogue), _clock(item.display_clock, catalogue)) if clock]
    lists = [spec for spec in catalogue.list_types if spec.item_id == item.id]
    return (
        *(FilterOption(clock.title, reverse("portal:law_clock", args=[clock.id])) for clock in clocks),
        *(FilterOption(spec.title, reverse("portal:law_list", args=[spec.id])) for spec in lists),
    )


def _months(months: int | None) -> str:
    return "–" if months is None else months_text(months)


def _field(field: Field) -> Fact:
    return Fact(field.title, field.key, _DISCLOSURE[field.disclosure] if not field.person_related else "不公开")
