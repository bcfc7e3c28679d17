"""The catalogue as pages that people can read (法规目录)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from xinheng.catalogue.domain import (
    Catalogue,
    Clock,
    ClockUnit,
    ClockVersion,
    Confidence,
    EndRule,
    Field,
    FieldDisclosure,
    Item,
    ItemKind,
    Reference,
)
from xinheng.catalogue.selectors import catalogue_current
from xinheng.kernel.dates import chinese_period
from xinheng.portal.domain import Fact, Ground, LawItem, Tag, TermRow, Tone
from xinheng.rules.domain import months_text
from xinheng.rules.selectors import regimes_for

_UNITS: Final = {ClockUnit.WORKDAY: "个工作日", ClockUnit.DAY: "天", ClockUnit.MONTH: "个月"}
_DISCLOSURE: Final = {
    FieldDisclosure.PUBLIC: "公开",
    FieldDisclosure.FREE_TEXT: "确认脱敏后公开",
    FieldDisclosure.RESTRICTED: "不公开",
    FieldDisclosure.NEVER: "不公开",
}
_ENDS: Final = {
    EndRule.VALID_TO: "有效期届满的次日停止公示；长期有效的一直公示",
    EndRule.VALID_TO_OR_TERM: "有效期届满的次日停止公示，最长到下面所写的期限",
    EndRule.LIST_TERM: "按名单的期限，决定书写明更早日期的从其规定；移出即停止公示",
    EndRule.REGIMES: "见下表",
    EndRule.NOT_SHOWN: "不公示",
}


def confidence_tag(confidence: Confidence | str) -> Tag:
    """Return the mark of how far a rule may be trusted (P1); only 暂定 asks for attention by its border."""
    known = Confidence(confidence)
    return Tag(known.label, Tone.DONE if known is Confidence.VERIFIED else Tone.NEUTRAL)


def law_items() -> tuple[LawItem, ...]:
    """Return every item that records something, in the order of the catalogue."""
    catalogue = catalogue_current()
    return tuple(_summary(item, catalogue) for item in catalogue.items if item.kind is not ItemKind.ACT)


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
    )


def grounds_of(references: Iterable[Reference], *, confidence: Confidence, catalogue: Catalogue) -> tuple[Ground, ...]:
    """Return references in words, each with how far it may be trusted."""
    return tuple(
        Ground(
            catalogue.instrument(reference.instrument).cited(reference.article)
            + (f"：{reference.note}" if reference.note else ""),
            confidence_tag(confidence),
        )
        for reference in references
    )


def catalogue_hash() -> str:
    """Return the content hash of the catalogue in use."""
    return catalogue_current().hash


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
            _clock_words(version),
            chinese_period(version.in_force, version.until),
            confidence_tag(version.confidence),
        )
        for place, version in enumerate(clock.versions)
    )


def _clock_words(version: ClockVersion) -> str:
    words = []
    if version.end_rule is not None and version.end_rule in _ENDS:
        words.append(_ENDS[version.end_rule])
    if version.amount is not None and version.unit is not None:
        words.append(f"{version.amount}{_UNITS[version.unit]}")
    return "，".join(words) or "见说明"


def _terms(item: Item, catalogue: Catalogue) -> tuple[TermRow, ...]:
    rows = []
    for regime in regimes_for(item.id, catalogue=catalogue):
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


def _months(months: int | None) -> str:
    return "–" if months is None else months_text(months)


def _field(field: Field) -> Fact:
    return Fact(field.title, field.key, _DISCLOSURE[field.disclosure] if not field.person_related else "不公开")
