"""The sign-in page of allauth in our frame."""

from typing import Any

from allauth.account.views import LoginView
from django.conf import settings

from xinheng.accounts.domain import IDENTITY_SERVICE


class SignIn(LoginView):  # type: ignore[misc] # allauth ships no types
    """allauth's page and checks; the site's name in the frame stays ours."""

    def get_form(self, *args: Any, **kwargs: Any) -> Any:
        """Return allauth's form with the words that our pages use."""
        form = super().get_form(*args, **kwargs)
        for name, words in (("login", "登录名"), ("password", "口令")):
            form.fields[name].label = words
            form.fields[name].widget.attrs.pop("placeholder", None)
        return form

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Return the page's context without allauth's ``site``, which is the host's name and would hide the frame's own."""
        found: dict[str, Any] = super().get_context_data(**kwargs)
        found.pop("site", None)
        if settings.XINHENG_OIDC_ISSUER:
            found |= {"oidc": IDENTITY_SERVICE, "oidc_name": settings.XINHENG_OIDC_NAME}
        return found
