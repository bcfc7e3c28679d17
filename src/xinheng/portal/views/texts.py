"""Pages of words: help, about, privacy, accessibility."""

from __future__ import annotations

from typing import Final

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from xinheng.portal.views.frame import office_facts, page

# A crawler must be able to read a page to see its noindex (P13), so only the endless space of searches is closed.
_ROBOTS: Final = "User-agent: *\nDisallow: /search/\n"


@require_safe
def help_page(request: HttpRequest) -> HttpResponse:
    """Show how to object and to repair (异议与修复)."""
    return page(request, "help.html", {"office": office_facts()})


@require_safe
def about(request: HttpRequest) -> HttpResponse:
    """Show what is collected and what is not."""
    return page(request, "about.html")


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
