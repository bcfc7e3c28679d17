"""The names of those who acted, by the login name under which their acts are recorded."""

from collections.abc import Iterable

from xinheng.accounts.models import Account


def names_of(login_names: Iterable[str]) -> dict[str, str]:
    """Return the name shown for each login name; who has no account is called by what was written. One query."""
    wanted = {login_name for login_name in login_names if login_name}
    accounts = Account.objects.filter(login_name__in=wanted).values_list("login_name", "display_name")
    return {login_name: login_name for login_name in wanted} | dict(accounts)
