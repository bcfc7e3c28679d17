"""Accept an invitation: the code is typed, so that it is in no address and no log."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods

from xinheng.accounts.domain import ROLE_LABELS, Role
from xinheng.accounts.errors import InvitationUnusable
from xinheng.accounts.services import invitation_accept, invitation_find
from xinheng.adapters import clock
from xinheng.kernel.errors import DomainError
from xinheng.workbench.forms import AcceptForm
from xinheng.workbench.selectors.organs import organ_name
from xinheng.workbench.views.frame import page

_CODE_LENGTH = 64


@require_http_methods(["GET", "HEAD", "POST"])
def invitation(request: HttpRequest) -> HttpResponse:
    """Ask for the code, then show what it is for and ask for a password."""
    secret = str(request.POST.get("code", "")).strip()[:_CODE_LENGTH]
    if not secret:
        return page(request, None, "invitation.html", {"problem": "请填写邀请码" if request.method == "POST" else ""})
    try:
        found = invitation_find(secret=secret, now=clock.now())
    except InvitationUnusable as error:
        return page(request, None, "invitation.html", {"problem": str(error)}, status=422)
    form = AcceptForm(request.POST if "password" in request.POST else None)
    if form.is_valid():
        try:
            account = invitation_accept(secret=secret, password=form.cleaned_data["password"], now=clock.now())
        except DomainError as error:
            form.add_error("password", str(error))
        else:
            return page(request, None, "invitation_done.html", {"login_name": account.login_name})
    facts = [
        ("姓名", found.display_name),
        ("登录名", found.login_name),
        ("岗位", f"{organ_name(found.organ_code)} {ROLE_LABELS[Role(found.role)]}".strip()),
        ("依据", found.ground),
    ]
    context = {"code": secret, "facts": facts, "form": form}
    return page(request, None, "invitation_accept.html", context, status=422 if form.errors else 200)


def closed(request: HttpRequest) -> HttpResponse:
    """Send those who look for a way to sign up to the invitation."""
    del request
    return redirect("invitation")
