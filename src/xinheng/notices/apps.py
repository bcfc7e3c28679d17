"""Registers the context with Django."""

from django.apps import AppConfig


class NoticesConfig(AppConfig):
    """Notices (通知)."""

    name = "xinheng.notices"
    verbose_name = "通知"
