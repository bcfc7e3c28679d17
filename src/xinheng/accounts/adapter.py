"""How allauth behaves here: no self-service accounts, no e-mail, names as our pages write them."""

import base64
from typing import Any, Final

from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from django.http import HttpRequest

from xinheng.adapters import crypto

_PLACE: Final = b"accounts.second_factor"
_WRAPPED_BYTES: Final = crypto.KEY_BYTES + 8  # RFC 3394


class ByInvitationOnly(DefaultAccountAdapter):  # type: ignore[misc] # allauth ships no types
    """An account begins with an invitation (``services.invitation_accept``); allauth opens none."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Return that nobody makes an account alone."""
        del request
        return False

    def get_user_search_fields(self) -> list[str]:
        """Return nothing: users are not searched."""
        return []

    def send_notification_mail(self, *args: Any, **kwargs: Any) -> None:
        """Send nothing: no address is kept."""


class SecondFactors(DefaultMFAAdapter):  # type: ignore[misc] # as above
    """Seals the secrets of authenticators under the master key: a copy of the database signs nobody in."""

    def encrypt(self, text: str) -> str:
        """Return the secret sealed under a key of its own, as text."""
        key = crypto.new_key()
        sealed = crypto.wrap_key(key) + crypto.seal(key, text.encode(), _PLACE)
        return base64.b64encode(sealed).decode()

    def decrypt(self, encrypted_text: str) -> str:
        """Return the secret that :meth:`encrypt` sealed.

        Raises:
            InvalidUnwrap, InvalidTag: another master key, or altered.
        """
        sealed = base64.b64decode(encrypted_text)
        key = crypto.unwrap_key(sealed[:_WRAPPED_BYTES])
        return crypto.open_sealed(key, sealed[_WRAPPED_BYTES:], _PLACE).decode()


def lockout_name(request: HttpRequest, credentials: dict[str, Any] | None = None) -> str:
    """Return the login name that wrong passwords are counted for (django-axes).

    allauth's form calls the field ``login`` and Django's signal calls the credential ``username``: one name for both.
    """
    given = credentials or {}
    name = given.get("username") or given.get("login") or request.POST.get("login", "")
    return str(name).strip().lower()
