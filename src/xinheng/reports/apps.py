"""The Django app of reports."""

from django.apps import AppConfig


class ReportsConfig(AppConfig):
    """Reports (信用报告)."""

    name = "xinheng.reports"
    verbose_name = "信用报告"
