"""Registers the context with Django."""

from django.apps import AppConfig


class TlogConfig(AppConfig):
    """The transparency log (公示存证日志)."""

    name = "xinheng.tlog"
    verbose_name = "公示存证日志"
