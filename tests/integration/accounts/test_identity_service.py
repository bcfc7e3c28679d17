"""Signing in by the county's identity service (OpenID Connect): who connected it, with the second factor, and nobody else.

The service is a real one, allauth's own, served on a port of this machine.
"""

from urllib.parse import urlsplit

import pytest
from allauth.idp.oidc.models import Client as Relying
from allauth.socialaccount.models import SocialAccount, SocialToken
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from django.core.cache import cache
from django.test import Client
from django.urls import clear_url_caches
from tests.factories.accounts import PASSWORD, make_account, set_up_totp, totp_code

from xinheng.accounts.models import Account
from xinheng.adapters import clock

LOGIN = "/account/oidc/county/login/"


@pytest.fixture
def service(live_site, settings, tmp_path):
    """Run an identity service that knows one person, and trust it; return that person's client there."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    settings.IDP_OIDC_PRIVATE_KEY = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
    settings.ROOT_URLCONF = "tests.factories.provider_urls"
    clear_url_caches()
    relying = Relying(id="xinheng", name="信衡", skip_consent=True, grant_types="authorization_code")
    relying.set_redirect_uris([f"http://testserver{LOGIN}callback/"])
    relying.set_scopes(["openid", "profile", "email"])
    relying.set_secret("service-secret")
    relying.save()
    (tmp_path / "secret").write_text("service-secret\n")
    settings.XINHENG_OIDC_ISSUER = live_site
    settings.XINHENG_OIDC_CLIENT_ID = "xinheng"
    settings.XINHENG_OIDC_SECRET_FILE = str(tmp_path / "secret")
    there = Client()
    there.force_login(make_account("there.person", now=clock.now()))
    yield there
    clear_url_caches()


def by_service(here, there, *, process="", scope=""):
    """Go to the service and back as a browser does; return where that ends."""
    asked = "&".join(part for part in (f"process={process}" if process else "", f"scope={scope}" if scope else "") if part)
    gone = here.post(f"{LOGIN}?{asked}")
    assert gone.status_code == 302, gone.content
    address = urlsplit(gone["Location"])
    assert address.path == "/identity/o/authorize"
    back = there.get(f"{address.path}?{address.query}")
    assert back.status_code == 302, back.content
    assert back["Location"].startswith(f"http://testserver{LOGIN}callback/")
    return here.get(back["Location"].removeprefix("http://testserver"), follow=True)


def code_give(client, secret):
    cache.clear()  # a code is good once; the tests are quicker than the next one
    client.post("/account/second-factor/authenticate/", {"code": totp_code(secret)})


def signed_in(account, secret):
    """Return a client in which the account signed in as a person does."""
    client = Client()
    client.post("/account/login/", {"login": account.login_name, "password": PASSWORD})
    code_give(client, secret)
    assert client.get("/workbench/").status_code == 200
    return client


@pytest.fixture
def connected(service):
    """Return an account that connected the service, its secret of the second factor, and the service's client."""
    account = make_account("wang.ping", now=clock.now())
    secret = set_up_totp(account)
    here = signed_in(account, secret)
    asked = by_service(here, service, process="connect").redirect_chain[-1][0]
    assert asked.startswith("/account/reauthenticate/")
    page = here.post(asked, {"password": PASSWORD}, follow=True)
    assert page.redirect_chain[-1][0].startswith("/account/connected/")
    return account, secret, service


def test_nobody_gets_an_account_by_the_service(service):
    before = Account.objects.count()
    here = Client()
    page = by_service(here, service)
    assert page.status_code == 200
    assert "还没有和本站的账号连接" in page.content.decode()
    assert here.get("/workbench/").status_code == 302
    assert here.get("/account/connected/signup/")["Location"] == "/account/invitation/"
    assert Account.objects.count() == before
    assert not SocialAccount.objects.exists()


def test_who_connected_it_signs_in_with_the_second_factor(connected):
    _account, secret, service = connected
    here = Client()
    page = by_service(here, service)
    assert page.redirect_chain[-1][0].startswith("/account/second-factor/authenticate/")
    assert here.get("/workbench/").status_code == 302
    code_give(here, secret)
    assert here.get("/workbench/").status_code == 200


def test_an_account_that_was_closed_stays_closed(connected):
    account, _secret, service = connected
    Account.objects.filter(pk=account.pk).update(is_active=False, closed_ground="调离", closed_at=clock.now())
    here = Client()
    by_service(here, service)
    assert here.get("/workbench/").status_code == 302


def test_nothing_is_kept_but_the_identifier(connected):
    _account, _secret, service = connected
    by_service(Client(), service, scope="profile,email")
    kept = SocialAccount.objects.get()
    assert kept.extra_data == {}
    assert kept.uid == str(Account.objects.get(login_name="there.person").pk)
    assert not SocialToken.objects.exists()


def test_another_account_cannot_take_the_same_person(connected):
    _account, _secret, service = connected
    other = make_account("li.na", now=clock.now())
    here = signed_in(other, set_up_totp(other))
    asked = by_service(here, service, process="connect").redirect_chain[-1][0]
    here.post(asked, {"password": PASSWORD}, follow=True)
    assert SocialAccount.objects.get().user.login_name == "wang.ping"


def test_the_way_is_shown_where_there_is_a_service(connected, client):
    assert "用统一身份认证登录" in client.get("/account/login/").content.decode()
    account, secret, _service = connected
    here = signed_in(account, secret)
    page = here.get("/account/connected/").content.decode()
    assert "已经连接的" in page
    asked = here.post("/account/connected/", {"account": SocialAccount.objects.get().pk})["Location"]
    assert asked.startswith("/account/reauthenticate/")
    here.post(asked, {"password": PASSWORD}, follow=True)
    assert not SocialAccount.objects.exists()


def test_who_has_not_shown_the_password_just_now_connects_nothing(service):
    account = make_account("wang.ping", now=clock.now())
    set_up_totp(account)
    here = Client()
    here.force_login(account)
    assert by_service(here, service, process="connect").redirect_chain[-1][0].startswith("/account/reauthenticate/")
    assert not SocialAccount.objects.exists()


def test_without_a_service_there_is_no_way(db, client):
    assert "统一身份" not in client.get("/account/login/").content.decode()
    assert client.post(LOGIN).status_code == 404
    assert client.get(f"{LOGIN}callback/?code=x&state=y").status_code == 404
