"""The first page after signing in, by role: what waits and until when, how much, what changed, what came last."""

from datetime import date
from typing import Final

from django.db.models import Count

from xinheng.accounts.domain import ROLE_LABELS, SUBMISSION_READERS, Actor, Role
from xinheng.accounts.selectors import names_of
from xinheng.adapters.clock import CHINA
from xinheng.intake.models import SubmissionState
from xinheng.intake.selectors import events_visible_to, submissions_visible_to
from xinheng.notices.domain import days_left
from xinheng.portal.domain import Fact
from xinheng.workbench.domain import Change, HomePage, Task
from xinheng.workbench.selectors.organs import organ_name
from xinheng.workbench.selectors.submissions import event_text, submission_lines

_LATEST: Final = 8
_CHANGES: Final = 8
_OPEN: Final = (SubmissionState.MATCHED, SubmissionState.RETURNED, SubmissionState.SUBMITTED)
_CLERKS: Final = (
    (SubmissionState.RETURNED, "被退回的批次，等你改正"),
    (SubmissionState.MATCHED, "批次检查完了，等你提交审核或改正"),
)


def home_page(*, actor: Actor, today: date) -> HomePage:
    """Return what this person sees first. Six queries at most; none of business data without a business role."""
    posts = tuple(
        f"{organ_name(post.organ_code)} {ROLE_LABELS[post.role]}{f'（{post.title}）' if post.title else ''}".strip()
        for post in actor.posts
    )
    if not actor.roles & SUBMISSION_READERS:
        return HomePage(posts=posts, tasks=(), figures=(), latest=())
    visible = submissions_visible_to(actor=actor)
    by_state = dict(visible.order_by().values_list("state").annotate(count=Count("id")))
    open_ones = list(
        visible.filter(state__in=_OPEN).order_by("id").values_list("state", "organ_code", "counts", "submitted_at")
    )
    tasks = []
    if Role.CLERK in actor.roles:
        mine = [one for one in open_ones if one[1] in actor.organs(Role.CLERK)]
        for state, text in _CLERKS:
            due = [one[2]["mend_by"] for one in mine if one[0] == state and one[2].get("mend_by")]
            tasks.append(
                Task(
                    text=text,
                    url=f"?state={state}",
                    count=sum(one[0] == state for one in mine),
                    due=days_left(date.fromisoformat(min(due)), today=today) if due else "",
                )
            )
    if Role.REVIEWER in actor.roles:
        waiting = [one for one in open_ones if one[0] == SubmissionState.SUBMITTED and one[1] in actor.organs(Role.REVIEWER)]
        since = [one[3].astimezone(CHINA).date() for one in waiting if one[3] is not None]
        days = (today - min(since)).days if since else 0
        tasks.append(
            Task(
                text="批次等你审核确认",
                url="?state=SUBMITTED",
                count=len(waiting),
                due=f"最早的已等了{days}天。" if days else "",
            )
        )
    figures = tuple(Fact(SubmissionState(state).label, f"{count:,}批") for state, count in sorted(by_state.items()))
    return HomePage(
        posts=posts,
        tasks=tuple(tasks),
        figures=figures,
        latest=submission_lines(actor=actor, limit=_LATEST),
        changes=_changes(actor),
    )


def _changes(actor: Actor) -> tuple[Change, ...]:
    events = list(events_visible_to(actor=actor)[:_CHANGES])
    names = names_of(login_names=[event.actor for event in events])
    return tuple(
        Change(
            at=event.at,
            number=event.submission.number,
            what=event_text(event),
            who=names.get(event.actor, event.actor),
        )
        for event in events
    )
