"""What waits for somebody (要办的事), by role, with the days that are left: the first thing on the first page."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from django.db.models import Count, Min, Q
from django.db.models.fields.json import KeyTextTransform
from django.urls import reverse

from xinheng.accounts.domain import SUBMISSION_READERS, Actor, Role
from xinheng.accounts.selectors import invitations_open
from xinheng.adapters.clock import CHINA
from xinheng.catalogue.models import CatalogueProposal
from xinheng.catalogue.selectors import catalogue_current, proposals
from xinheng.intake.models import SubmissionState, Waiver
from xinheng.intake.selectors import submissions_visible_to, waivers_visible_to
from xinheng.kernel.dates import chinese_date
from xinheng.monitoring.domain import CellState, DueKind, DueLine, month_of, months_until
from xinheng.monitoring.models import ZeroReportState
from xinheng.monitoring.selectors import Coverage, coverage_by_month, due_lines, zero_reports_visible_to
from xinheng.notices.domain import days_left
from xinheng.workbench.domain import Task
from xinheng.workbench.selectors.doubts import TO_CONFIRM, WAITING, doubt_counts

MONTHS_LOOKED_AT: Final = 12
"""As many as the page of zero reports shows of an organ, so that both say the same number."""

_CLERKS: Final = (
    (SubmissionState.RETURNED, "个被退回的批次，等你改正"),
    (SubmissionState.MATCHED, "个批次检查完了，等你提交审核或改正"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Batches:
    """The submissions of one organ in one state: how many, the nearest day to mend by, the longest waiting."""

    state: str
    organ_code: str
    count: int
    mend_by: date | None
    since: date | None


def batches_counted(*, actor: Actor) -> tuple[Batches, ...]:
    """Return the submissions that a person may see, counted by state and organ. One query, however many there are."""
    by = submissions_visible_to(actor=actor).order_by().values_list("state", "organ_code")
    counted = by.annotate(
        count=Count("pk"), mend_by=Min(KeyTextTransform("mend_by", "counts")), since=Min("submitted_at")
    ).order_by("state", "organ_code")
    return tuple(
        Batches(
            state=state,
            organ_code=organ_code,
            count=count,
            mend_by=date.fromisoformat(mend_by) if mend_by else None,
            since=since.astimezone(CHINA).date() if since else None,
        )
        for state, organ_code, count, mend_by, since in counted
    )


def tasks_of(*, actor: Actor, batches: Sequence[Batches], now: datetime, today: date) -> tuple[Task, ...]:
    """Return what waits for this person; nothing that is done. Eight queries at most, two of them of the credit office."""
    tasks: list[Task] = []
    if actor.roles & SUBMISSION_READERS:
        lines = due_lines(actor=actor, catalogue=catalogue_current(), now=now, today=today, with_published=False)
        tasks += _batches(actor, batches, today)
        tasks += _deadlines(actor, lines)
        tasks += _months(actor, today)
        tasks += _zero_reports(actor, today)
        tasks += _doubts(actor, lines)
    if actor.is_of_credit_office:
        tasks += _office(actor, lines, today)
    if Role.ADMINISTRATOR in actor.roles:
        tasks += _invitations(now, today)
    return tuple(tasks)


def _batches(actor: Actor, batches: Sequence[Batches], today: date) -> Iterator[Task]:
    listed = reverse("workbench:submissions")
    for state, text in _CLERKS:
        mine = [one for one in batches if one.state == state and one.organ_code in actor.organs(Role.CLERK)]
        if count := sum(one.count for one in mine):
            nearest = min((one.mend_by for one in mine if one.mend_by is not None), default=None)
            yield Task(text=f"{count}{text}", url=f"{listed}?state={state}", due=days_left(nearest, today=today))
    submitted = [one for one in batches if one.state == SubmissionState.SUBMITTED]
    waiting = [one for one in submitted if one.organ_code in actor.organs(Role.REVIEWER)]
    if count := sum(one.count for one in waiting):
        since = min((one.since for one in waiting if one.since is not None), default=today)
        url = f"{listed}?state={SubmissionState.SUBMITTED}"
        yield Task(text=f"{count}个批次等你审核确认", url=url, due=_waited(since, today))


def _deadlines(actor: Actor, lines: Iterable[DueLine]) -> Iterator[Task]:
    """Rows of the person's own organs that came back or are doubtful: late ones, those in time, those without a deadline."""
    own = [line for line in lines if line.organ_code in actor.organs(Role.CLERK, Role.REVIEWER)]
    url = reverse("workbench:deadlines")
    if late := [line for line in own if line.is_late]:
        most = max(line.days for line in late)
        text = f"{_rows(late)}行过了报送期限，还没有补报或确认"
        yield Task(text=text, url=url, due=f"最久的已过{most}个工作日。", is_late=True)
    if coming := [line for line in own if not line.is_late and line.due is not None]:
        nearest = min(coming, key=lambda line: (line.days, line.due))
        assert nearest.due is not None
        told = f"最近的期限{chinese_date(nearest.due)}（含当日），{nearest.left}。"
        yield Task(text=f"{_rows(coming)}行等补报或确认", url=url, due=told + _provisional(is_so=nearest.is_provisional))
    if open_ended := [line for line in own if line.due is None]:
        yield Task(text=f"{_rows(open_ended)}行等补报或确认，没有可算的期限", url=url)


def _months(actor: Actor, today: date) -> Iterator[Task]:
    """Months of which nothing was reported and no zero report was made, of the person's own organs."""
    own = actor.organs(Role.CLERK, Role.REVIEWER)
    if not own:
        return
    months = list(months_until(month_of(today).back(1), count=MONTHS_LOOKED_AT))
    found = coverage_by_month(actor=actor, catalogue=catalogue_current(), months=months, today=today)
    missing = list(_cells(found, own, CellState.MISSING))
    url = reverse("workbench:zero_reports")
    if missing:
        newest = max(missing, key=lambda one: one[0].month.first)
        told = f"最近的是{newest[0].month.label}{newest[1]}，已过{newest[2]}个工作日。"
        text = f"{len(missing)}处没有报，也没有零报告（最近{MONTHS_LOOKED_AT}个月，按月按类）"
        yield Task(text=text, url=url, due=told, is_late=True)
    last = [row.cells for row in found[0].rows if row.organ.code in own] if found else []
    coming = [cell for cells in last for cell in cells if cell.state is CellState.OPEN and cell.due is not None]
    if coming:
        nearest = min(coming, key=lambda cell: cell.due or today)
        assert nearest.due is not None
        told = f"最后一天{chinese_date(nearest.due)}（含当日）。" + _provisional(is_so=nearest.is_provisional)
        yield Task(text=f"{found[0].month.label}有{len(coming)}类还没有报", url=url, due=told)


def _cells(found: Iterable[Coverage], own: frozenset[str], state: CellState) -> Iterator[tuple[Coverage, str, int]]:
    for one in found:
        for row in one.rows:
            if row.organ.code in own:
                cells = zip(one.items, row.cells, strict=True)
                yield from ((one, item.title, cell.late) for item, cell in cells if cell.state is state)


def _zero_reports(actor: Actor, today: date) -> Iterator[Task]:
    """Zero reports that somebody else stated, in an organ in which this person reviews."""
    own = actor.organs(Role.REVIEWER)
    if not own:
        return
    stated = zero_reports_visible_to(actor=actor, catalogue=catalogue_current()).filter(
        state=ZeroReportState.STATED, organ_code__in=own
    )
    found = stated.exclude(clerk=actor.signature).aggregate(count=Count("pk"), since=Min("stated_at"))
    if found["count"]:
        due = _waited(found["since"].astimezone(CHINA).date(), today)
        yield Task(text=f"{found['count']}份零报告等你确认", url=reverse("workbench:zero_reports"), due=due)


def _doubts(actor: Actor, lines: Iterable[DueLine]) -> Iterator[Task]:
    waiting, to_confirm = doubt_counts(actor=actor)
    url = reverse("workbench:doubts")
    if waiting:
        yield Task(text=f"{waiting}条主体存疑，等确认是哪一家", url=f"{url}?state={WAITING}", due=_nearest_doubt(lines))
    if to_confirm:
        yield Task(text=f"{to_confirm}条存疑已提出意见，等另一人复核", url=f"{url}?state={TO_CONFIRM}")


def _nearest_doubt(lines: Iterable[DueLine]) -> str:
    """Return by when the first doubt must be decided for its row to be in time."""
    doubts = [line for line in lines if line.kind is DueKind.DOUBT and line.due is not None]
    if late := [line for line in doubts if line.is_late]:
        return f"最久的已过期限{max(line.days for line in late)}个工作日。"
    nearest = min(doubts, key=lambda line: line.days, default=None)
    return "" if nearest is None else f"最近的{nearest.left}。"


def _office(actor: Actor, lines: Iterable[DueLine], today: date) -> Iterator[Task]:
    """What waits for the credit office: what nobody decides about alone."""
    asked = waivers_visible_to(actor=actor).filter(decision=Waiver.Decision.WAITING).exclude(asked_by=actor.login_name)
    found = asked.order_by().aggregate(count=Count("pk"), since=Min("asked_on"))
    if found["count"]:
        text = f"{found['count']}项豁免申请等批准"
        yield Task(text=text, url=reverse("workbench:waivers"), due=_waited(found["since"], today))
    waiting = proposals().filter(decision=CatalogueProposal.Decision.WAITING).order_by()
    is_others = ~Q(proposed_by=actor.login_name)
    proposed = waiting.aggregate(count=Count("pk", filter=is_others), since=Min("proposed_at", filter=is_others))
    if proposed["count"]:
        whose = "你" if Role.CREDIT_DIRECTOR in actor.roles else "信用办主任"
        due = _waited(proposed["since"].astimezone(CHINA).date(), today)
        text = f"{proposed['count']}项目录修改等{whose}审批"
        yield Task(text=text, url=reverse("workbench:catalogue_proposals"), due=due)
    if late := [line for line in lines if line.is_late]:
        organs = {line.organ_code for line in late}
        text = f"{len(organs)}个机关有{_rows(late)}行过了报送期限，还没有补报或确认"
        yield Task(text=text, url=reverse("workbench:overview") + "#late", due="可以催办。", is_late=True)


def _invitations(now: datetime, today: date) -> Iterator[Task]:
    found = invitations_open(now=now).order_by().aggregate(count=Count("pk"), first=Min("expires_at"))
    if found["count"]:
        ends = found["first"].astimezone(CHINA).date()
        due = f"最早的{'今天' if ends == today else chinese_date(ends)}到期。"
        yield Task(text=f"{found['count']}份邀请还没有人接受", url=reverse("workbench:people"), due=due)


def _rows(lines: Iterable[DueLine]) -> str:
    return f"{sum(line.count for line in lines):,}"


def _waited(since: date, today: date) -> str:
    days = (today - since).days
    return f"最早的已等了{days}天。" if days > 0 else ""


def _provisional(*, is_so: bool) -> str:
    return "〔暂定：放假安排还没有公布〕" if is_so else ""
