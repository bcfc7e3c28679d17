"""The page around every page of the workbench: the site's frame with the workbench's own ways."""

from __future__ import annotations

from collections.abc import Mapping

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from xinheng.accounts.domain import OFFICE_ROLES, SUBMISSION_READERS, Actor, Role
from xinheng.notices.selectors import unread_count
from xinheng.portal.domain import NavigationEntry
from xinheng.portal.views.frame import dress, frame_context


def page(
    request: HttpRequest,
    actor: Actor | None,
    template: str,
    context: Mapping[str, object] | None = None,
    *,
    status: int = 200,
) -> HttpResponse:
    """Render a page of the workbench. No search engine lists it and no cache keeps it."""
    frame = frame_context(request, noindex=True, navigation=navigation(request, actor=actor))
    response = render(request, f"workbench/{template}", {**frame, "actor": actor, **(context or {})}, status=status)
    return dress(request, response, adverse=True)


def part(request: HttpRequest, template: str, context: Mapping[str, object]) -> HttpResponse:
    """Render a part that a script puts into a page of the workbench: same policy and headers, no frame."""
    response = render(request, f"workbench/{template}", dict(context))
    return dress(request, response, adverse=True)


def navigation(request: HttpRequest, *, actor: Actor | None) -> tuple[NavigationEntry, ...]:
    """Return the ways that this person has; pages of signing in lead to the workbench who is in, and to the public site."""
    ways = []
    if actor is None and request.user.is_authenticated:
        ways.append(("工作台", reverse("workbench:home")))
    if actor is not None:
        ways.append(("工作台", reverse("workbench:home")))
        if Role.CLERK in actor.roles:
            ways.append(("填一条", reverse("workbench:record_start")))
        if actor.roles & SUBMISSION_READERS:
            ways.append(("报送批次", reverse("workbench:submissions")))
            ways.append(("主体存疑", reverse("workbench:doubts")))
            ways.append(("到期和迟报", reverse("workbench:deadlines")))
            ways.append(("报送质量", reverse("workbench:quality")))
        if actor.roles & OFFICE_ROLES:
            ways.append(("全县情况", reverse("workbench:overview")))
            ways.append(("目录修改", reverse("workbench:catalogue_proposals")))
        if Role.CLERK in actor.roles:
            ways.append(("上传表格", reverse("workbench:upload")))
        unread = unread_count(actor=actor)
        ways.append((f"通知（{unread}条未看）" if unread else "通知", reverse("workbench:notices")))
        if Role.ADMINISTRATOR in actor.roles:
            ways.append(("账号与岗位", reverse("workbench:people")))
            ways.append(("系统接入", reverse("workbench:clients")))
        if Role.AUDITOR in actor.roles:
            ways.append(("审计", reverse("workbench:trail")))
        ways.append(("登录安全", reverse("mfa_index")))
        if settings.XINHENG_OIDC_ISSUER:
            ways.append((settings.XINHENG_OIDC_NAME, reverse("socialaccount_connections")))
    ways.append(("公众网站", reverse("portal:home")))
    home = reverse("workbench:home")
    # The longest address that the page's begins with: uploading stands below the submissions.
    here = max(
        (url for _, url in ways if request.path == url or (url not in (home, "/") and request.path.startswith(url))),
        key=len,
        default="",
    )
    return tuple(NavigationEntry(label, url, url == here) for label, url in ways)
