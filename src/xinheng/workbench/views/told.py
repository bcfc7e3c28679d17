"""An act, and what its person is told of it on the next page."""

from collections.abc import Callable

from django.contrib import messages
from django.http import HttpRequest

from xinheng.kernel.errors import DomainError
from xinheng.workbench.forms import ReasonForm


def told(request: HttpRequest, act: Callable[[], object], done: str) -> None:
    """Do it and say ``done``, or say why it was refused."""
    try:
        act()
    except DomainError as error:
        messages.error(request, f"没有办理：{error}")
    else:
        messages.success(request, done)


def told_with_reason(request: HttpRequest, act: Callable[[str], object], done: str) -> None:
    """The same for an act that takes the reason which the request gives; without one nothing is done."""
    form = ReasonForm(request.POST)
    if form.is_valid():
        told(request, lambda: act(form.cleaned_data["ground"]), done)
    else:
        messages.error(request, "没有办理：要写明理由。")
