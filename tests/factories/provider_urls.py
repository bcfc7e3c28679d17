"""The site's addresses with those of an identity service beside them: allauth's own, for tests of signing in by one."""

from django.urls import include, path

from xinheng.config.urls import handler400, handler403, handler404, handler500
from xinheng.config.urls import urlpatterns as ours

__all__ = ["handler400", "handler403", "handler404", "handler500", "urlpatterns"]

urlpatterns = [path("", include("allauth.idp.urls")), *ours]
