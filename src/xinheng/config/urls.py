"""Every public address; pages belong to the portal."""

from django.urls import include, path

urlpatterns = [path("", include("xinheng.portal.urls"))]
