"""Signing in: password and code, sessions that end, names that lock, accounts that nobody opens alone."""

from datetime import timedelta

import pytest
from allauth.mfa.models import Authenticator
from axes.models import AccessAttempt
from django.conf import settings
from django.test import Client
from tests.factories.accounts import NOW, PASSWORD, make_account, set_up_totp, totp_code

from xinheng.accounts.domain import Role
from xinheng.accounts.models import Account
from xinheng.accounts.services import invitation_send_from_server
from xinheng.adapters import clock

pytestmark = pytest.mark.django_db
LOGIN = "/account/login/"


def sign_in(client, name="wang.ping", password=PASSWORD):
    return client.post(LOGIN, {"login": name, "password": password}, follow=True)


def test_from_invitation_to_workbench(client):
    letter = invitation_send_from_server(
        login_name="wang.ping",
        display_name="王平（演示）",
        role=Role.ADMINISTRATOR,
        organ_code="11500236DM00000136",
        ground="奉演〔2026〕1号",
        person="机房值班",
        now=clock.now(),
    )
    page = client.post("/account/invitation/", {"code": letter.secret})
    assert "奉节县发展和改革委员会 系统管理员" in page.content.decode()
    page = client.post("/account/invitation/", {"code": letter.secret, "password": PASSWORD, "again": PASSWORD + "x"})
    assert "两次输入的口令不一样" in page.content.decode()
    page = client.post("/account/invitation/", {"code": letter.secret, "password": PASSWORD, "again": PASSWORD})
    assert "账号已建立" in page.content.decode()

    page = sign_in(client)
    assert page.redirect_chain[-2][0] == "/account/second-factor/totp/activate/"
    again = page.redirect_chain[-1][0]  # whoever changes a second factor shows the password once more
    assert again.startswith("/account/reauthenticate/")
    page = client.post(again, {"password": PASSWORD}, follow=True)
    assert "data:image/svg+xml" in page.content.decode()
    secret = client.session["mfa.totp.secret"]
    page = client.post("/account/second-factor/totp/activate/", {"code": totp_code(secret)}, follow=True)
    assert page.status_code == 200
    assert client.get("/workbench/people/").status_code == 200
    # What is kept of the secret is sealed.
    assert secret not in str(Authenticator.objects.filter(type="totp").values_list("data", flat=True).get())


def test_password_alone_does_not_sign_in_who_has_a_second_factor(client):
    secret = set_up_totp(make_account())
    page = sign_in(client)
    assert page.redirect_chain[-1][0].startswith("/account/second-factor/authenticate/")
    assert client.get("/workbench/").status_code == 302
    page = client.post("/account/second-factor/authenticate/", {"code": "000000"})
    assert page.status_code == 200
    client.post("/account/second-factor/authenticate/", {"code": totp_code(secret)})
    assert client.get("/workbench/").status_code == 200


def test_five_wrong_passwords_lock_the_name_from_there(client):
    make_account()
    for _ in range(settings.AXES_FAILURE_LIMIT - 1):
        assert sign_in(client, password="wrong").status_code == 200
    page = sign_in(client, password="wrong")
    assert page.status_code == 429
    assert "15分钟" in page.content.decode()
    assert int(page["Retry-After"]) == 900
    assert sign_in(client).status_code == 429
    # Somebody else behind the same address is not locked out.
    make_account("li.na")
    assert sign_in(Client(), "li.na").status_code == 200
    AccessAttempt.objects.all().delete()


def test_unknown_names_and_wrong_passwords_get_the_same_words(client):
    make_account()
    words = [sign_in(Client(), name, "wrong").context["form"].errors.as_text() for name in ("wang.ping", "nobody")]
    assert words[0] == words[1]


def test_no_account_without_an_invitation(client):
    page = client.post("/account/signup/", {"username": "mallory", "password1": PASSWORD}, follow=True)
    assert page.redirect_chain[-1][0] == "/account/invitation/"
    assert not Account.objects.exists()
    assert client.post("/account/invitation/", {"code": "guess"}).status_code == 422


@pytest.mark.parametrize("path", ["/account/password/reset/", "/account/email/", "/account/confirm-email/"])
def test_pages_without_a_use_are_not_there(client, path):
    assert client.get(path).status_code == 404


@pytest.mark.parametrize(
    ("steps", "ended"),
    [
        ([timedelta(minutes=29)] * 4, False),
        ([timedelta(minutes=31)], True),
        ([timedelta(minutes=25)] * 25, True),  # in use all day, and then over
    ],
)
def test_sessions_end(client, steps, ended):
    account = make_account()
    set_up_totp(account)
    moment = NOW
    with clock.fixed(moment):
        client.force_login(account)
        assert client.get("/workbench/").status_code == 200
    for step in steps:
        moment += step
        with clock.fixed(moment):
            status = client.get("/workbench/").status_code
    assert (status == 302) is ended
    if ended:
        assert "已经退出" in client.get(LOGIN).content.decode()


def test_a_new_session_number_at_signing_in(client):
    make_account()
    client.get(LOGIN)
    before = client.session.session_key
    sign_in(client)
    assert client.session.session_key != before


def test_readers_of_the_public_site_get_no_cookie(client):
    for path in ("/", "/search/?q=演示", "/help/", "/verify/", "/law/"):
        response = client.get(path)
        assert not response.cookies, path
        assert "Cookie" not in response.get("Vary", ""), path
