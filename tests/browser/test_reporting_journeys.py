"""Reporting as people do it in a browser: two persons from the file to the public page; one on a phone without a script."""

import re
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from typing import Any

import pytest
from django.conf import settings as configured
from django.core.cache import cache
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import NARROW, WIDE
from tests.browser.test_browser_pages import _SIDEWAYS
from tests.factories.accounts import PASSWORD, make_account, set_up_totp, totp_code
from tests.factories.commands import environment, started
from tests.factories.intake_files import csv_bytes, titled
from tests.factories.intake_world import ORGAN, penalty, subject_make
from tests.factories.interleaving import PATIENCE
from tests.factories.jobs import jobs_run
from xinheng.accounts.domain import Role
from xinheng.adapters import clock

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]

_STEP_PATIENCE = PATIENCE * 1_000
"""Milliseconds that a page may take to tell what a worker did; no test fails for being slow."""
_PAGE_PATIENCE = 30_000


@pytest.fixture
def worker(fresh_database, postgres_server) -> Iterator[Callable[[], None]]:
    """Return how to start a real worker process on the site's database; at the end it is stopped as an operator would."""
    begun = []

    def start() -> None:
        own = environment(postgres_server, database=fresh_database, var=configured.XINHENG_VAR)
        begun.append(started("worker", "--concurrency", "1", environment=own))

    yield start
    for process in begun:
        process.terminate()
        told = process.communicate(timeout=PATIENCE)[0]
        assert process.returncode == 0, told


@pytest.fixture
def site(live_site, settings) -> str:
    """Return the site's address, with organisations 1 to 5 in the register and nothing counted for another test."""
    cache.clear()
    settings.MFA_TOTP_TOLERANCE = 1  # the window of a code may end between reading and sending it
    for number in range(1, 6):
        subject_make(number)
    return live_site


def _decided() -> date:
    """Return a day of decision that is in time whenever the test runs: a real worker knows no clock but the real one."""
    return clock.today() - timedelta(days=1)


def _document_no(number: int) -> str:
    return f"奉市监罚字〔{_decided().year}〕{number}号"


def _table(*rows: dict[str, str]) -> dict[str, Any]:
    """Return a table as a spreadsheet program of a department saves it: Chinese headings, the national encoding."""
    content = csv_bytes(titled(rows), encoding="gb18030")
    return {"name": "行政处罚11月.csv", "mimeType": "text/csv", "buffer": content}


def _penalty(number: int, **changes: str) -> dict[str, str]:
    decided = _decided()
    until = decided + timedelta(days=365)
    days = {"CF_JDRQ": decided.isoformat(), "CF_YXQ": until.isoformat(), "CF_WSH": _document_no(number)}
    return penalty(number, **{**days, **changes})


class _Person:
    """Somebody with a browser of their own, signed in by password and code."""

    def __init__(self, browser: Browser, site: str, name: str, role: Role, **more: Any) -> None:
        secret = set_up_totp(make_account(name, role, ORGAN, now=clock.now()))
        self._context = browser.new_context(locale="zh-CN", **more)
        self._context.set_default_timeout(_PAGE_PATIENCE)
        self.page: Page = self._context.new_page()
        self.wrong: list[str] = []
        self.page.on("pageerror", lambda error: self.wrong.append(str(error)))
        self.page.on("console", lambda line: self.wrong.append(line.text) if line.type == "error" else None)
        self.page.goto(f"{site}/account/login/")
        self.page.locator("input[name=login]").fill(name)
        self.page.locator("input[name=password]").fill(PASSWORD)
        self.page.get_by_role("button", name="登录", exact=True).click()
        self.page.locator("input[name=code]").fill(totp_code(secret))
        self.page.locator("main form:has(input[name=code]) button[type=submit]").first.click()
        expect(self.heading).to_have_text("工作台")

    @property
    def heading(self) -> Any:
        return self.page.get_by_role("heading", level=1)

    def uploads(self, table: dict[str, Any]) -> str:
        """Upload a table from the page that asks for one; return the number of the submission."""
        page = self.page
        expect(self.heading).to_have_text("上传表格")
        page.get_by_label("信息类别").select_option("administrative_penalty")
        page.locator("input[type=file]").set_input_files(table)
        page.get_by_label("本批不含涉密信息").check()
        page.get_by_label("违法事实等文字已脱敏").check()
        page.get_by_role("button", name="上传并开始检查").click()
        expect(page.get_by_text("已收到，批次编号")).to_be_visible()
        expect(page.locator("[aria-current=step]")).to_be_visible()
        return self.number

    @property
    def number(self) -> str:
        """The number of the submission whose page this is."""
        found = re.search(r"/submissions/([^/]+)/$", self.page.url)
        assert found is not None, self.page.url
        return found[1]

    def leaves(self) -> None:
        """Close the browser: nothing may have gone wrong in it."""
        self._context.close()
        assert not self.wrong, "\n".join(self.wrong)


def test_from_the_file_to_the_public_page_by_two_persons(site, worker, browser):
    clerk = _Person(browser, site, "wang.ping", Role.CLERK, viewport=WIDE)
    clerk.page.get_by_role("navigation", name="主导航").get_by_role("link", name="上传表格").click()
    rows = [_penalty(1), _penalty(2), _penalty(3), _penalty(4, CF_NR_FK=""), _penalty(5, CF_JDRQ="昨天")]
    first = clerk.uploads(_table(*rows))
    page = clerk.page

    # The page follows the worker by itself.
    worker()
    expect(page.get_by_text("5行中3行可以提交")).to_be_visible(timeout=_STEP_PATIENCE)

    # A missing fine is put right in its cell and the table checked again; the wrong date stays for another time.
    page.locator("a[href$='/findings/V05/']").first.click()
    page.locator("main a[href*='/cell/']").first.click()
    expect(clerk.heading).to_contain_text("第5行")
    page.get_by_label("改成").fill("2.000000")
    page.get_by_role("button", name="保存改正").click()
    expect(page.get_by_text("已改正，重新检查后生效").first).to_be_visible()
    page.get_by_role("link", name=f"批次 {first}").click()
    page.get_by_role("button", name="重新检查").click()
    expect(page.get_by_text("正在重新检查，新的批次编号")).to_be_visible()
    expect(page.get_by_text("5行中4行可以提交")).to_be_visible(timeout=_STEP_PATIENCE)
    second = clerk.number
    assert second != first
    page.get_by_role("link", name="提交审核").click()
    page.get_by_role("button", name="提交给审核人").click()
    expect(page.get_by_text("已提交，等待审核人确认").first).to_be_visible()
    expect(page.get_by_role("link", name="审核并确认")).to_have_count(0)

    reviewer = _Person(browser, site, "li.na", Role.REVIEWER, viewport=WIDE)
    page = reviewer.page
    page.get_by_role("link", name="1个批次等你审核确认").click()
    page.get_by_role("link", name=second).first.click()
    page.get_by_role("link", name="审核并确认").click()
    # Whoever certifies shows once more who they are.
    page.locator("main input[name=password]").fill(PASSWORD)
    page.locator("main form:has(input[name=password]) button[type=submit]").click()
    expect(reviewer.heading).to_have_text("审核并确认")
    for statement in page.get_by_role("main").get_by_role("checkbox").all():
        statement.check()
    page.get_by_role("button", name="确认并入库").click()
    expect(page.get_by_text("已确认入库：新增4条")).to_be_visible(timeout=_STEP_PATIENCE)
    reviewer.leaves()

    clerk.page.get_by_role("link", name=re.compile("^通知")).first.click()
    expect(clerk.page.get_by_text(f"批次 {second}：已确认入库")).to_be_visible()
    clerk.leaves()

    # Anybody, without a cookie: the row that was mended is a record like any other.
    public = browser.new_context(locale="zh-CN").new_page()
    public.goto(f"{site}/lists/penalties/")
    expect(public.get_by_role("row")).to_have_count(1 + 4)
    public.get_by_role("link", name=_document_no(4)).click()
    expect(public.get_by_role("heading", level=1)).to_contain_text(_document_no(4))
    expect(public.get_by_text("20,000.00元").first).to_be_visible()
    expect(public.get_by_role("heading", name="为什么现在显示")).to_be_visible()
    public.context.close()


def test_upload_findings_and_submission_on_a_phone_without_a_script(site, browser):
    clerk = _Person(browser, site, "wang.ping", Role.CLERK, viewport=NARROW, java_script_enabled=False)
    page = clerk.page

    def fits(heading: str) -> None:
        expect(clerk.heading).to_contain_text(heading)
        page.wait_for_load_state()
        assert page.evaluate(_SIDEWAYS) == 0, f"{page.url} scrolls sideways"

    fits("工作台")
    page.get_by_role("link", name="菜单").click()
    page.get_by_role("navigation", name="网站地图").get_by_role("link", name="上传表格").click()
    fits("上传表格")
    clerk.uploads(_table(_penalty(1), _penalty(2), _penalty(3, CF_NR_FK="")))
    fits("行政处罚")
    jobs_run()
    page.get_by_role("link", name="看看查完没有").click()
    expect(page.get_by_text("3行中2行可以提交")).to_be_visible()
    fits("行政处罚")
    page.locator("a[href$='/findings/V05/']").first.click()
    fits("1处")
    page.locator("main a[href*='/cell/']").first.click()
    expect(page.get_by_role("button", name="保存改正")).to_be_visible()
    fits("第4行")
    page.locator("a.back").click()
    page.get_by_role("link", name="提交审核").click()
    fits("提交审核")
    page.get_by_role("button", name="提交给审核人").click()
    expect(page.get_by_text("已提交，等待审核人确认").first).to_be_visible()
    fits("行政处罚")
    clerk.leaves()
