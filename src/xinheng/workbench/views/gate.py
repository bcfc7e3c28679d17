"""The gate: who is asking, and whether the second factor is set up, before a page does anything."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec, cast

from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from xinheng.accounts.domain import ROLE_LABELS, SECOND_FACTOR_ROLES, Actor, Role
from xinheng.accounts.models import Account
from xinheng.accounts.selectors import actor_of
from xinheng.adapters import clock
from xinheng.workbench.views.frame import page

P = ParamSpec("P")
View = Callable[Concatenate[HttpRequest, P], HttpResponse]
Inner = Callable[Concatenate[HttpRequest, Actor, P], HttpResponse]


def signed_in(*roles: Role) -> Callable[[Inner[P]], View[P]]:
    """Let a page be reached by those who are signed in, have a second factor, and one of ``roles`` (none named: any).

    The page gets the :class:`Actor`; it asks nothing else who is asking. Nobody signed in is sent to sign in, nobody
    without a second factor gets past setting one up, a wrong role is told whose page it is.
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
            return inner(request, actor, *args, **kwargs)

        return cast("View[P]", view)  # ``wraps`` says of it what it says of ``inner``

    return gate


def refused(request: HttpRequest, actor: Actor, roles: tuple[Role, ...]) -> HttpResponse:
    """Say whose page it is and what the reader is: no word of guilt."""
    whose = "、".join(ROLE_LABELS[role] for role in roles)
    mine = "、".join(ROLE_LABELS[role] for role in sorted(actor.roles)) or "没有岗位"
    return page(request, actor, "refused.html", {"whose": whose, "mine": mine}, status=403)
