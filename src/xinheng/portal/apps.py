"""Django app of the public pages."""

from django.apps import AppConfig


class PortalConfig(AppConfig):
    """The public pages (公众服务页面)."""

    name = "xinheng.portal"
    label = "portal"
    verbose_name = "公众服务页面"
