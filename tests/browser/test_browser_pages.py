"""What only a browser can see, of every page: axe, reflow, reading modes, the policy on scripts and styles."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page

from tests.browser.axe import axe_results, axe_violations
from tests.browser.conftest import NARROW, WIDE
from tests.factories.families import NOT_FOUND, addresses
from tests.factories.portal import TODAY
from xinheng.adapters import clock
from xinheng.opendata.services import snapshot_make

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]

_SIDEWAYS = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
_HEADING_SHOWN = 4


def _look(page: Page, name: str) -> Iterator[str]:
    """Say what is wrong with the page as it stands, wide and narrow."""
    headings = page.locator("h1")
    if headings.count() != 1:
        yield f"{name}: {headings.count()} headings"
    elif headings.inner_text().strip()[:_HEADING_SHOWN] not in page.title():
        yield f"{name}: the title is “{page.title()}”"
    for size in (WIDE, NARROW):
        page.set_viewport_size(size)
        if sideways := page.evaluate(_SIDEWAYS):
            yield f"{name}, {size['width']} pixels: scrolls {sideways} pixels sideways"
        yield from (f"{name}, {size['width']} pixels: {text}" for text in axe_violations(page))


@pytest.mark.parametrize("view", ["normal", "large", "contrast"])
def test_every_page_can_be_read_by_everyone(live_site, county, page, view):
    wrong: list[str] = []
    page.on("console", lambda message: wrong.append(f"{page.url} says: {message.text}"))
    page.on("pageerror", lambda error: wrong.append(f"{page.url} fails: {error}"))
    page.goto(f"{live_site}/about/?view={view}")
    for path in addresses(county, first_only=view != "normal"):
        assert page.goto(live_site + path).status == 200, path
        assert page.locator(f"html.view-{view}").count() == 1, path
        wrong += _look(page, path)
    assert not wrong, "\n".join(wrong)


def test_error_pages_can_be_read_by_everyone(live_site, page, monkeypatch):
    from xinheng.portal.views import texts

    def broken(*_args, **_more):
        raise RuntimeError("演示")

    monkeypatch.setattr(texts, "page", broken)
    for path, status in ((NOT_FOUND, 404), ("/about/", 500)):
        assert page.goto(live_site + path).status == status
        assert not (wrong := list(_look(page, path))), "\n".join(wrong)


def test_a_snapshot_to_download_can_be_read_by_everyone(live_site, county, page):
    snapshot_make(on_date=TODAY, now=clock.now(), actor="test")
    assert page.goto(live_site + "/open-data/").status == 200
    assert page.get_by_role("link", name="records.parquet").count() == 1
    assert not (wrong := list(_look(page, "/open-data/"))), "\n".join(wrong)


def test_axe_looks_at_what_we_think_it_does(live_site, page):
    page.goto(live_site + "/")
    ran = set(axe_results(page)["ran"])
    assert {"target-size", "color-contrast", "label", "region", "heading-order", "landmark-one-main"} <= ran
    page.evaluate("document.querySelector('#q').removeAttribute('id')")
    page.evaluate("document.querySelector('.skip').insertAdjacentHTML('afterend', '<a href=\"/x\"></a>')")
    found = axe_violations(page)
    assert any(text.startswith("label:") for text in found)
    assert any(text.startswith("link-name:") for text in found)


def test_the_first_tab_stop_leads_to_the_text(live_site, page):
    page.goto(live_site + "/help/")
    page.keyboard.press("Tab")
    focused = page.locator(":focus")
    assert focused.inner_text() == "跳到正文"
    assert focused.bounding_box()["y"] >= 0
    page.keyboard.press("Enter")
    assert page.locator(":focus").get_attribute("id") == "main"


def test_front_page_is_light(live_site, page):
    sizes = []
    page.on("response", lambda response: sizes.append(int(response.headers.get("content-length", 0))))
    page.goto(live_site + "/", wait_until="networkidle")
    assert 0 < sum(sizes) <= 150_000
