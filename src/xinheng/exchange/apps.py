"""The Django app of exchange."""

from django.apps import AppConfig


class ExchangeConfig(AppConfig):
    """Exchange (上报与交换)."""

    name = "xinheng.exchange"
    verbose_name = "上报与交换"
