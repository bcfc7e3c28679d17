"""A security key in a real browser: enrolled, then asked for at the next sign-in. The key is the browser's own virtual one."""

import re

import pytest

from tests.factories.accounts import PASSWORD, make_account
from xinheng.adapters import clock

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]

_KEY = {
    "protocol": "ctap2",
    "transport": "usb",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


def test_a_security_key_is_enrolled_and_signs_in(live_site, context, settings):
    settings.MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = True  # this machine alone, without https
    site = live_site.replace("127.0.0.1", "localhost")  # a key is bound to a name, never to an address
    account = make_account("demo.key", now=clock.now())
    page = context.new_page()
    wrong: list[str] = []
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.on("console", lambda message: wrong.append(message.text) if message.type == "error" else None)
    session = context.new_cdp_session(page)
    session.send("WebAuthn.enable")
    key = session.send("WebAuthn.addVirtualAuthenticator", {"options": _KEY})["authenticatorId"]

    _sign_in(page, site, account.login_name)
    page.goto(f"{site}/account/second-factor/webauthn/add/")
    if "reauthenticate" in page.url:
        page.locator("input[type=password]").fill(PASSWORD)
        page.locator("form:has(input[type=password]) button[type=submit]").click()
    page.locator("input[name=name]").fill("办公室的密钥")
    page.locator("#mfa_webauthn_add").click()
    page.wait_for_url(re.compile("recovery-codes|second-factor/$"))
    assert len(session.send("WebAuthn.getCredentials", {"authenticatorId": key})["credentials"]) == 1
    page.goto(f"{site}/workbench/")
    assert page.url == f"{site}/workbench/"

    context.clear_cookies()
    _sign_in(page, site, account.login_name)
    assert "/account/second-factor/authenticate/" in page.url
    page.locator("#mfa_webauthn_authenticate").click()
    page.wait_for_url(f"{site}/workbench/")
    count = session.send("WebAuthn.getCredentials", {"authenticatorId": key})["credentials"][0]["signCount"]
    assert count >= 2
    assert not wrong, "\n".join(wrong)


def _sign_in(page, site, name):
    page.goto(f"{site}/account/login/")
    page.locator("input[name=login]").fill(name)
    page.locator("input[name=password]").fill(PASSWORD)
    page.get_by_role("button", name="登录", exact=True).click()
    page.wait_for_load_state()
