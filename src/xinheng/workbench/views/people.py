"""People and their roles: for administrators, who see no business data."""

from collections.abc import Callable

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from xinheng.accounts import services
from xinheng.accounts.domain import Actor, Role
from xinheng.accounts.models import Account
from xinheng.accounts.selectors import invitations_open
from xinheng.adapters import clock
from xinheng.kernel.errors import DomainError
from xinheng.workbench.forms import GrantForm, InviteForm
from xinheng.workbench.selectors.organs import organ_choices
from xinheng.workbench.selectors.people import people_listed, person_line
from xinheng.workbench.views.frame import page
from xinheng.workbench.views.gate import signed_in
from xinheng.workbench.views.told import told_with_reason

_FORM = require_http_methods(["GET", "HEAD", "POST"])


@require_safe
@signed_in(Role.ADMINISTRATOR)
def people(request: HttpRequest, actor: Actor) -> HttpResponse:
    """List everybody with their roles, and the invitations that wait."""
    context = {
        "people": people_listed(on_date=clock.today()),
        "invitations": invitations_open(now=clock.now()),
    }
    return page(request, actor, "people.html", context)


@_FORM
@signed_in(Role.ADMINISTRATOR)
def invite(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Invite somebody; the code is shown once, to be handed over by hand."""
    form = InviteForm(request.POST or None, organs=organ_choices())
    if form.is_valid():
        values = form.cleaned_data
        try:
            letter = services.invitation_send(
                login_name=values["login_name"],
                display_name=values["display_name"],
                role=form.chosen_role,
                organ_code=values["organ_code"],
                title=values["title"],
                ground=values["ground"],
                by=actor,
                now=clock.now(),
            )
        except DomainError as error:
            form.add_error(None, str(error))
        else:
            return page(request, actor, "invited.html", {"letter": letter})
    return page(request, actor, "invite.html", {"form": form}, status=422 if form.errors else 200)


@require_POST
@signed_in(Role.ADMINISTRATOR)
def invitation_withdraw(request: HttpRequest, actor: Actor, invitation_id: int) -> HttpResponse:
    """Take an invitation back."""
    services.invitation_withdraw(invitation_id=invitation_id, by=actor, now=clock.now())
    messages.success(request, "邀请已收回，原来的邀请码不能再用。")
    return redirect("workbench:people")


@require_safe
@signed_in(Role.ADMINISTRATOR)
def person(request: HttpRequest, actor: Actor, account_id: int) -> HttpResponse:
    """Show one person's roles, with the forms to give and take."""
    return _person_page(request, actor, account_id)


@require_POST
@signed_in(Role.ADMINISTRATOR)
def grant(request: HttpRequest, actor: Actor, account_id: int) -> HttpResponse:
    """Give a role."""
    form = GrantForm(request.POST, organs=organ_choices(), today=clock.today())
    if form.is_valid():
        values = form.cleaned_data
        try:
            services.role_grant(
                account=_account(account_id),
                role=form.chosen_role,
                organ_code=values["organ_code"],
                title=values["title"],
                valid_from=values["valid_from"],
                valid_until=values["valid_until"],
                ground=values["ground"],
                by=actor,
                now=clock.now(),
            )
        except DomainError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, "岗位已授予。")
            return redirect("workbench:person", account_id)
    return _person_page(request, actor, account_id, form=form)


@require_POST
@signed_in(Role.ADMINISTRATOR)
def revoke(request: HttpRequest, actor: Actor, grant_id: int) -> HttpResponse:
    """Take a role back."""
    return _with_reason(
        request,
        lambda ground: services.role_revoke(grant_id=grant_id, ground=ground, by=actor, now=clock.now()),
        "岗位已收回，立即生效。",
    )


@require_POST
@signed_in(Role.ADMINISTRATOR)
def close(request: HttpRequest, actor: Actor, account_id: int) -> HttpResponse:
    """Close an account."""
    account = _account(account_id)
    return _with_reason(
        request,
        lambda ground: services.account_close(account=account, ground=ground, by=actor, now=clock.now()),
        "账号已停用，已登录的会话随即结束。",
    )


def _with_reason(request: HttpRequest, act: Callable[[str], object], done: str) -> HttpResponse:
    told_with_reason(request, act, done)
    return redirect("workbench:people")


def _account(account_id: int) -> Account:
    account = Account.objects.filter(pk=account_id).first()
    if account is None:
        raise Http404
    return account


def _person_page(request: HttpRequest, actor: Actor, account_id: int, *, form: GrantForm | None = None) -> HttpResponse:
    found = person_line(account_id=account_id, on_date=clock.today())
    if found is None:
        raise Http404
    context = {
        "person": found,
        "form": form or GrantForm(organs=organ_choices(), today=clock.today()),
        "is_self": account_id == actor.account_id,
    }
    return page(request, actor, "person.html", context, status=422 if form is not None else 200)
