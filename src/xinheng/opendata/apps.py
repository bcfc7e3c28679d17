"""The Django app of open data."""

from django.apps import AppConfig


class OpenDataConfig(AppConfig):
    """Open data (开放数据)."""

    name = "xinheng.opendata"
    verbose_name = "开放数据"
