"""Two ways through the site, as a reader goes them, with and without JavaScript."""

import re
from collections.abc import Iterator
from datetime import date

import pytest
from django.db import transaction
from playwright.sync_api import Browser, Page, expect

from tests.factories.portal import TODAY, County, make_county
from xinheng.adapters import clock

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]


@pytest.fixture
def county(live_site: str) -> Iterator[County]:
    with clock.fixed(TODAY), transaction.atomic():
        county = make_county()
    with clock.fixed(TODAY):
        yield county


@pytest.fixture(params=["with script", "without script"])
def reader(request, browser: Browser) -> Iterator[Page]:
    context = browser.new_context(java_script_enabled=request.param == "with script", locale="zh-CN")
    yield context.new_page()
    context.close()


def test_search_then_organisation_then_why_a_record_is_shown(live_site, county, reader):
    reader.goto(live_site + "/")
    reader.get_by_label("单位名称（两个字起）").fill("云帆")
    reader.get_by_role("button", name="查询").click()
    expect(reader.get_by_role("heading", level=1)).to_contain_text("找到3家")

    reader.get_by_role("link", name="夔门云帆食品有限公司（演示）").click()
    expect(reader.get_by_role("heading", level=1)).to_have_text("夔门云帆食品有限公司（演示）")
    penalties = reader.locator("section", has=reader.locator("#penalties"))
    card = penalties.get_by_role("article", name="奉市监处罚〔2026〕演示15号")
    expect(card).to_contain_text("公示到2027年3月11日（含当日）")

    card.get_by_role("link", name="为什么").click()
    expect(reader).to_have_url(re.compile(f"/records/{county.penalty}/.*#why$"))
    expect(reader.get_by_role("heading", name="为什么现在显示")).to_be_visible()
    reader.get_by_text("逐格对照").click()
    expect(reader.get_by_role("cell", name="N15")).to_be_visible()

    reader.get_by_role("link", name="打印异议申请书").click()
    expect(reader.get_by_text("行政处罚：奉市监处罚〔2026〕演示15号")).to_be_visible()


def test_penalty_list_then_filter_then_not_found_after_the_end(live_site, county, reader):
    reader.goto(live_site + "/")
    reader.get_by_role("navigation", name="主导航").get_by_role("link", name="行政处罚").click()
    expect(reader.get_by_role("row")).to_have_count(3)

    reader.get_by_label("处罚机关").select_option(label="奉节县市场监督管理局")
    reader.get_by_label("决定日期从").fill("2026-03-01")
    reader.get_by_label("到", exact=True).fill("2026-03-31")
    reader.get_by_role("button", name="筛选").click()
    expect(reader.get_by_role("row")).to_have_count(2)
    expect(reader.get_by_role("link", name="处罚机关：奉节县市场监督管理局")).to_be_visible()

    reader.get_by_role("link", name="奉市监处罚〔2026〕演示15号").click()
    expect(reader.get_by_text("公示到2027年3月11日（含当日）")).to_be_visible()

    with clock.fixed(date(2027, 3, 12)):
        reader.reload()
        expect(reader.get_by_role("heading", level=1)).to_have_text("找不到这个页面")
        reader.go_back()
        reader.reload()
        expect(reader.get_by_text("所选条件下没有正在公示的信息")).to_be_visible()
