"""Words for what the catalogue holds: confidence, grounds, clocks, examples."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from xinheng.catalogue.domain import (
    Catalogue,
    Clock,
    ClockKind,
    ClockStart,
    ClockUnit,
    ClockVersion,
    Confidence,
    EndRule,
    Reference,
    Severity,
)
from xinheng.catalogue.domain.cases import CaseKind
from xinheng.catalogue.selectors import catalogue_current, law_cases
from xinheng.kernel.dates import chinese_date, chinese_period, parse_date
from xinheng.portal.domain import Example, Ground, Tag, Tone, Version

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from typing import Any

    from xinheng.catalogue.domain.cases import LawCase

_UNITS: Final = {ClockUnit.WORKDAY: "个工作日", ClockUnit.DAY: "天", ClockUnit.MONTH: "个月"}
_STARTS: Final = {
    ClockStart.DECISION_DATE: "自作出决定之日起",
    ClockStart.DISPLAY_FROM: "自开始公示之日起",
    ClockStart.EVENT_DATE: "自事情发生之日起",
}
_ENDS: Final = {
    EndRule.VALID_TO: "有效期届满的次日停止公示；长期有效的一直公示",
    EndRule.VALID_TO_OR_TERM: "有效期届满的次日停止公示",
    EndRule.LIST_TERM: "按名单的期限，决定书写明更早日期的从其规定；移出即停止公示",
    EndRule.REGIMES: "按处罚的等级和先后施行的规定，取结束最早的一个",
    EndRule.NOT_SHOWN: "不公示",
}
CLOCK_KINDS: Final = {
    ClockKind.REPORTING: "报送期限",
    ClockKind.DISPLAY: "公示期限",
    ClockKind.WITHDRAWAL: "撤回期限",
    ClockKind.OBJECTION: "异议核查期限",
}
_CONFIDENCE_WORDS: Final = {
    Confidence.VERIFIED: "已核实：有名字的工作人员核对过原文",
    Confidence.SOURCED: "有出处：从公开资料读到，还没有人核对原文",
    Confidence.PROVISIONAL: "暂定：原文没有载入或者说法不一，先取对当事人较轻的一种；核对以后可能改变",
}


def confidence_tag(confidence: Confidence | str) -> Tag:
    """Return the mark of how far a rule may be trusted (P1); only 暂定 asks for attention by its border."""
    known = Confidence(confidence)
    return Tag(known.label, Tone.DONE if known is Confidence.VERIFIED else Tone.NEUTRAL)


def confidence_words(confidence: Confidence) -> str:
    """Return what the mark means, in a sentence (P1)."""
    return f"{_CONFIDENCE_WORDS[confidence]}。"


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


def clock_words(version: ClockVersion) -> str:
    """Return what a clock says in one version."""
    amount = "" if version.amount is None or version.unit is None else f"{version.amount}{_UNITS[version.unit]}"
    if version.end_rule is EndRule.VALID_TO_OR_TERM and amount:
        return f"有效期届满的次日停止公示，最长{_STARTS[version.start]}{amount}"
    if version.end_rule is not None and version.end_rule in _ENDS:
        return _ENDS[version.end_rule]
    return amount or "见说明"


def clock_summary(clock: Clock) -> str:
    """Return what a clock says now, from which day it counts."""
    version = clock.versions[-1]
    start = _STARTS[version.start] if version.end_rule is None else ""
    return f"{start}{clock_words(version)}"


def clock_versions(clock: Clock, *, catalogue: Catalogue) -> tuple[Version, ...]:
    """Return every version of a clock, the newest first."""
    return tuple(
        Version(
            chinese_period(version.in_force, version.until),
            clock_words(version) + (f"。{version.note}" if version.note else ""),
            grounds_of(version.basis, confidence=version.confidence, catalogue=catalogue),
        )
        for version in reversed(clock.versions)
    )


def rule_version_words(version: str) -> str:
    """Return which rules a display was computed under: “R3@2026-04-01” is 信用修复管理办法，2026年4月1日起施行."""
    identity, _, day = version.partition("@")
    in_force = parse_date(day)
    catalogue = catalogue_current()
    titles = {entry.id: entry.title for entry in catalogue.clocks}
    titles |= {entry.id: entry.title for entry in catalogue.list_types}
    titles |= {entry.id: entry.title for entry in catalogue.regimes}
    title = titles.get(identity, identity)
    return f"{title}，{chinese_date(in_force)}起施行" if in_force else title


def months_term(fewest: int | None, most: int | None) -> str:
    """Return a term in months as people read it; nothing where none is given."""
    if most is None:
        return f"最短{fewest}个月" if fewest is not None else ""
    if fewest is None or fewest == most:
        return f"{most}个月"
    return f"{fewest}至{most}个月"


def examples_about(identity: str) -> tuple[Example, ...]:
    """Return the law cases that try an entry of the catalogue, in plain words."""
    return tuple(_example(case) for case in law_cases() if identity in case.about)


def _example(case: LawCase) -> Example:
    if case.kind is CaseKind.DISPLAY:
        decided = case.given.get("decision_date")
        lead = f"{chinese_date(decided)}作出的决定，" if decided else ""
        result = _display_result(case.expected)
        return Example(case.sentence, f"{lead}{result}。" if result else "")
    if case.kind is CaseKind.DEADLINE and (day := case.expected.get("date")) is not None:
        return Example(case.sentence, f"{chinese_date(case.given['start'])}起算，到{chinese_date(day)}截止。")
    return Example(case.sentence)


def _display_result(expected: Mapping[str, Any]) -> str:
    if expected.get("shown", True) is False:
        return "不公示"
    words = []
    if severity := expected.get("severity"):
        words.append(f"等级为{Severity(severity).label}")
    if "last_day" in expected:
        last = expected["last_day"]
        words.append(f"公示到{chinese_date(last)}（含当日）" if last else "长期公示")
    if first := expected.get("first_repair_date"):
        words.append(f"{chinese_date(first)}起可以申请修复")
    return "，".join(words)
