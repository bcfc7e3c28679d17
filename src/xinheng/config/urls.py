"""Every address: public pages belong to the portal, those of people who sign in to the workbench."""

from allauth.account import views as account
from allauth.idp.oidc import views as oauth
from allauth.socialaccount import views as connected
from django.urls import include, path

from xinheng.adapters.limits import Cost, costs
from xinheng.config.api import api
from xinheng.workbench.views.invitation import closed, invitation
from xinheng.workbench.views.signing_in import SignIn

# Of allauth's pages only those that there is a use for: nobody signs up alone, no address is kept to mail to.
_ACCOUNT = [
    path("login/", SignIn.as_view(), name="account_login"),
    path("logout/", account.logout, name="account_logout"),
    path("inactive/", account.account_inactive, name="account_inactive"),
    path("reauthenticate/", account.reauthenticate, name="account_reauthenticate"),
    path("password/change/", account.password_change, name="account_change_password"),
    path("invitation/", invitation, name="invitation"),
    path("signup/", closed, name="account_signup"),
    path("second-factor/", include("allauth.mfa.urls")),
    path("", include("allauth.socialaccount.providers.openid_connect.urls")),  # oidc/…
    path("connected/", connected.connections, name="socialaccount_connections"),
    path("connected/cancelled/", connected.login_cancelled, name="socialaccount_login_cancelled"),
    path("connected/error/", connected.login_error, name="socialaccount_login_error"),
    path("connected/signup/", closed, name="socialaccount_signup"),
]

# Tokens for systems (client credentials); of the provider's other pages none is reached.
_OAUTH = [
    path("token", costs(Cost.SIGNING_IN)(oauth.token), name="oauth_token"),
    path("revoke", costs(Cost.SIGNING_IN)(oauth.revoke), name="oauth_revoke"),
]

urlpatterns = [
    path("api/v1/", api.urls),
    path("account/", include(_ACCOUNT)),
    path("oauth/", include(_OAUTH)),
    path("log/", include("xinheng.tlog.urls")),
    path("workbench/", include("xinheng.workbench.urls")),
    path("", include("xinheng.portal.urls")),
]
handler400 = "xinheng.portal.views.bad_request"
handler403 = "xinheng.portal.views.forbidden"
handler404 = "xinheng.portal.views.not_found"
handler500 = "xinheng.portal.views.server_error"
