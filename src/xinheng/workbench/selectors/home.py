"""The first page after signing in, by role: what waits and until when, how much, what changed since, what came last."""

from datetime import date, datetime
from typing import Final

from xinheng.accounts.domain import ROLE_DUTIES, ROLE_LABELS, SUBMISSION_READERS, Actor
from xinheng.accounts.selectors import names_of
from xinheng.intake.models import SubmissionState
from xinheng.intake.selectors import events_visible_to
from xinheng.portal.domain import Fact
from xinheng.workbench.domain import Change, HomePage
from xinheng.workbench.selectors.organs import organ_name
from xinheng.workbench.selectors.submissions import event_text, submission_lines
from xinheng.workbench.selectors.waiting import Batches, batches_counted, tasks_of

_LATEST: Final = 8
_CHANGES: Final = 8
_COUNTED: Final = 100
"""So many of the newest changes are looked at; more than that is told as that many or more."""


def home_page(*, actor: Actor, now: datetime, today: date, since: datetime | None = None) -> HomePage:
    """Return what this person sees first. Twelve queries at most; none of business data without a business role.

    Args:
        actor: who looks.
        now: the moment, aware.
        today: its day in Asia/Shanghai.
        since: when this person signed in before this session; ``None`` for the first time.
    """
    posts = tuple(
        f"{organ_name(post.organ_code)} {ROLE_LABELS[post.role]}{f'（{post.title}）' if post.title else ''}".strip()
        for post in actor.posts
    )
    duties = tuple(ROLE_DUTIES[role] for role in sorted(actor.roles))
    reads = bool(actor.roles & SUBMISSION_READERS)
    batches = batches_counted(actor=actor) if reads else ()
    tasks = tasks_of(actor=actor, batches=batches, now=now, today=today)
    if not reads:
        return HomePage(posts=posts, duties=duties, tasks=tasks)
    changes, news = _changes(actor, since)
    return HomePage(
        posts=posts,
        duties=duties,
        tasks=tasks,
        figures=_figures(batches),
        latest=submission_lines(actor=actor, limit=_LATEST),
        changes=changes,
        since=since,
        news=news,
        is_reading=True,
    )


def _figures(batches: tuple[Batches, ...]) -> tuple[Fact, ...]:
    """Return how many submissions are where, in the order of their way."""
    counts = {state: sum(one.count for one in batches if one.state == state) for state in SubmissionState}
    return tuple(Fact(state.label, f"{count:,}批") for state, count in counts.items() if count)


def _changes(actor: Actor, since: datetime | None) -> tuple[tuple[Change, ...], str]:
    """Return the newest changes, and how many others made since the last visit: one's own are no news."""
    events = list(events_visible_to(actor=actor)[:_COUNTED])
    names = names_of(login_names=[event.actor for event in events[:_CHANGES]])
    news = {event.pk for event in events if since is not None and event.at > since and event.actor != actor.login_name}
    changes = tuple(
        Change(
            at=event.at,
            number=event.submission.number,
            what=event_text(event),
            who=names.get(event.actor, event.actor),
            is_new=event.pk in news,
        )
        for event in events[:_CHANGES]
    )
    if since is None:
        return changes, ""
    if len(news) == _COUNTED:
        return changes, f"有{_COUNTED}处以上变化"
    return changes, f"有{len(news)}处变化" if news else "没有别人做的变化"
