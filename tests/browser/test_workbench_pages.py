"""The pages of those who sign in, looked at as the public ones are."""

import pytest
from django.conf import settings

from tests.browser.test_browser_pages import _look
from tests.factories.accounts import make_account, signed_in_client
from tests.factories.intake_world import ORGAN, file_write, penalty, subject_make
from tests.factories.workbench import OUTSIDE, WORKBENCH
from xinheng.accounts.domain import Role
from xinheng.adapters import clock
from xinheng.intake.services import submission_advance, submission_receive
from xinheng.monitoring.models import Reconciliation

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]


@pytest.fixture
def values(live_site, tmp_path):
    """Return what addresses are filled with: a checked submission with findings, and an account."""
    now = clock.now()
    subject_make(1)
    rows = [penalty(1), penalty(2, subject=1, CF_XDR_SHXYM="91500236"), penalty(3, subject=1, CF_JDRQ="昨天")]
    number = submission_receive(
        path=file_write(tmp_path / "处罚.csv", rows),
        organ_code=ORGAN,
        clerk="demo.clerk",
        item_id="administrative_penalty",
        now=now,
    ).number
    submission_advance(number=number, actor="demo.clerk", now=now)
    listed = Reconciliation.objects.create(
        organ_code=ORGAN,
        item_id="administrative_penalty",
        first_day=now.date(),
        last_day=now.date(),
        file_sha256="0" * 64,
        listed=1,
        reported=0,
        found={"missing": [["奉市监罚字〔2026〕9号", "2026-04-15"]], "only_here": [], "differing": []},
        actor="demo.clerk",
        at=now,
    )
    return {"number": number, "account": make_account("demo.other", now=now).pk, "reconciliation": listed.pk}


def test_every_page_of_the_workbench_can_be_read_by_everyone(live_site, values, browser):
    wrong: list[str] = []

    def failed(error):
        wrong.append(str(error))

    for role in sorted({role for role, _ in WORKBENCH.values()}):
        account = make_account(f"demo.{role.value.lower()}"[:20], Role(role), ORGAN, now=clock.now())
        client = signed_in_client(account)
        context = browser.new_context(locale="zh-CN")
        cookie = client.cookies[settings.SESSION_COOKIE_NAME].value
        context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": cookie, "url": live_site}])
        page = context.new_page()
        page.on("pageerror", failed)
        for needed, path in WORKBENCH.values():
            if needed is role:
                address = path.format(**values)
                assert page.goto(live_site + address).status == 200, address
                assert page.url.endswith(address), page.url
                wrong += _look(page, address)
        context.close()
    assert not wrong, "\n".join(wrong)


def test_pages_before_signing_in_can_be_read_by_everyone(live_site, page):
    wrong: list[str] = []
    for path in OUTSIDE.values():
        assert page.goto(live_site + path).status == 200, path
        wrong += _look(page, path)
    assert not wrong, "\n".join(wrong)
