"""Registers the context with Django."""

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    """Accounts (账号)."""

    name = "xinheng.accounts"
    verbose_name = "账号"
