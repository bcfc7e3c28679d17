"""What scripts add: names offered while one types, and charts; and that without scripts nothing of it is missed."""

from collections.abc import Iterator

import pytest
from django.db import transaction
from playwright.sync_api import Page, expect

from tests.browser.axe import axe_violations
from tests.factories.portal import TODAY, County, make_county
from xinheng.adapters import clock

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]


@pytest.fixture
def county(live_site: str) -> Iterator[County]:
    with clock.fixed(TODAY):
        with transaction.atomic():
            county = make_county()
        yield county


@pytest.fixture
def plain_page(live_site, browser) -> Iterator[Page]:
    """Open a page in a browser without scripts."""
    context = browser.new_context(java_script_enabled=False)
    yield context.new_page()
    context.close()


def test_names_are_offered_and_can_be_reached_by_keyboard(live_site, county, page):
    page.goto(live_site + "/")
    field, offered = page.locator("#q"), page.locator("#suggestions")
    field.press_sequentially("云帆")
    expect(offered).to_be_visible()
    expect(page.locator("#suggestions-status")).to_contain_text("有3家单位可以选")
    expect(field).to_have_attribute("aria-expanded", "true")
    assert axe_violations(page) == []

    field.press("ArrowDown")
    chosen = page.locator("[role=option][aria-selected=true]")
    assert chosen.get_attribute("id") == field.get_attribute("aria-activedescendant")
    field.press("Escape")
    expect(offered).to_be_hidden()
    expect(field).to_have_value("云帆")
    expect(field).to_have_attribute("aria-expanded", "false")

    field.press("Enter")
    page.wait_for_url("**/search/?q=*")
    expect(page.locator("h1")).to_contain_text("找到3家")


def test_enter_opens_the_chosen_one_with_what_was_typed(live_site, county, page):
    page.goto(live_site + "/search/")
    field = page.locator("#q")
    field.press_sequentially("夔门云帆")
    expect(page.locator("[role=option]")).to_have_count(1)
    field.press("ArrowDown")
    field.press("Enter")
    page.wait_for_url(f"**/subjects/{county.company}/?q=*")
    expect(page.locator("h1")).to_have_text("夔门云帆食品有限公司（演示）")


def test_numbers_are_not_sent_before_the_reader_sends_them(live_site, county, page):
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(live_site + "/")
    field = page.locator("#q")
    field.press_sequentially("91500236MA00TE5T2K")
    field.fill("云帆")
    expect(page.locator("#suggestions")).to_be_visible()
    assert [url.partition("?")[2] for url in asked if "suggestions/?" in url] == ["q=%E4%BA%91%E5%B8%86"]


def test_a_syllable_being_composed_is_not_asked_for(live_site, county, page):
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(live_site + "/")
    page.evaluate(
        """() => {
            const field = document.getElementById("q");
            field.focus();
            field.value = "yun'fan";
            field.dispatchEvent(new InputEvent("input", {isComposing: true}));
            field.value = "云帆";
            field.dispatchEvent(new CompositionEvent("compositionend"));
        }"""
    )
    expect(page.locator("#suggestions")).to_be_visible()
    assert [url.partition("?")[2] for url in asked if "suggestions/?" in url] == ["q=%E4%BA%91%E5%B8%86"]


def test_each_chart_has_a_name_and_its_table(live_site, county, page):
    page.goto(live_site + "/statistics/")
    charts = page.locator(".chart canvas")
    expect(charts.first).to_be_visible()
    for chart in charts.all():
        assert "条形图" in chart.get_attribute("aria-label")
    assert page.locator("table").count() == 3
    assert page.locator(".chart[hidden]").count() == 0


def test_without_scripts_tables_and_search_are_there(live_site, county, plain_page):
    plain_page.goto(live_site + "/statistics/")
    assert plain_page.locator(".chart").count() == plain_page.locator(".chart:not(:visible)").count()
    expect(plain_page.locator("#months-table tbody tr").first).to_be_visible()

    plain_page.goto(live_site + "/")
    expect(plain_page.locator("#suggestions")).to_be_hidden()
    assert plain_page.locator("#q").get_attribute("role") is None
    plain_page.locator("#q").fill("云帆")
    plain_page.locator("button[type=submit]").click()
    expect(plain_page.locator("h1")).to_contain_text("找到3家")


def test_reading_modes_hold_without_scripts(live_site, county, plain_page):
    plain_page.goto(live_site + "/")
    plain_page.get_by_role("link", name="大字版", exact=True).click()
    plain_page.get_by_role("link", name="高对比", exact=True).click()
    plain_page.goto(live_site + "/help/")
    assert plain_page.locator("html").get_attribute("class") == "view-large view-contrast"
    assert plain_page.evaluate("getComputedStyle(document.documentElement).fontSize") == "20px"
    plain_page.get_by_role("link", name="标准颜色").click()
    assert plain_page.locator("html").get_attribute("class") == "view-large"


def test_paper_carries_the_address_and_no_navigation(live_site, county, page):
    page.goto(f"{live_site}/subjects/{county.company}/")
    page.emulate_media(media="print")
    expect(page.locator(".footer-note.on-paper")).to_contain_text(f"{live_site}/subjects/{county.company}/")
    for hidden in (".site-nav", ".skip", ".site-tools__links", ".on-page"):
        expect(page.locator(hidden)).to_be_hidden()
    page.emulate_media(media="screen")
    expect(page.locator(".footer-note.on-paper")).to_be_hidden()


def test_nothing_moves_for_those_who_ask_for_rest(live_site, page):
    page.emulate_media(reduced_motion="reduce")
    page.goto(live_site + "/")
    moving = page.evaluate("document.getAnimations().length")
    assert moving == 0


def test_the_list_closes_when_names_cannot_be_asked_for(live_site, county, page):
    page.goto(live_site + "/")
    field, offered = page.locator("#q"), page.locator("#suggestions")
    field.press_sequentially("云帆")
    expect(offered).to_be_visible()
    page.route("**/search/suggestions/**", lambda route: route.fulfill(status=429, body=""))
    field.press_sequentially("食品")
    expect(offered).to_be_hidden()
    expect(page.locator("#suggestions-status")).to_be_empty()
