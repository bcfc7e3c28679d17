"""Pages of words: help, about, privacy, accessibility."""

from __future__ import annotations

from typing import Final

from django.http import HttpRequest, HttpResponse, HttpResponsePermanentRedirect
from django.templatetags.static import static
from django.urls import reverse
from django.views.decorators.http import require_safe

from xinheng.adapters.limits import Cost, allowed
from xinheng.portal.domain import Fact
from xinheng.portal.views.frame import office_facts, page

# A crawler must be able to read a page to see its noindex (P13), so only the endless space of searches is closed.
_ROBOTS: Final = "User-agent: *\nDisallow: /search/\n"

_KINDS: Final = (
    (Cost.READ, "打开网页"),
    (Cost.SEARCH, "查询"),
    (Cost.TYPING, "输入时的提示"),
    (Cost.DOWNLOAD, "下载表格、核验报告"),
    (Cost.REPORT, "出具报告"),
    (Cost.API, "开放接口"),
)
_PERIODS: Final = {1: "秒", 60: "分钟", 3600: "小时"}


@require_safe
def help_page(request: HttpRequest) -> HttpResponse:
    """Show how to object and to repair (异议与修复)."""
    return page(request, "help.html", {"office": office_facts()})


@require_safe
def about(request: HttpRequest) -> HttpResponse:
    """Show what is collected and what is not."""
    return page(request, "about.html", {"limits": _limits(), "api_url": reverse("api-1:openapi-json")})


@require_safe
def privacy(request: HttpRequest) -> HttpResponse:
    """Show what is kept about readers: nothing but a chosen reading mode."""
    return page(request, "privacy.html")


@require_safe
def accessibility(request: HttpRequest) -> HttpResponse:
    """Show how the pages can be read by everyone."""
    return page(request, "accessibility.html")


@require_safe
def robots(request: HttpRequest) -> HttpResponse:
    """Keep crawlers out of searches; adverse pages say noindex themselves (P13)."""
    del request
    return HttpResponse(_ROBOTS, content_type="text/plain; charset=utf-8")


@require_safe
def favicon(request: HttpRequest) -> HttpResponse:
    """Lead whoever asks at the customary place to the site's icon."""
    del request
    return HttpResponsePermanentRedirect(static("portal/icon.svg"), content_type="image/svg+xml")


def _in_words(count: int, seconds: int) -> str:
    return f"每{_PERIODS.get(seconds, f'{seconds}秒')}{count:,}次"


def _limits() -> tuple[Fact, ...]:
    """Return what an address may ask for, in words."""
    return tuple(Fact(label, _in_words(*allowed(cost))) for cost, label in _KINDS)
