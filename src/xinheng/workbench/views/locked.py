"""Too many wrong passwords: said in words, with the time to wait (django-axes calls this)."""

from datetime import timedelta
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from xinheng.workbench.views.frame import page


def locked_out(request: HttpRequest, credentials: dict[str, Any] | None = None, *_: Any, **__: Any) -> HttpResponse:
    """Answer 429 with the minutes until the next try."""
    del credentials
    wait = timedelta(hours=settings.AXES_COOLOFF_TIME)
    context = {"times": settings.AXES_FAILURE_LIMIT, "minutes": int(wait.total_seconds() // 60)}
    response = page(request, None, "locked.html", context, status=429)
    response["Retry-After"] = str(int(wait.total_seconds()))
    return response
