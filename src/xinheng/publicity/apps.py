"""Django's entry to the context."""

from django.apps import AppConfig


class PublicityConfig(AppConfig):
    """Publicity (公示): decides what is shown; owns no tables."""

    name = "xinheng.publicity"
    verbose_name = "公示"
