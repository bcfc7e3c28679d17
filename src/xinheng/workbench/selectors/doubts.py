"""The queue of doubts and one doubt side by side (主体存疑). The gate is intake's: ``doubts_visible_to``."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.db.models import Count, Q, QuerySet

from xinheng.accounts.domain import Actor, Role
from xinheng.intake.models import DECIDABLE, REVIEWED, Doubt, DoubtDecision, DoubtState
from xinheng.intake.selectors import doubt_candidates, doubt_visible_to, doubts_visible_to
from xinheng.kernel.dates import chinese_date
from xinheng.portal.domain import Fact, Tag, Tone
from xinheng.subjects.domain import SAME, code_difference, name_difference
from xinheng.subjects.selectors import ComparedSubject, subject_by_code, subjects_compared
from xinheng.workbench.selectors.organs import item_title
from xinheng.workbench.selectors.persons import names_of

PAGE: Final = 20
WAITING, TO_CONFIRM = "WAITING", "TO_CONFIRM"
STATES: Final = (
    (WAITING, "待确认"),
    (TO_CONFIRM, "等另一人复核"),
    (DoubtState.DECIDED.value, DoubtState.DECIDED.label),
    (DoubtState.REJECTED.value, DoubtState.REJECTED.label),
    (DoubtState.LAPSED.value, DoubtState.LAPSED.label),
)
_LETTERS: Final = "甲乙丙丁戊己庚辛"
_PROPOSE: Final = DoubtDecision.Action.PROPOSE
_OPEN: Final = Q(state=DoubtState.OPEN, submission__state__in=DECIDABLE)
_UNPROPOSED: Final = Q(last_action=None) | ~Q(last_action=_PROPOSE)


@dataclass(frozen=True, slots=True, kw_only=True)
class DoubtLine:
    """One doubt in the queue."""

    doubt_id: int
    name: str
    document_no: str
    organ: str
    item: str
    state: Tag
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DoubtList:
    """A page of the queue of doubts; ``after`` is the cursor of the next one, 0 where there is none."""

    lines: tuple[DoubtLine, ...]
    waiting: int
    to_confirm: int
    after: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ComparedCell:
    """What one candidate has in a row of the comparison, and in what it differs from the report, in words."""

    text: str
    difference: str = ""
    is_same: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ComparedRow:
    """One fact side by side: as it was reported, and of every candidate."""

    label: str
    reported: str
    cells: tuple[ComparedCell, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class DoubtCandidate:
    """An organisation that the row may be about; the platform chooses none."""

    subject_id: int
    letter: str
    name: str
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DecisionLine:
    """What somebody decided about a doubt: who, when, what, why; ``carried_from`` is the batch it was decided in before."""

    at: datetime
    what: str
    who: str
    reason: str
    carried_from: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class DoubtRights:
    """What the reader may do with a doubt now; ``why_not`` says whose turn it is where that is nothing."""

    decide: bool
    propose: bool
    confirm: bool
    take_back: bool
    undo: bool
    why_not: str = ""

    @property
    def chooses(self) -> bool:
        """Return whether the reader may say whose the row is."""
        return self.decide or self.propose


@dataclass(frozen=True, slots=True, kw_only=True)
class DoubtPage:
    """One doubt: the report and the candidates side by side, what was decided, and what can be done now."""

    doubt_id: int
    heading: str
    place: str
    number: str
    state: Tag
    reason: str
    facts: tuple[Fact, ...]
    candidates: tuple[DoubtCandidate, ...]
    rows: tuple[ComparedRow, ...]
    decisions: tuple[DecisionLine, ...]
    proposed: DecisionLine | None
    chosen: str
    rights: DoubtRights


def doubt_list(*, actor: Actor, state: str = WAITING, organ_code: str = "", number: str = "", after: int = 0) -> DoubtList:
    """Return a page of the doubts that the actor may see, oldest first. Three queries."""
    visible = doubts_visible_to(actor=actor)
    if organ_code:
        visible = visible.filter(submission__organ_code=organ_code)
    if number:
        visible = visible.filter(submission__number=number)
    found = list(_in_state(visible, state).filter(pk__gt=after).order_by("pk")[: PAGE + 1])
    return DoubtList(
        lines=tuple(_line(doubt) for doubt in found[:PAGE]),
        waiting=_in_state(visible, WAITING).count(),
        to_confirm=_in_state(visible, TO_CONFIRM).count(),
        after=found[PAGE - 1].pk if len(found) > PAGE else 0,
    )


def doubt_counts(*, actor: Actor) -> tuple[int, int]:
    """Return how many doubts wait for a decision, and how many for a second person. One query."""
    counts = doubts_visible_to(actor=actor).aggregate(
        waiting=Count("pk", filter=_OPEN & _UNPROPOSED), to_confirm=Count("pk", filter=_OPEN & Q(last_action=_PROPOSE))
    )
    return counts["waiting"], counts["to_confirm"]


def next_doubt(*, actor: Actor, after: int) -> int | None:
    """Return the next doubt that waits for a decision, behind ``after`` first, then from the beginning."""
    waiting = _in_state(doubts_visible_to(actor=actor), WAITING).order_by("pk").values_list("pk", flat=True)
    return waiting.filter(pk__gt=after).first() or waiting.first()


def _in_state(doubts: QuerySet[Doubt], state: str) -> QuerySet[Doubt]:
    if state == WAITING:
        return doubts.filter(_OPEN & _UNPROPOSED)
    if state == TO_CONFIRM:
        return doubts.filter(_OPEN & Q(last_action=_PROPOSE))
    return doubts.filter(state=state) if state in DoubtState.values else doubts


def _line(doubt: Doubt) -> DoubtLine:
    return DoubtLine(
        doubt_id=doubt.pk,
        name=doubt.name or "（没有名称）",
        document_no=doubt.document_no,
        organ=doubt.submission.organ_name,
        item=item_title(doubt.submission.item_id),
        state=_tag(doubt),
        reason=doubt.reason,
    )


def _tag(doubt: Doubt) -> Tag:
    if doubt.state == DoubtState.OPEN:
        if getattr(doubt, "last_action", None) == _PROPOSE:
            return Tag("等另一人复核", Tone.ATTENTION)
        if doubt.submission.state not in DECIDABLE:
            return Tag("批次已撤回或未接收，不用确认", Tone.NEUTRAL)
        return Tag("待确认", Tone.ATTENTION)
    return Tag(DoubtState(doubt.state).label, Tone.DONE if doubt.state == DoubtState.DECIDED else Tone.NEUTRAL)


def doubt_page(*, actor: Actor, doubt_id: int, code: str = "") -> DoubtPage:
    """Return one doubt with its candidates side by side; ``code`` adds the organisation that bears it. Eight queries at most.

    Raises:
        DoubtNotFound: there is none, or not for this actor: the same answer for both.
    """
    doubt = doubt_visible_to(actor=actor, doubt_id=doubt_id)
    listed = {candidate["subject_id"]: candidate.get("why", "") for candidate in doubt_candidates(doubt=doubt)}
    typed = subject_by_code(code=code) if code.strip() else None
    if typed is not None:
        listed.setdefault(typed.pk, "按你填的代码查到")
    decisions = list(doubt.decisions.select_related("carried_from__doubt__submission").order_by("pk"))
    for decision in decisions:
        if decision.subject_id is not None:
            listed.setdefault(decision.subject_id, "原来确认的")
    compared = subjects_compared(subject_ids=list(listed), on_date=doubt.decision_date)
    candidates = tuple(
        DoubtCandidate(
            subject_id=each.subject_id, letter=_LETTERS[index % len(_LETTERS)], name=each.name, why=listed[each.subject_id]
        )
        for index, each in enumerate(compared)
    )
    names = names_of({decision.actor for decision in decisions} | {decision.confirmed_by for decision in decisions})
    by_subject = {candidate.subject_id: candidate for candidate in candidates}
    lines = tuple(_decision(decision, names=names, candidates=by_subject) for decision in decisions)
    proposed = decisions[-1] if decisions and doubt.state == DoubtState.OPEN and decisions[-1].action == _PROPOSE else None
    chosen = by_subject.get(doubt.subject_id or 0)
    return DoubtPage(
        doubt_id=doubt.pk,
        heading=f"这条{item_title(doubt.submission.item_id) or '信息'}是哪家单位的？",
        place=f"{doubt.sheet} 第{doubt.row}行".strip(),
        number=doubt.submission.number,
        state=_tag(doubt),
        reason=doubt.reason,
        facts=_facts(doubt),
        candidates=candidates,
        rows=_rows(doubt, compared),
        decisions=lines,
        proposed=lines[-1] if proposed is not None else None,
        chosen=chosen.name if chosen is not None else "",
        rights=_rights(actor, doubt, proposed),
    )


def _facts(doubt: Doubt) -> tuple[Fact, ...]:
    return (
        Fact("报送机关", doubt.submission.organ_name),
        Fact("文书号", doubt.document_no or "（没有）"),
        Fact("决定日期", chinese_date(doubt.decision_date) if doubt.decision_date else "（没有）"),
    )


def _decision(decision: DoubtDecision, *, names: dict[str, str], candidates: dict[int, DoubtCandidate]) -> DecisionLine:
    whom = candidates.get(decision.subject_id or 0)
    who = names.get(decision.actor, decision.actor)
    if decision.confirmed_by:
        who += f"，复核：{names.get(decision.confirmed_by, decision.confirmed_by)}"
    return DecisionLine(
        at=decision.at,
        what=DoubtDecision.Action(decision.action).label + (f"：{whom.name}" if whom is not None else ""),
        who=who,
        reason=decision.reason,
        carried_from="" if decision.carried_from is None else decision.carried_from.doubt.submission.number,
    )


def _rows(doubt: Doubt, compared: tuple[ComparedSubject, ...]) -> tuple[ComparedRow, ...]:
    """Return the facts side by side; what differs is said in words."""
    day = chinese_date(doubt.decision_date) if doubt.decision_date else "决定日期不明"

    def row(label: str, reported: str, cells: list[tuple[str, str]]) -> ComparedRow:
        made = (
            ComparedCell(text=text or "（没有登记）", difference=difference, is_same=difference == SAME)
            for text, difference in cells
        )
        return ComparedRow(label=label, reported=reported, cells=tuple(made))

    return (
        row(
            "名称",
            doubt.name or "（没有）",
            [
                (
                    each.name,
                    name_difference(reported=doubt.name, registered=each.name, former=(name for name, _ in each.former)),
                )
                for each in compared
            ],
        ),
        row(
            "曾用名",
            "",
            [
                ("；".join(f"{name}（{days}）" if days else name for name, days in each.former) or "没有曾用名", "")
                for each in compared
            ],
        ),
        row(
            "代码",
            doubt.code or "（没有）",
            [
                (each.codes[0] if each.codes else "", code_difference(reported=doubt.code, borne=each.codes))
                for each in compared
            ],
        ),
        row("工商注册号", "", [(each.registration_no, "") for each in compared]),
        row("种类", "", [(each.kind, "") for each in compared]),
        row("决定当日的登记状态", day, [(each.status_then or "不明", "") for each in compared]),
        row("现在的登记状态", "", [(each.status, "") for each in compared]),
        row("住所", "", [(each.address, "") for each in compared]),
    )


def _rights(actor: Actor, doubt: Doubt, proposed: DoubtDecision | None) -> DoubtRights:
    """Return what the actor may do.

    Before certification the clerk or the office decides, and the reviewer sees it with the batch; after it one proposes
    and another one, reviewer or office, confirms.
    """
    submission = doubt.submission
    where = {"organ_code": submission.organ_code, "item_id": submission.item_id}
    clerk, reviewer = actor.may(Role.CLERK, **where), actor.may(Role.REVIEWER, **where)
    office = actor.is_of_credit_office
    reviewed = submission.state in REVIEWED
    is_open = doubt.state == DoubtState.OPEN and submission.state in DECIDABLE
    mine = proposed is not None and proposed.actor == actor.login_name
    decided = doubt.state in (DoubtState.DECIDED, DoubtState.REJECTED) and doubt.sealed_row is not None
    return DoubtRights(
        decide=is_open and not reviewed and (clerk or office),
        propose=is_open and reviewed and proposed is None and (clerk or reviewer or office),
        confirm=is_open and proposed is not None and not mine and (reviewer or office),
        take_back=is_open and mine,
        undo=decided and ((reviewer if reviewed else clerk) or office),
        why_not=_whose_turn(doubt, proposed),
    )


def _whose_turn(doubt: Doubt, proposed: DoubtDecision | None) -> str:
    if doubt.state == DoubtState.LAPSED:
        return "来文该行已随原件销毁，不能再确认。需要时请报送机关重新报送。"
    if doubt.submission.state not in DECIDABLE:
        return "批次已经撤回或没有接收，不用确认。"
    if proposed is not None:
        return "已经提出，等本机关的审核人或信用办的另一人复核。"
    if doubt.state == DoubtState.OPEN:
        return "批次确认前，由经办人或信用办确认；审核人在审核整批时看到这个决定。"
    return "已经确认。需要撤销时，请找本机关的审核人或信用办。"
