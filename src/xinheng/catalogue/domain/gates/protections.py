"""Protections that content cannot lift: P2, P5, P8, P14 and P15."""

from collections.abc import Iterator

from xinheng.catalogue.domain.assembly import Assembly, Entry
from xinheng.catalogue.domain.items import Item
from xinheng.catalogue.domain.problems import CatalogueProblem
from xinheng.catalogue.domain.prohibited import person_measure_in, prohibition_in
from xinheng.catalogue.domain.terms import Clock, Evaluation, ListType, Measure, RegimeSpec
from xinheng.catalogue.domain.values import (
    ClockKind,
    EndRule,
    ItemDisclosure,
    ListNature,
    SubjectCategory,
)

ORGANISATIONS_ONLY = (SubjectCategory.ORGANISATION,)
WATCH_LIST_MONTHS = 12
"""The longest watch-list entry (standards §6.6, design): a reminder that does not lapse is a list."""

EVERYTHING_ADVERSE_ENDS = "凡是不利的信息都必须有终止日，到期自动停止公示（P8）。"
COMPUTED_ENDS = frozenset({EndRule.REGIMES, EndRule.LIST_TERM, EndRule.TERM, EndRule.NOT_SHOWN})


def protection_problems(assembly: Assembly) -> Iterator[CatalogueProblem]:
    """Yield content that a protection forbids."""
    clocks = {entry.value.id: entry.value for entry in assembly.of("clocks") if isinstance(entry.value, Clock)}
    for entry in assembly.entries:
        match entry.value:
            case Item() as item:
                yield from _item_ends(entry, item, clocks)
            case ListType() as list_type:
                yield from _list(entry, list_type)
            case Measure() as measure:
                yield from _measure(entry, measure)
            case Evaluation() as evaluation:
                yield from _evaluation(entry, evaluation)
            case RegimeSpec() as regime:
                yield from _regime_ends(entry, regime)


def _item_ends(entry: Entry, item: Item, clocks: dict[str, Clock]) -> Iterator[CatalogueProblem]:
    clock = clocks.get(item.display_clock)
    if clock is None:
        return
    if clock.kind is not ClockKind.DISPLAY:
        yield entry.problem(
            "display_clock",
            rule="catalogue.item.clock_kind",
            what=f"“{item.display_clock}”不是公示期限",
            why="公示到哪一天要由公示期限决定。",
            how="改成 kind 为 DISPLAY 的期限。",
        )
        return
    if item.adverse and any(version.end_rule not in COMPUTED_ENDS for version in clock.versions):
        yield entry.problem(
            "display_clock",
            rule="catalogue.protection.P8",
            what=f"对当事人不利的事项“{item.title}”没有算得出的终止日",
            why=EVERYTHING_ADVERSE_ENDS,
            how="改用有期限的公示规则（REGIMES、LIST_TERM、TERM 或者 NOT_SHOWN）。",
        )
    for version in clock.versions:
        if version.end_rule in {EndRule.TERM, EndRule.VALID_TO_OR_TERM} and not version.amount:
            yield entry.problem(
                "display_clock",
                rule="catalogue.clock.no_length",
                what=f"期限“{clock.id}”没有写长度",
                why="按期限结束的公示必须写明期限有多长。",
                how="补上 amount 和 unit。",
            )


def _regime_ends(entry: Entry, regime: RegimeSpec) -> Iterator[CatalogueProblem]:
    for index, term in enumerate(regime.terms):
        if term.shown and term.max_months is None:
            yield entry.problem(
                "terms",
                index,
                rule="catalogue.protection.P8",
                what=f"“{term.severity.label}”没有最长公示期",
                why=EVERYTHING_ADVERSE_ENDS,
                how="补上 max_months。",
            )


def _persons(entry: Entry, kinds: tuple[SubjectCategory, ...], what: str) -> Iterator[CatalogueProblem]:
    if kinds != ORGANISATIONS_ONLY:
        yield entry.problem(
            "subject_kinds",
            rule="catalogue.protection.P2",
            what=f"{what}的对象不只是法人和非法人组织",
            why="评价、分级、重点关注和惩戒措施只对法人和非法人组织，不对个体工商户和自然人（P2、P5）。",
            how="写 subject_kinds: [ORGANISATION]；只能对个人实施的，删去。",
        )


def _prohibited(entry: Entry, title: str, *, what: str) -> Iterator[CatalogueProblem]:
    found = prohibition_in(title)
    if found is not None:
        prohibition, word = found
        yield entry.problem(
            "title",
            rule="catalogue.gate.G6",
            what=f"{what}“{title}”触及禁止归集的内容（“{word}”，{prohibition.id} {prohibition.title}）",
            why=prohibition.why,
            how=f"删去该{what}。",
        )


def _list(entry: Entry, value: ListType) -> Iterator[CatalogueProblem]:
    if not value.subject_kinds or SubjectCategory.NATURAL_PERSON in value.subject_kinds:
        yield entry.problem(
            "subject_kinds",
            rule="catalogue.protection.P2",
            what=f"名单“{value.title}”的对象包含自然人，或者没有写对象",
            why="本平台没有自然人的名单（P2）。",
            how="只写 ORGANISATION、SOLE_TRADER；以自然人为主的名单不载入。",
        )
    yield from _prohibited(entry, value.title, what="名单")
    if not value.accepted and not value.refused_because:
        yield entry.problem(
            "accepted",
            rule="catalogue.list.unexplained",
            what=f"名单“{value.title}”不收条目，但没有说为什么",
            why="拒收要让报送机关看得懂。",
            how="补上 refused_because。",
        )
    if value.nature is not ListNature.POSITIVE and value.term_months is None:
        yield entry.problem(
            rule="catalogue.protection.P8",
            what=f"名单“{value.title}”没有最长期限",
            why=f"{EVERYTHING_ADVERSE_ENDS}直至改正的名单也要有封顶的期限。",
            how="补上 term_months（从决定之日起的月数）。",
        )
    if value.nature is ListNature.WATCH:
        yield from _watch(entry, value)


def _watch(entry: Entry, value: ListType) -> Iterator[CatalogueProblem]:
    yield from _persons(entry, value.subject_kinds, f"重点关注名单“{value.title}”")
    if value.disclosure is ItemDisclosure.PUBLIC:
        yield entry.problem(
            "disclosure",
            rule="catalogue.protection.P15",
            what=f"重点关注名单“{value.title}”设成了社会公开",
            why="重点关注只是内部提醒，没有公开的法定依据（P15）。",
            how="改成 disclosure: SHARED 或者 AUTHORISED。",
        )
    if value.measures:
        yield entry.problem(
            "measures",
            rule="catalogue.protection.P15",
            what=f"重点关注名单“{value.title}”挂了惩戒措施",
            why="没有法定依据，不得据此减损权益（P15）。",
            how="删去 measures。",
        )
    if value.term_months is not None and value.term_months > WATCH_LIST_MONTHS:
        yield entry.problem(
            "term_months",
            rule="catalogue.protection.P15",
            what=f"重点关注名单“{value.title}”的期限超过 {WATCH_LIST_MONTHS} 个月",
            why="提醒要自动失效（P15）。",
            how=f"改成不超过 {WATCH_LIST_MONTHS} 个月。",
        )


def _measure(entry: Entry, value: Measure) -> Iterator[CatalogueProblem]:
    texts = [value.title, *(row.content for row in value.rows)]
    for text in texts:
        found = person_measure_in(text)
        if found is not None:
            measure, word = found
            yield entry.problem(
                rule="catalogue.protection.P5",
                what=f"措施“{text}”是针对个人的措施（“{word}”，{measure}）",
                why="限制任职、消费、出境、升学等由法院等机关依法对个人作出，本平台不实施，也不载入（P5）。",
                how="删去该措施。",
            )
            return
    yield from _persons(entry, value.subject_kinds, f"措施“{value.title}”")


def _evaluation(entry: Entry, value: Evaluation) -> Iterator[CatalogueProblem]:
    yield from _persons(entry, value.subject_kinds, f"评价“{value.title}”")
    yield from _prohibited(entry, value.title, what="评价")
