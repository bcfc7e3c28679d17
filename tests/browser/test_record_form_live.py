"""The form of one record in a browser: told while typing, never in the middle of a syllable, off when switched off."""

import pytest
from django.conf import settings

from tests.factories.accounts import make_account, signed_in_client
from tests.factories.intake_world import ORGAN
from xinheng.accounts.domain import Role
from xinheng.adapters import clock

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]

CODE, NUMBER = "#f-CF_XDR_SHXYM", "#f-CF_WSH"


@pytest.fixture
def form(live_site, page):
    """Return the form of a penalty, opened by a clerk, and what the browser complained about."""
    client = signed_in_client(make_account("demo.typist", Role.CLERK, ORGAN, now=clock.now()))
    cookie = client.cookies[settings.SESSION_COOKIE_NAME].value
    page.context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": cookie, "url": live_site}])
    wrong = []
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.on("console", lambda message: wrong.append(message.text) if "Content Security" in message.text else None)
    page.goto(f"{live_site}/workbench/records/new/administrative_penalty/")
    yield page
    assert not wrong, wrong


def test_a_field_is_told_while_typing_and_mended_it_is_told_no_more(form):
    form.fill(CODE, "91500236")
    form.wait_for_selector("#m-CF_XDR_SHXYM .field-error")
    assert "应为18位" in form.inner_text("#m-CF_XDR_SHXYM")
    assert not form.query_selector("#m-CF_XDR_MC .field-error"), "an empty field that nobody came to is not scolded"
    assert form.evaluate("document.activeElement.id") == CODE[1:], "the focus stays where one types"
    form.fill(CODE, "")
    form.dispatch_event(CODE, "change")
    form.wait_for_selector("#m-CF_XDR_SHXYM .field-error:has-text('应为18位')", state="detached")


def test_a_choice_beside_another_field_says_what_it_means_for_that_one(form):
    form.fill("#f-CF_NR_FK", "2万")
    form.wait_for_selector("#m-CF_NR_FK .field-error")
    form.fill("#f-CF_NR_FK", "2.000000")
    form.wait_for_selector("#m-CF_NR_FK .field-error:has-text('只写数字')", state="detached")
    form.check("text=警告")
    form.wait_for_selector("#m-CF_NR_FK .field-error, #m-CF_CFLB .field-error")


def test_a_syllable_that_is_being_composed_is_not_sent_and_switched_off_nothing_is(form):
    sent = []
    form.on("request", lambda request: sent.append(request.url) if request.url.endswith("/fields/") else None)
    form.evaluate(
        """() => {
            const field = document.querySelector("#f-CF_WSH");
            field.value = "feng jie";
            field.dispatchEvent(new InputEvent("input", {bubbles: true, isComposing: true}));
        }"""
    )
    form.uncheck("#live")
    form.fill(NUMBER, "奉市监罚字〔2026〕1号")
    form.dispatch_event(NUMBER, "change")
    form.evaluate("() => new Promise((done) => setTimeout(done, 600))")  # longer than a field takes to settle
    assert sent == []
    form.check("#live")
    with form.expect_request("**/fields/"):
        form.dispatch_event(NUMBER, "change")
