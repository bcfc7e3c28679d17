"""Lists, clocks and measures of the catalogue as pages that people can read."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from django.urls import reverse

from xinheng.catalogue.domain import ListNature
from xinheng.catalogue.selectors import catalogue_current
from xinheng.kernel.dates import chinese_period
from xinheng.portal.domain import Fact, FilterOption, LawEntry, LawLine, Version
from xinheng.portal.selectors.law_words import (
    CLOCK_KINDS,
    clock_summary,
    clock_versions,
    confidence_tag,
    confidence_words,
    examples_about,
    grounds_of,
    months_term,
)

if TYPE_CHECKING:
    from xinheng.catalogue.domain import Catalogue, Clock, ListType, Measure, MeasureRow

_NATURES: Final = {
    ListNature.SERIOUS: "严重失信主体名单",
    ListNature.ABNORMAL: "经营（活动）异常名录",
    ListNature.WATCH: "提醒关注（内部，到期自动解除）",
    ListNature.POSITIVE: "守信主体名单",
}
_NOT_BY_SOFTWARE: Final = "本平台只提示依据，不自动执行任何措施；是否采取，由有权机关依法决定。"


def list_lines(catalogue: Catalogue) -> tuple[LawLine, ...]:
    """Return every list type, those that cannot be used yet among them."""
    return tuple(
        LawLine(
            url=reverse("portal:law_list", args=[spec.id]),
            title=spec.title,
            summary=f"{spec.lister}列入，{_list_term(spec)}" if spec.accepted else "依据不足，本平台不收",
            grounds=grounds_of(spec.basis, confidence=spec.confidence, catalogue=catalogue),
            confidence=confidence_tag(spec.confidence),
        )
        for spec in catalogue.list_types
    )


def clock_lines(catalogue: Catalogue) -> tuple[LawLine, ...]:
    """Return every clock with what it says now."""
    return tuple(
        LawLine(
            url=reverse("portal:law_clock", args=[clock.id]),
            title=clock.title,
            summary=clock_summary(clock),
            grounds=grounds_of(clock.versions[-1].basis, confidence=clock.versions[-1].confidence, catalogue=catalogue),
            confidence=confidence_tag(clock.versions[-1].confidence),
        )
        for clock in catalogue.clocks
    )


def measure_lines(catalogue: Catalogue) -> tuple[LawLine, ...]:
    """Return every measure with its category."""
    return tuple(
        LawLine(
            url=reverse("portal:law_measure", args=[measure.id]),
            title=measure.title,
            summary=measure.category.label,
            grounds=grounds_of(measure.basis, confidence=measure.confidence, catalogue=catalogue),
            confidence=confidence_tag(measure.confidence),
        )
        for measure in catalogue.measures
    )


def law_list(*, list_id: str) -> LawEntry | None:
    """Return one list: who enters whom, for how long, on which ground; ``None`` if the catalogue has none of this id."""
    catalogue = catalogue_current()
    spec = next((spec for spec in catalogue.list_types if spec.id == list_id), None)
    if spec is None:
        return None
    facts = [
        Fact("性质", _NATURES[spec.nature]),
        Fact("谁列入", spec.lister),
        Fact("列入谁", "、".join(kind.label for kind in spec.subject_kinds)),
        Fact("什么情形", spec.entry),
        Fact("期限", _list_term(spec), tag=confidence_tag(spec.term_confidence)),
        Fact("提前移出", _early_exit(spec)),
        Fact("给谁看", spec.disclosure.label),
        Fact("说明", spec.note or ""),
    ]
    measures = [measure for measure in catalogue.measures if measure.id in spec.measures]
    item = next(item for item in catalogue.items if item.id == spec.item_id)
    return LawEntry(
        kind_title="法定名单",
        title=spec.title,
        summary="" if spec.accepted else f"本平台现在不收这份名单：{spec.refused_because}",
        confidence=confidence_tag(spec.confidence),
        confidence_words=confidence_words(spec.confidence),
        facts=tuple(fact for fact in facts if fact.value),
        grounds=grounds_of(spec.basis, confidence=spec.confidence, catalogue=catalogue),
        versions=(Version(chinese_period(spec.in_force, spec.until), f"{spec.title}，{_list_term(spec)}"),),
        examples=examples_about(spec.id),
        links=(
            FilterOption(f"目录项：{item.title}", reverse("portal:law_item", args=[item.id])),
            *(FilterOption(f"措施：{found.title}", reverse("portal:law_measure", args=[found.id])) for found in measures),
        ),
    )


def law_clock(*, clock_id: str) -> LawEntry | None:
    """Return one clock with all its versions; ``None`` if the catalogue has none of this id."""
    catalogue = catalogue_current()
    clock = next((clock for clock in catalogue.clocks if clock.id == clock_id), None)
    if clock is None:
        return None
    now = clock.versions[-1]
    items = [item for item in catalogue.items if clock.id in {item.reporting_clock, item.display_clock}]
    return LawEntry(
        kind_title=CLOCK_KINDS[clock.kind],
        title=clock.title,
        summary=_clock_sentence(clock),
        confidence=confidence_tag(now.confidence),
        confidence_words=confidence_words(now.confidence),
        facts=tuple(fact for fact in (Fact("说明", now.note or ""),) if fact.value),
        grounds=grounds_of(now.basis, confidence=now.confidence, catalogue=catalogue),
        versions=clock_versions(clock, catalogue=catalogue),
        examples=examples_about(clock.id),
        links=tuple(
            FilterOption(f"目录项：{item.title}", reverse("portal:law_item", args=[item.id]))
            for item in items
            if item.kind.value != "ACT"
        ),
    )


def law_measure(*, measure_id: str) -> LawEntry | None:
    """Return one measure, row by row with its ground; ``None`` if the catalogue has none of this id."""
    catalogue = catalogue_current()
    measure = next((measure for measure in catalogue.measures if measure.id == measure_id), None)
    if measure is None:
        return None
    lists = [spec for spec in catalogue.list_types if measure.id in spec.measures]
    return LawEntry(
        kind_title="惩戒措施",
        title=measure.title,
        summary=_NOT_BY_SOFTWARE,
        confidence=confidence_tag(measure.confidence),
        confidence_words=confidence_words(measure.confidence),
        facts=_measure_facts(measure),
        grounds=grounds_of(measure.basis, confidence=measure.confidence, catalogue=catalogue),
        versions=(Version(chinese_period(measure.in_force, measure.until), measure.title),),
        parts=tuple(_part(row, catalogue) for row in measure.rows),
        examples=examples_about(measure.id),
        links=tuple(FilterOption(f"名单：{spec.title}", reverse("portal:law_list", args=[spec.id])) for spec in lists),
    )


def _measure_facts(measure: Measure) -> tuple[Fact, ...]:
    facts = (
        Fact("类别", measure.category.label),
        Fact("对谁", "、".join(kind.label for kind in measure.subject_kinds)),
        Fact("说明", measure.note or ""),
    )
    return tuple(fact for fact in facts if fact.value)


def _part(row: MeasureRow, catalogue: Catalogue) -> Version:
    term = row.term or months_term(row.min_months, row.max_months)
    return Version(
        row.content,
        f"对{row.target}；由{row.implementer}实施" + (f"；期限{term}" if term else ""),
        grounds_of(row.basis, confidence=row.confidence, catalogue=catalogue),
    )


def _list_term(spec: ListType) -> str:
    most = f"最长{spec.term_months}个月" if spec.term_months else ""
    if spec.term_stated:
        return f"以决定书写明的期限为准{'，' + most if most else ''}"
    if spec.until_corrected:
        return f"改正后移出{'，' + most if most else ''}"
    return most or "见说明"


def _early_exit(spec: ListType) -> str:
    earliest = f"满{spec.early_exit_months}个月可以申请" if spec.early_exit_months else ""
    return "：".join(part for part in (earliest, spec.early_exit or "") if part)


def _clock_sentence(clock: Clock) -> str:
    return f"{clock_summary(clock)}。"
