"""How allauth behaves here: no self-service accounts, no e-mail, names as our pages write them."""

from pathlib import Path
from typing import Any, Final

from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.models import SocialApp
from django.conf import settings
from django.http import HttpRequest, HttpResponse

from xinheng.accounts.domain import BEFORE, IDENTITY_SERVICE, SealedText
from xinheng.accounts.models import Account
from xinheng.accounts.selectors import is_of_demonstration
from xinheng.adapters import crypto
from xinheng.kernel.personal import mask_personal_numbers

_PLACE: Final = b"accounts.second_factor"


class ByInvitationOnly(DefaultAccountAdapter):  # type: ignore[misc] # allauth ships no types
    """An account begins with an invitation (``services.invitation_accept``); allauth opens none."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Return that nobody makes an account alone."""
        del request
        return False

    def pre_login(self, request: HttpRequest, user: Account, **more: Any) -> HttpResponse | None:
        """Let nobody in whose account is closed, nor a demonstration's account where there is no demonstration."""
        if not settings.XINHENG_DEMO and is_of_demonstration(account=user):
            user.is_active = False  # as if it were closed; nothing of it is saved
        response: HttpResponse | None = super().pre_login(request, user, **more)
        return response

    def login(self, request: HttpRequest, user: Account) -> None:
        """Sign in, and keep in the session when this person signed in before: what changed since is told first."""
        before = user.last_login
        super().login(request, user)
        if before is not None:
            request.session[BEFORE] = before.isoformat()

    def get_user_search_fields(self) -> list[str]:
        """Return nothing: users are not searched."""
        return []

    def send_notification_mail(self, *args: Any, **kwargs: Any) -> None:
        """Send nothing: no address is kept."""


class ConnectedOnly(DefaultSocialAccountAdapter):  # type: ignore[misc] # as above
    """Signs in by the county's identity service whoever connected it to an account of ours, and nobody else.

    The service is what the settings say; nothing but its identifier of the person is asked for or kept.
    """

    def is_open_for_signup(self, request: HttpRequest, sociallogin: Any) -> bool:
        """Return that nobody makes an account by signing in elsewhere."""
        del request, sociallogin
        return False

    def pre_social_login(self, request: HttpRequest, sociallogin: Any) -> None:
        """Keep nothing of what the service says of a person but its identifier."""
        del request
        sociallogin.account.extra_data = {}
        if sociallogin.account.pk:
            sociallogin.account.save(update_fields=["extra_data"])

    def list_apps(self, request: HttpRequest, provider: str | None = None, client_id: str | None = None) -> list[SocialApp]:
        """Return the identity service of the settings, none where there is none. No query."""
        del request
        if not settings.XINHENG_OIDC_ISSUER:
            return []
        secret = settings.XINHENG_OIDC_SECRET_FILE
        app = SocialApp(
            provider="openid_connect",
            provider_id=IDENTITY_SERVICE,
            name=settings.XINHENG_OIDC_NAME,
            client_id=settings.XINHENG_OIDC_CLIENT_ID,
            secret=Path(secret).read_text().strip() if secret else "",
            settings={
                "server_url": settings.XINHENG_OIDC_ISSUER,
                "fetch_userinfo": False,
                "scope": ["openid"],
                "oauth_pkce_enabled": True,
            },
        )
        is_meant = provider in (None, app.provider, app.provider_id) and client_id in (None, app.client_id)
        return [app] if is_meant else []


class SecondFactors(DefaultMFAAdapter):  # type: ignore[misc] # as above
    """Seals the secrets of authenticators under keys of the ring: a copy of the database signs nobody in."""

    def encrypt(self, text: str) -> str:
        """Return the secret sealed under a key of its own, as text."""
        key = crypto.new_key()
        return SealedText(crypto.wrap_key(key), crypto.seal(key, text.encode(), _PLACE)).written()

    def decrypt(self, encrypted_text: str) -> str:
        """Return the secret that :meth:`encrypt` sealed.

        Raises:
            NotUnwrapped, InvalidTag: another ring, or altered.
        """
        text = SealedText.read(encrypted_text)
        return crypto.open_sealed(crypto.unwrap_key(text.wrapped_key), text.sealed, _PLACE).decode()


def lockout_name(request: HttpRequest, credentials: dict[str, Any] | None = None) -> str:
    """Return the login name that wrong passwords are counted for (django-axes).

    allauth's form calls the field ``login`` and Django's signal calls the credential ``username``: one name for both.
    """
    given = credentials or {}
    name = given.get("username") or given.get("login") or request.POST.get("login", "")
    return mask_personal_numbers(str(name).strip().lower())  # some type the number of their identity card
