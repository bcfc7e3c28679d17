"""Every public address; pages belong to the portal."""

from django.urls import include, path

urlpatterns = [path("", include("xinheng.portal.urls"))]
handler404 = "xinheng.portal.views.not_found"
handler500 = "xinheng.portal.views.server_error"
