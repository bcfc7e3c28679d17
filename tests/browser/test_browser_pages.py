"""What only a browser can see: reflow, folded parts, reading modes, the policy on scripts and styles."""

import pytest

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]

PATHS = ["/", "/search/?q=云帆", "/lists/licences/", "/lists/penalties/", "/law/", "/law/administrative_penalty/", "/help/",
         "/help/objection/", "/verify/", "/sources/", "/about/", "/privacy/", "/accessibility/", "/nowhere/"]  # fmt: skip


def _sideways(page) -> int:
    return page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")


def test_no_page_scrolls_sideways_at_360_pixels(live_site, page):
    page.set_viewport_size({"width": 360, "height": 740})
    for path in PATHS:
        page.goto(live_site + path)
        assert _sideways(page) == 0, path
        page.goto(live_site + path.split("?")[0] + "?view=large")
        assert _sideways(page) == 0, f"{path} in large print"
        page.goto(live_site + "/about/?view=normal")


def test_pages_stay_within_their_own_policy(live_site, page):
    messages = []
    page.on("console", lambda message: messages.append(message.text))
    page.on("pageerror", lambda error: messages.append(str(error)))
    for path in PATHS[:-1]:
        page.goto(live_site + path)
    assert messages == []


def test_every_page_has_one_heading_and_names_itself_in_the_title(live_site, page):
    for path in PATHS:
        page.goto(live_site + path)
        assert page.locator("h1").count() == 1, path
        heading = page.locator("h1").inner_text().strip()
        assert heading[:4] in page.title(), (path, heading, page.title())


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
