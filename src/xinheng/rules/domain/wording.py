"""The sentences that explain a display term in plain Chinese (公示期的说明文字)."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from xinheng.catalogue.domain import ClockStart, Confidence
from xinheng.kernel.dates import LONG_TERM, ONE_DAY, chinese_date
from xinheng.rules.domain.facts import DisplayFacts, ExplainStep
from xinheng.rules.domain.regimes import DisplayRule, ListRule, least_confidence

if TYPE_CHECKING:
    from xinheng.rules.domain.display import RegimeResult

MONTHS_A_YEAR = 12


def months_text(months: int) -> str:
    """Return ``1年`` for 12, ``3个月`` for 3, ``1年6个月`` for 18."""
    years, rest = divmod(months, MONTHS_A_YEAR)
    return (f"{years}年" if years else "") + (f"{rest}个月" if rest or not years else "")


def last_day(end: date) -> str:
    """Return the last day shown, in words, for an exclusive ``end``."""
    return chinese_date(end - ONE_DAY)


def decided(facts: DisplayFacts) -> ExplainStep:
    """Say when the decision was made."""
    return ExplainStep(text=f"决定日期是{chinese_date(facts.decision_date)}。")


def regime_step(*, facts: DisplayFacts, result: RegimeResult) -> ExplainStep:
    """Say what one regime makes of the record."""
    regime, rule, term = result.regime, result.rule, result.term
    until = f"至{chinese_date(regime.until)}" if regime.until else "起"
    force = f"{chinese_date(regime.in_force)}{until}施行"
    ground = f"（{rule.title}）" if rule.title else ""
    text = f"按《{regime.title}》（{force}），这条记录属于“{rule.severity.label}”{ground}"
    if not term.shown:
        text += "，不予公示。"
    elif result.end is None or term.max_months is None:
        text += "，该规定没有写明公示多久。"
    else:
        text += f"，最长公示{months_text(term.max_months)}，{_start_words(facts, result)}，公示到{last_day(result.end)}为止。"
    confidence = least_confidence(rule.confidence, term.confidence, regime.clock_confidence)
    return ExplainStep(text=text, reference=rule.reference or regime.reference, confidence=confidence)


def milder_step(*, shown: bool, end: date | None, deciding: RegimeResult) -> ExplainStep:
    """Say which of several regimes decides."""
    name = f"《{deciding.regime.title}》"
    if not shown:
        text = f"几部规定先后或同时适用，取对当事人最有利的：{name}不予公示，所以不公示。"
    elif end is None:
        text = "几部规定都没有写明公示多久。"
    else:
        text = f"几部规定先后或同时适用，取对当事人最有利的：按{name}，公示到{last_day(end)}为止。"
    return ExplainStep(
        text=text,
        reference="新旧规定如何衔接，公开的正文没有写明；平台取对当事人有利的一方",
        confidence=Confidence.PROVISIONAL,
    )


def repair_step(*, first: date, decided: date) -> ExplainStep:
    """Say from when a repair may be asked for."""
    if first <= decided:
        return ExplainStep(text="义务履行完毕后，随时可以申请信用修复。")
    return ExplainStep(text=f"最短公示期到{last_day(first)}届满；从{chinese_date(first)}起可以申请信用修复。")


def list_step(*, facts: DisplayFacts, rule: ListRule, months: int, end: date, by_decision: bool) -> ExplainStep:
    """Say until when a list entry is shown."""
    counted = f"从列入决定日期{chinese_date(facts.decision_date)}起算"
    if by_decision:
        text = f"列入“{rule.title}”的决定写明的届满日，即{last_day(end)}，公示到这一天为止。"
    elif rule.until_corrected:
        text = f"“{rule.title}”改正后移出；一直没有移出的，平台最长公示{months_text(months)}，{counted}，公示到{last_day(end)}为止。"
    else:
        text = f"“{rule.title}”的期限最长是{months_text(months)}，{counted}，公示到{last_day(end)}为止。"
    confidence = Confidence.PROVISIONAL if rule.until_corrected else rule.confidence
    return ExplainStep(text=text, reference=rule.reference, confidence=confidence)


def exit_step(first: date, rule: ListRule) -> ExplainStep:
    """Say from when an early exit from a list may be asked for."""
    return ExplainStep(
        text=f"符合条件的，从{chinese_date(first)}起可以申请提前移出。", reference=rule.reference, confidence=rule.confidence
    )


def validity_step(*, facts: DisplayFacts, rule: DisplayRule, end: date | None) -> ExplainStep:
    """Say until when a record with a validity is shown."""
    if facts.valid_to is None:
        text = "没有填写有效期至，"
    elif facts.valid_to >= LONG_TERM:
        text = "有效期是长期，"
    else:
        text = f"有效期至{chinese_date(facts.valid_to)}，"
    text += "一直公示，直到撤回、撤销或者注销。" if end is None else f"公示到{last_day(end)}为止。"
    return ExplainStep(text=text, reference=rule.reference, confidence=rule.confidence)


def months_step(*, facts: DisplayFacts, rule: DisplayRule, end: date) -> ExplainStep:
    """Say until when an item with a fixed term is shown."""
    start = "公示之日" if rule.start is ClockStart.DISPLAY_FROM else f"决定日期{chinese_date(facts.decision_date)}"
    text = f"从{start}起公示{months_text(rule.months or 0)}，公示到{last_day(end)}为止。"
    return ExplainStep(text=text, reference=rule.reference, confidence=rule.confidence)


def stated_step(stated: date) -> ExplainStep:
    """Say that the organ itself stated an earlier end."""
    return ExplainStep(text=f"作出决定的机关写明公示（列入）到{chinese_date(stated)}为止，比上面算出的更早，以它为准。")


def _start_words(facts: DisplayFacts, result: RegimeResult) -> str:
    day = chinese_date(result.start)
    if result.regime.clock_start is ClockStart.DECISION_DATE:
        return f"从决定日期{day}起算"
    if facts.display_from is None:
        return f"应从公示之日起算，公示之日不明，按决定日期{day}起算"
    return f"从公示之日{day}起算"
