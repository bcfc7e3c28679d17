"""Every address: public pages belong to the portal, those of people who sign in to the workbench."""

from allauth.account import views as account
from django.urls import include, path

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
]

urlpatterns = [
    path("api/v1/", api.urls),
    path("account/", include(_ACCOUNT)),
    path("workbench/", include("xinheng.workbench.urls")),
    path("", include("xinheng.portal.urls")),
]
handler400 = "xinheng.portal.views.bad_request"
handler403 = "xinheng.portal.views.forbidden"
handler404 = "xinheng.portal.views.not_found"
handler500 = "xinheng.portal.views.server_error"
