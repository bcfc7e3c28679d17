"""Every public address; pages belong to the portal."""

from django.urls import include, path

from xinheng.config.api import api

urlpatterns = [path("api/v1/", api.urls), path("", include("xinheng.portal.urls"))]
handler400 = "xinheng.portal.views.bad_request"
handler403 = "xinheng.portal.views.forbidden"
handler404 = "xinheng.portal.views.not_found"
handler500 = "xinheng.portal.views.server_error"
