"""The Django app of intake."""

from django.apps import AppConfig


class IntakeConfig(AppConfig):
    """Intake (归集)."""

    name = "xinheng.intake"
    verbose_name = "归集"
