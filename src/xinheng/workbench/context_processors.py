"""Puts the site's frame around the pages of allauth."""

from django.http import HttpRequest

from xinheng.portal.views.frame import frame_context
from xinheng.workbench.views.frame import navigation


def frame(request: HttpRequest) -> dict[str, object]:
    """Return the frame for pages that are not rendered by our own views: those of signing in."""
    if not request.path.startswith("/account/"):
        return {}
    return frame_context(request, noindex=True, navigation=navigation(request, actor=None))
