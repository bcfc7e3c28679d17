"""The Django app of monitoring."""

from django.apps import AppConfig


class MonitoringConfig(AppConfig):
    """Monitoring (监测)."""

    name = "xinheng.monitoring"
    verbose_name = "监测"
