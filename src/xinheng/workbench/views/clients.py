"""Systems that report for an organ: registered and closed by administrators, who see nothing of what is reported."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from xinheng.accounts import services
from xinheng.accounts.domain import Actor, Purpose, Role
from xinheng.adapters import clock
from xinheng.kernel.errors import DomainError
from xinheng.workbench.forms import ClientForm
from xinheng.workbench.selectors.clients import client_lines
from xinheng.workbench.selectors.organs import item_choices_all, organ_choices
from xinheng.workbench.views.frame import page
from xinheng.workbench.views.gate import signed_in
from xinheng.workbench.views.told import told_with_reason


@require_safe
@signed_in(Role.ADMINISTRATOR)
def clients(request: HttpRequest, actor: Actor) -> HttpResponse:
    """List the systems that were let in, with the forms to close them."""
    return page(request, actor, "clients.html", {"clients": client_lines(on_date=clock.today())})


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in(Role.ADMINISTRATOR)
def client_register(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Register a system; its secret is shown once, to be handed over by hand."""
    form = ClientForm(request.POST or None, organs=organ_choices(), items=item_choices_all(), today=clock.today())
    if form.is_valid():
        values = form.cleaned_data
        try:
            letter = services.client_register(
                name=values["name"],
                organ_code=values["organ_code"],
                items=values["items"],
                purposes=[Purpose(value) for value in values["purposes"]],
                valid_from=values["valid_from"],
                valid_until=values["valid_until"],
                ground=values["ground"],
                by=actor,
                now=clock.now(),
            )
        except DomainError as error:
            form.add_error(None, str(error))
        else:
            return page(request, actor, "client_registered.html", {"letter": letter})
    return page(request, actor, "client_register.html", {"form": form}, status=422 if form.errors else 200)


@require_POST
@signed_in(Role.ADMINISTRATOR)
def client_revoke(request: HttpRequest, actor: Actor, client_id: int) -> HttpResponse:
    """Close a system's way in."""
    told_with_reason(
        request,
        lambda ground: services.client_revoke(client_id=client_id, ground=ground, by=actor, now=clock.now()),
        "系统接入已停用，它的令牌随即失效。",
    )
    return redirect("workbench:clients")
