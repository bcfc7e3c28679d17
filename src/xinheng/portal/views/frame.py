"""The page around every page: who runs the site, navigation, reading mode, headers, error pages."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from django.conf import settings
from django.core.exceptions import DisallowedHost
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.urls import reverse

from xinheng.adapters import clock
from xinheng.portal.domain import LIST_KINDS, Fact, NavigationEntry, SiteIdentity

VIEW_COOKIE: Final = "xh_view"
VIEWS: Final = {
    "normal": "view-normal",
    "large": "view-large",
    "contrast": "view-contrast",
    "both": "view-large view-contrast",
}
"""Reading modes and their classes: large print and high contrast, each by itself or both (适老化)."""
# What the two switches at the top lead to from each mode.
_SWITCHES: Final = {
    "normal": (("large", "大字版"), ("contrast", "高对比")),
    "large": (("normal", "标准字号"), ("both", "高对比")),
    "contrast": (("both", "大字版"), ("normal", "标准颜色")),
    "both": (("contrast", "标准字号"), ("large", "标准颜色")),
}
_VIEW_COOKIE_AGE: Final = 365 * 24 * 3600
_TO_BE_FILLED_IN: Final = "（部署时填写）"
_IDENTIFIERS: Final = (
    ("organiser", "主办"),
    ("operator", "承办"),
    ("phone", "电话"),
    ("address", "地址"),
    ("site_code", "网站标识码"),
    ("icp_no", "ICP备案号"),
    ("police_no", "公安备案号"),
)
# Strict from the first page on: no inline script or style, nothing from elsewhere. `data:` is for the kit's select arrow.
CONTENT_SECURITY_POLICY: Final = (
    "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; img-src 'self' data:; font-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)


def page(
    request: HttpRequest,
    template: str,
    context: Mapping[str, object] | None = None,
    *,
    status: int = 200,
    adverse: bool = False,
) -> HttpResponse:
    """Render a page in the site's frame.

    ``adverse`` says that something adverse is shown: search engines are told to keep out (P13), and no cache keeps the
    page, so that the end of a display is the end in every copy (P8). Other pages are asked for anew each time.
    """
    html = render_to_string(f"portal/{template}", {**frame_context(request, noindex=adverse), **(context or {})})
    response = HttpResponse(html, status=status)
    return dress(request, response, adverse=adverse)


def frame_context(
    request: HttpRequest, *, noindex: bool = False, navigation: tuple[NavigationEntry, ...] | None = None
) -> dict[str, object]:
    """Return what ``portal/base.html`` is made of; ``navigation`` instead of the public one."""
    chosen = request.GET.get("view")
    wanted = chosen if chosen in VIEWS else request.COOKIES.get(VIEW_COOKIE, "normal")
    view = wanted if wanted in VIEWS else "normal"
    return {
        "site": _site(),
        "is_demo": settings.XINHENG_DEMO,
        "navigation": _navigation(request.path) if navigation is None else navigation,
        "view_class": VIEWS[view],
        "view_switches": [(label, _with_view(request, name)) for name, label in _SWITCHES[view]],
        "view_links": {name: _with_view(request, name) for name in VIEWS},
        "noindex": noindex,
        "today": clock.today(),
        "now": clock.now(),
        "list_kinds": LIST_KINDS,
        "page_url": f"{site_url(request)}{request.path}",
    }


def site_url(request: HttpRequest) -> str:
    """Return where the site lies, for addresses on paper and in files; empty where the reader named a host that is not ours."""
    if settings.XINHENG_SITE_URL:
        return str(settings.XINHENG_SITE_URL).rstrip("/")
    try:
        return request.build_absolute_uri("/").rstrip("/")
    except DisallowedHost:  # the page that says so needs no address
        return ""


def dress(request: HttpRequest, response: HttpResponse, *, adverse: bool) -> HttpResponse:
    """Return the response with the headers of every page, and the reading mode kept where one was chosen."""
    chosen = request.GET.get("view")
    response["Content-Security-Policy"] = CONTENT_SECURITY_POLICY
    response["Cache-Control"] = "no-store" if adverse else "private, no-cache"
    if adverse:
        response["X-Robots-Tag"] = "noindex, nofollow, noarchive"
    if chosen in VIEWS:
        response.set_cookie(VIEW_COOKIE, str(chosen), max_age=_VIEW_COOKIE_AGE, httponly=True, samesite="Lax")
    return response


def fragment(request: HttpRequest, template: str, context: Mapping[str, object]) -> HttpResponse:
    """Render a part that a script puts into a page: same policy and headers, no frame, never for search engines."""
    response = HttpResponse(render_to_string(f"portal/{template}", dict(context), request=request))
    response["Content-Security-Policy"] = CONTENT_SECURITY_POLICY
    response["Cache-Control"] = "private, no-cache"
    response["X-Robots-Tag"] = "noindex, nofollow, noarchive"
    return response


def office_facts() -> tuple[Fact, ...]:
    """Return where and when the office can be reached, as far as the deployment has said."""
    lines = (("address", "地址"), ("hours", "办理时间"), ("phone", "电话"))
    return _identity_lines(lines)


def _identity_lines(lines: tuple[tuple[str, str], ...]) -> tuple[Fact, ...]:
    given = {key: settings.XINHENG_SITE.get(key, "") for key, _ in lines}
    if settings.XINHENG_DEMO:
        return tuple(Fact(label, given[key] or _TO_BE_FILLED_IN) for key, label in lines)
    return tuple(Fact(label, given[key]) for key, label in lines if given[key])


def _site() -> SiteIdentity:
    site = settings.XINHENG_SITE
    return SiteIdentity(
        name=site.get("name", "信用奉节"),
        long_name=f"{site.get('county', '')}公共信用信息平台",
        lines=_identity_lines(_IDENTIFIERS),
        phone=site.get("phone", ""),
    )


def _navigation(path: str) -> tuple[NavigationEntry, ...]:
    entries = [
        ("信用查询", reverse("portal:home"), ("/search/", "/subjects/", "/records/")),
        *((kind.title, reverse("portal:list", args=[kind.slug]), ()) for kind in LIST_KINDS if kind.in_navigation),
        ("报告核验", reverse("portal:verify"), ()),
        ("法规目录", reverse("portal:law"), ()),
        ("统计", reverse("portal:statistics"), ()),
        ("异议与修复", reverse("portal:help"), ()),
    ]
    home = reverse("portal:home")
    return tuple(
        NavigationEntry(label, url, path == url or (url != home and path.startswith(url)) or path.startswith(tuple(more)))
        for label, url, more in entries
    )


def _with_view(request: HttpRequest, view: str) -> str:
    query = request.GET.copy()
    query["view"] = view
    return f"?{query.urlencode()}"
