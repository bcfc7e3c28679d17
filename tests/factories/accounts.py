"""People with roles, as the services make them."""

from datetime import date, datetime

from allauth.mfa.totp.internal.auth import (
    TOTP,
    format_hotp_value,
    generate_totp_secret,
    hotp_value,
    yield_hotp_counters_from_time,
)
from django.test import Client

from xinheng.accounts.domain import Actor, Role
from xinheng.accounts.models import Account
from xinheng.accounts.selectors import actor_of
from xinheng.accounts.services import invitation_accept, invitation_send_from_server, role_grant
from xinheng.adapters.clock import CHINA

NOW = datetime(2026, 3, 31, 10, 0, tzinfo=CHINA)
TODAY = NOW.date()
PASSWORD = "长江三峡夔门秋色好 2026"
ORGAN = "11500236DM0000240B"
OTHER_ORGAN = "11500236DM00000136"


def make_account(login_name: str = "wang.ping", role: Role = Role.CLERK, organ: str = ORGAN, *, now: datetime = NOW) -> Account:
    """Return an account that accepted an invitation from the server."""
    letter = invitation_send_from_server(
        login_name=login_name,
        display_name=f"演示{login_name[:4]}",
        role=role,
        organ_code=organ if role is not Role.REPRESENTATIVE else "",
        ground="奉演〔2026〕1号",
        person="机房值班",
        now=now,
    )
    return invitation_accept(secret=letter.secret, password=PASSWORD, now=now)


def make_actor(login_name: str = "wang.ping", role: Role = Role.CLERK, organ: str = ORGAN) -> Actor:
    """Return an account's actor on ``TODAY``."""
    return actor_of(account=make_account(login_name, role, organ), on_date=TODAY)


def grant(account: Account, role: Role, by: Actor, *, organ: str = ORGAN, valid_until: date | None = None) -> None:
    """Give a role on ``TODAY``."""
    role_grant(
        account=account,
        role=role,
        organ_code=organ,
        valid_from=TODAY,
        valid_until=valid_until,
        ground="奉演〔2026〕2号",
        by=by,
        now=NOW,
    )


def set_up_totp(account: Account) -> str:
    """Give the account an authenticator app; return its secret."""
    secret = generate_totp_secret()
    TOTP.activate(account, secret)
    return secret


def totp_code(secret: str) -> str:
    """Return what the authenticator app shows at this moment."""
    code: str = format_hotp_value(hotp_value(secret, next(iter(yield_hotp_counters_from_time()))))
    return code


def signed_in_client(account: Account, *, second_factor: bool = True) -> Client:
    """Return a client in which the account is signed in."""
    if second_factor:
        set_up_totp(account)
    client = Client()
    client.force_login(account)
    return client
