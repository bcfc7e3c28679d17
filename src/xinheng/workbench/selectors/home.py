"""The first page after signing in, by role: what waits, how much, what came last."""

from django.db.models import Count

from xinheng.accounts.domain import ROLE_LABELS, SUBMISSION_READERS, Actor, Role
from xinheng.intake.models import SubmissionState
from xinheng.intake.selectors import submissions_visible_to
from xinheng.portal.domain import Fact
from xinheng.workbench.domain import HomePage, Task
from xinheng.workbench.selectors.organs import organ_name
from xinheng.workbench.selectors.submissions import submission_lines

_LATEST = 8
_WAITS_FOR_CLERK = (SubmissionState.MATCHED, SubmissionState.RETURNED)


def home_page(*, actor: Actor) -> HomePage:
    """Return what this person sees first. Three queries at most; none of business data without a business role."""
    posts = tuple(
        f"{organ_name(post.organ_code)} {ROLE_LABELS[post.role]}{f'（{post.title}）' if post.title else ''}".strip()
        for post in actor.posts
    )
    if not actor.roles & SUBMISSION_READERS:
        return HomePage(posts=posts, tasks=(), figures=(), latest=())
    visible = submissions_visible_to(actor=actor)
    by_state = dict(visible.order_by().values_list("state").annotate(count=Count("id")))
    tasks = []
    if Role.CLERK in actor.roles:
        waiting = visible.filter(organ_code__in=actor.organs(Role.CLERK), state__in=_WAITS_FOR_CLERK).count()
        tasks.append(Task(text="批次检查完了，等你提交审核或改正", url="?state=MATCHED", count=waiting))
    if Role.REVIEWER in actor.roles:
        waiting = visible.filter(organ_code__in=actor.organs(Role.REVIEWER), state=SubmissionState.SUBMITTED).count()
        tasks.append(Task(text="批次等你审核确认", url="?state=SUBMITTED", count=waiting))
    figures = tuple(Fact(SubmissionState(state).label, f"{count:,}批") for state, count in sorted(by_state.items()) if count)
    return HomePage(posts=posts, tasks=tuple(tasks), figures=figures, latest=submission_lines(actor=actor, limit=_LATEST))
