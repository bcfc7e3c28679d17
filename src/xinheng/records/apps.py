"""Django's entry to the context."""

from django.apps import AppConfig


class RecordsConfig(AppConfig):
    """Records (信用记录)."""

    name = "xinheng.records"
    verbose_name = "信用记录"
