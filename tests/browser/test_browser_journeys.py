"""Ways through the site as readers go them: wide and narrow, with and without JavaScript, by keyboard alone, on paper."""

import re
from datetime import date

import pytest
from django.db import transaction
from playwright.sync_api import Page, expect

from tests.browser.axe import axe_violations
from tests.browser.conftest import NARROW
from tests.factories.portal import TODAY
from xinheng.adapters import clock
from xinheng.adapters.clock import CHINA
from xinheng.reports.services import report_issue
from xinheng.subjects.models import Subject

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]


def _open_from_menu(reader: Page, name: str) -> None:
    """Go by the main navigation, or on a phone by the menu link to the foot of the page."""
    main = reader.get_by_role("navigation", name="主导航")
    if reader.viewport_size == NARROW:
        expect(main).to_be_hidden()
        reader.get_by_role("link", name="菜单").click()
        main = reader.get_by_role("navigation", name="网站地图")
    main.get_by_role("link", name=name).click()


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
    _open_from_menu(reader, "行政处罚")
    expect(reader.get_by_role("row")).to_have_count(3)

    if reader.viewport_size == NARROW:
        expect(reader.get_by_label("处罚机关")).to_be_hidden()
        reader.get_by_text("筛选", exact=True).first.click()
    expect(reader.locator(".fold")).to_be_visible(visible=reader.viewport_size == NARROW)
    reader.get_by_label("处罚机关").select_option(label="奉节县市场监督管理局")
    reader.get_by_label("决定日期从").fill("2026-03-01")
    reader.get_by_label("到", exact=True).fill("2026-03-31")
    reader.get_by_role("button", name="筛选").click()
    expect(reader.get_by_role("row")).to_have_count(2)
    expect(reader.get_by_role("link", name="处罚机关：奉节县市场监督管理局")).to_be_visible()
    expect(reader.locator(".fold")).to_have_text(re.compile(r"筛选（已选[23]项）"))

    reader.get_by_role("link", name="奉市监处罚〔2026〕演示15号").click()
    expect(reader.get_by_text("公示到2027年3月11日（含当日）")).to_be_visible()

    with clock.fixed(date(2027, 3, 12)):
        reader.reload()
        expect(reader.get_by_role("heading", level=1)).to_have_text("找不到这个页面")
        reader.go_back()
        reader.reload()
        expect(reader.get_by_text("所选条件下没有正在公示的")).to_be_visible()


def test_a_sole_traders_penalties_for_its_code_only(live_site, county, reader):
    reader.goto(live_site + "/search/?q=云帆小吃")
    reader.get_by_role("link", name="云帆小吃店（演示）").click()
    expect(reader.get_by_role("main")).to_contain_text("只在用全称或者统一社会信用代码查询时显示")
    expect(reader.get_by_text("奉市监处罚〔2026〕演示21号")).to_have_count(0)

    reader.goto(live_site + "/")
    reader.get_by_label("单位名称（两个字起）").fill("92500236MA00DEM0X6")
    reader.get_by_label("单位名称（两个字起）").press("Enter")
    reader.get_by_role("link", name="云帆小吃店（演示）").click()
    expect(reader.get_by_role("article", name="奉市监处罚〔2026〕演示21号")).to_be_visible()


def test_the_law_behind_a_record(live_site, county, reader):
    reader.goto(live_site + "/")
    _open_from_menu(reader, "法规目录")
    expect(reader.get_by_role("heading", level=1)).to_have_text("法规目录")
    reader.get_by_role("main").get_by_role("link", name="行政处罚", exact=True).click()
    expect(reader.get_by_role("heading", level=1)).to_have_text("行政处罚")
    expect(reader.get_by_role("heading", name="公示多久")).to_be_visible()
    fields = reader.get_by_role("table", name="国家模板的字段")
    expect(fields).to_be_hidden()
    reader.get_by_text("个字段").click()
    expect(fields.get_by_role("cell", name="CF_WSH")).to_be_visible()
    reader.get_by_role("link", name="返回法规目录").click()
    expect(reader).to_have_url(live_site + "/law/")


def test_from_the_front_page_to_the_words(live_site, county, reader):
    reader.goto(live_site + "/")
    for link, path in (
        ("异议与修复", "help"),
        ("来源与更新", "sources"),
        ("关于", "about"),
        ("隐私", "privacy"),
        ("无障碍", "accessibility"),
    ):
        reader.get_by_role("navigation", name="网站地图").get_by_role("link", name=link).click()
        expect(reader).to_have_url(f"{live_site}/{path}/")
        expect(reader.get_by_role("heading", level=1)).to_be_visible()


def test_a_report_is_verified_and_an_altered_byte_refused(live_site, county, reader, request):
    now = clock.datetime.combine(TODAY, clock.datetime.min.time(), CHINA)
    with transaction.atomic():
        made = report_issue(subject=Subject.objects.get(pk=county.company), now=now, actor="test")

    reader.goto(live_site + "/")
    _open_from_menu(reader, "报告核验")
    _send(reader, "报告.pdf", made.pdf)
    expect(reader.get_by_role("heading", level=1)).to_have_text("报告真实，内容没有改动")
    expect(reader.get_by_role("status")).to_contain_text(made.number)

    altered = bytearray(made.pdf)
    altered[len(altered) // 2] ^= 1
    _send(reader, "改过.pdf", bytes(altered))
    expect(reader.get_by_role("heading", level=1)).to_have_text("内容与出具时不一致，不要采用")
    expect(reader.get_by_role("status")).to_contain_text(re.compile(r"✕ .{8,}。"))
    expect(reader.get_by_role("status")).not_to_contain_text(made.number)
    assert "no script" in request.node.callspec.id or not axe_violations(reader)

    reader.get_by_role("textbox", name="报告编号").fill(made.number)
    reader.get_by_role("button", name="核验", exact=True).click()
    expect(reader.get_by_text("请填写校验码")).to_be_visible()
    reader.get_by_role("textbox", name="校验码").fill(made.check_code.lower())
    reader.get_by_role("button", name="核验", exact=True).click()
    expect(reader.get_by_role("heading", level=1)).to_have_text("报告真实，之后数据没有变化")
    assert made.number not in reader.url
    assert "no script" in request.node.callspec.id or not axe_violations(reader)


def _send(reader: Page, name: str, content: bytes) -> None:
    reader.get_by_label("报告文件").set_input_files({"name": name, "mimeType": "application/pdf", "buffer": content})
    reader.get_by_role("button", name="核验这个文件").click()


def _tab_to(page: Page, role: str, name: str, *, at_most: int = 60) -> None:
    """Press Tab until the element is focused; each stop on the way is seen."""
    wanted = page.get_by_role(role, name=name).first.element_handle()
    for _ in range(at_most):
        page.keyboard.press("Tab")
        seen = page.evaluate(
            "() => {const now = document.activeElement, box = now.getBoundingClientRect(), look = getComputedStyle(now);"
            " return box.width > 0 && box.bottom > 0 && box.top < innerHeight"
            " && (look.outlineStyle !== 'none' || look.boxShadow !== 'none')}"
        )
        assert seen, page.evaluate("document.activeElement.outerHTML")
        if page.evaluate("element => element === document.activeElement", wanted):
            return
    raise AssertionError(f"{role} “{name}” is not reached by {at_most} tabs")


def test_by_keyboard_alone(live_site, county, page):
    page.emulate_media(reduced_motion="reduce")  # the kit scrolls smoothly, past the moment when we look
    page.goto(live_site + "/")
    _tab_to(page, "combobox", "单位名称")
    page.keyboard.type("云帆")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_contain_text("找到3家")
    _tab_to(page, "link", "夔门云帆食品有限公司（演示）")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("夔门云帆食品有限公司（演示）")
    _tab_to(page, "link", "奉市监处罚〔2026〕演示15号")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(f"/records/{county.penalty}/"))
    _tab_to(page, "link", "打印异议申请书")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("异议申请书")


def test_on_paper(live_site, county, page):
    page.goto(f"{live_site}/records/{county.penalty}/")
    folded = page.locator("details:not([open])").count()
    assert folded
    page.emulate_media(media="print")
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    assert page.locator("details:not([open])").count() == 0
    expect(page.get_by_role("navigation", name="主导航")).to_be_hidden()
    expect(page.get_by_role("cell", name="N15")).to_be_visible()
    page.evaluate("dispatchEvent(new Event('afterprint'))")
    assert page.locator("details:not([open])").count() == folded

    page.goto(f"{live_site}/help/objection/?record={county.penalty}")
    expect(page.get_by_text("用浏览器的打印功能打印本页")).to_be_hidden()
    expect(page.get_by_text("行政处罚：奉市监处罚〔2026〕演示15号")).to_be_visible()
    pages = page.pdf(format="A4").count(b"/Type /Page\n")
    assert 1 <= pages <= 2, "the form is handed in on a sheet"
