"""Notices of the person who is signed in, and where this person wants to be told besides."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST, require_safe

from xinheng.accounts.domain import Actor
from xinheng.adapters import clock
from xinheng.kernel.errors import DomainError
from xinheng.notices.domain import Channel
from xinheng.notices.services import contact_set, notices_read
from xinheng.workbench.forms import ContactForm
from xinheng.workbench.selectors.notices import notices_page
from xinheng.workbench.views.frame import page
from xinheng.workbench.views.gate import signed_in


@require_safe
@signed_in()
def notices(request: HttpRequest, actor: Actor) -> HttpResponse:
    """List the newest notices."""
    context = {"page": notices_page(actor=actor, today=clock.today()), "form": ContactForm()}
    return page(request, actor, "notices.html", context)


@require_POST
@signed_in()
def notices_seen(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Mark everything that the page showed as read."""
    newest = request.POST.get("up_to", "0")
    notices_read(actor=actor, up_to=int(newest) if newest.isdecimal() and len(newest) < 18 else 0, now=clock.now())
    return redirect("workbench:notices")


@require_POST
@signed_in()
def contact(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Keep, or forget, where this person wants to be told besides."""
    form = ContactForm(request.POST)
    channel = Channel.SMS if request.POST.get("channel") == Channel.SMS.value else Channel.EMAIL
    if form.is_valid():
        address = form.cleaned_data["phone" if channel is Channel.SMS else "email"]
        try:
            contact_set(actor=actor, channel=channel, address=address, now=clock.now())
        except DomainError as error:
            messages.error(request, str(error))
        else:
            messages.success(request, "已保存，只有你自己能改，任何人都看不到。" if address else "已删除，不再往外发通知。")
    else:
        messages.error(request, "没有保存：填得太长了，请核对。")
    return redirect("workbench:notices")
