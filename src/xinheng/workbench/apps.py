"""Registers the context with Django."""

from django.apps import AppConfig


class WorkbenchConfig(AppConfig):
    """The workbench (工作台)."""

    name = "xinheng.workbench"
    verbose_name = "工作台"
