"""The gate: who is asking, whether the second factor is set up, whose reports are open, and what for, before a page does anything."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import wraps
from typing import Concatenate, Final, ParamSpec, cast

from django.contrib.auth.views import redirect_to_login
from django.http import FileResponse, HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect

from xinheng.accounts.domain import ROLE_LABELS, SECOND_FACTOR_ROLES, SUBMISSION_READERS, Actor, Role
from xinheng.accounts.models import Account
from xinheng.accounts.selectors import actor_of
from xinheng.adapters import clock
from xinheng.adapters.reach import EVERYTHING, each_reaching, reach_of_organs, reaching
from xinheng.adapters.work import Work, work_of
from xinheng.audit.domain import Aim, aim_of
from xinheng.audit.services import request_read
from xinheng.workbench.views.frame import page
from xinheng.workbench.views.purposes import purpose_of

READERS = tuple(role for role in Role if role in SUBMISSION_READERS)
"""Who reads submissions, in the order in which a refusal names them."""
THINGS: Final = {
    "number": "submission",
    "report_id": "zero_report",
    "reconciliation_id": "reconciliation",
    "doubt_id": "doubt",
    "record_id": "record",
    "draft_id": "record_draft",
    "proposal_id": "catalogue_proposal",
    "waiver_id": "waiver",
    "invitation_id": "invitation",
    "account_id": "account",
    "grant_id": "grant",
    "client_id": "client",
}
"""Name in an address → what kind of thing it is, for the trail."""

P = ParamSpec("P")
View = Callable[Concatenate[HttpRequest, P], HttpResponse]
Inner = Callable[Concatenate[HttpRequest, Actor, P], HttpResponse]


def signed_in(*roles: Role) -> Callable[[Inner[P]], View[P]]:
    """Let a page be reached by those who are signed in, have a second factor, and one of ``roles`` (none named: any).

    The page gets the :class:`Actor`; it asks nothing else who is asking. Nobody signed in is sent to sign in, nobody
    without a second factor gets past setting one up, a wrong role is told whose page it is. Meanwhile the database gives
    the reports of the actor's organs and no others (P11): all of them to the credit office. Who comes in is logged with
    the purpose of the page before the page begins (ADR 0060).
    """

    def gate(inner: Inner[P]) -> View[P]:
        @wraps(inner)
        def view(request: HttpRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
            if not isinstance(request.user, Account):
                return redirect_to_login(request.get_full_path())
            actor = actor_of(account=request.user, on_date=clock.today())
            if actor.roles & SECOND_FACTOR_ROLES and not actor.has_second_factor:
                return redirect("mfa_activate_totp")
            if roles and not actor.roles & set(roles):
                return refused(request, actor, roles)
            reach = EVERYTHING if actor.is_of_credit_office else reach_of_organs(actor.reported_organs)
            aim = aim_of(kwargs, request.GET.dict(), kinds=THINGS)
            work = _work(request, actor, roles, aim, page_name=_name_of(request) or inner.__name__)
            with reaching(reach, work=work):
                request_read(request, work=work, aim=aim)
                return _open_while_sent(inner(request, actor, *args, **kwargs), reach)

        view.xinheng_roles = frozenset(roles) or frozenset(Role)  # type: ignore[attr-defined] # the tests' table of routes
        return cast("View[P]", view)  # ``wraps`` says of it what it says of ``inner``

    return gate


def _name_of(request: HttpRequest) -> str:
    return (request.resolver_match.url_name or "") if request.resolver_match is not None else ""


def _work(request: HttpRequest, actor: Actor, roles: tuple[Role, ...], aim: Aim, *, page_name: str) -> Work:
    """Return whose request it is and what for, as the trail keeps it: with the posts by which the page was opened."""
    posts = [post for post in actor.posts if not roles or post.role in roles]
    return work_of(
        request,
        door="web",
        actor=actor.signature,
        what=f"workbench:{page_name}",
        organ=",".join(sorted({post.organ_code for post in posts if post.organ_code})),
        role=",".join(sorted({post.role.value for post in posts})),
        purpose=purpose_of(page_name, actor.roles).value,
        case=aim.case,
    )


def _open_while_sent(response: HttpResponse, reach: str) -> HttpResponse:
    """Let an answer that is written while it is sent read what its page could; a file is read from the disk."""
    sent: HttpResponseBase = response
    if isinstance(sent, StreamingHttpResponse) and not isinstance(sent, FileResponse):
        sent.streaming_content = each_reaching(reach, cast("Iterator[bytes]", sent.streaming_content))  # ours are no coroutines
    return response


def refused(request: HttpRequest, actor: Actor, roles: tuple[Role, ...]) -> HttpResponse:
    """Say whose page it is and what the reader is: no word of guilt."""
    whose = "、".join(ROLE_LABELS[role] for role in roles)
    mine = "、".join(ROLE_LABELS[role] for role in sorted(actor.roles)) or "没有岗位"
    return page(request, actor, "refused.html", {"whose": whose, "mine": mine}, status=403)
