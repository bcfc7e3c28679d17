"""The pages of those who sign in, looked at as the public ones are."""

import pytest
from django.conf import settings

from tests.browser.test_browser_pages import _look
from tests.factories.accounts import PASSWORD, make_account, signed_in_client
from tests.factories.intake_world import ORGAN, file_write, name, penalty, subject_make
from tests.factories.workbench import OUTSIDE, PROVEN_ONCE_MORE, WORKBENCH
from xinheng.accounts.domain import Role
from xinheng.adapters import clock
from xinheng.catalogue.selectors import sources_current
from xinheng.catalogue.services import proposal_make
from xinheng.intake.models import Doubt
from xinheng.intake.services import (
    findings_explain,
    submission_advance,
    submission_load,
    submission_receive,
    submission_submit,
    waiver_ask,
)
from xinheng.monitoring.models import Reconciliation
from xinheng.records.models import CurrentRecord

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]

REGIME = "national/regimes/r3.yaml"


@pytest.fixture
def values(live_site, tmp_path):
    """Return what addresses are filled with: a checked submission with findings, and an account."""
    now = clock.now()
    subject_make(1)
    subject_make(2)
    rows = [penalty(1), penalty(2, subject=1, CF_XDR_SHXYM="91500236"), penalty(3, subject=1, CF_JDRQ="昨天")]
    rows.append(penalty(4, subject=2, CF_XDR_MC=name(1)))
    number = submission_receive(
        path=file_write(tmp_path / "处罚.csv", rows),
        organ_code=ORGAN,
        clerk="demo.clerk",
        item_id="administrative_penalty",
        now=now,
    ).number
    submission_advance(number=number, actor="demo.clerk", now=now)
    late = penalty(5, subject=1, CF_JDRQ="2026-01-15", CF_YXQ="2027-01-15")
    stored = submission_load(
        path=file_write(tmp_path / "迟报.csv", [late]), organ_code=ORGAN, clerk="demo.clerk", reviewer="demo.reviewer", now=now
    ).receipt.number
    waiting = submission_receive(
        path=file_write(tmp_path / "待审.csv", [late, penalty(6, subject=1), penalty(7, subject=2, CF_NR_FK="")]),
        organ_code=ORGAN,
        clerk="demo.clerk",
        item_id="administrative_penalty",
        now=now,
    ).number
    submission_advance(number=waiting, actor="demo.clerk", now=now)
    findings_explain(number=waiting, rule="V17", text="演示：办案系统升级。", actor="demo.clerk", now=now)
    submission_submit(number=waiting, clerk="demo.clerk", now=now)
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
    doubt = Doubt.objects.get().pk
    text = sources_current()[REGIME]
    proposal = proposal_make(
        title="演示：缩短一般处罚",
        reason="演示依据",
        files={REGIME: text.replace("max_months: 12", "max_months: 9")},
        actor="demo.other",
        now=now,
    ).pk
    waiver = waiver_ask(
        organ_code=ORGAN,
        item_id="administrative_penalty",
        rule="V05",
        document_no="奉市监罚字〔2026〕1号",
        reason="演示",
        expires_on=now.date(),
        actor="demo.other",
        now=now,
    ).pk
    return {
        "number": number,
        "submitted": waiting,
        "record": CurrentRecord.objects.get(submission_id=stored).record_id,
        "doubt": doubt,
        "proposal": proposal,
        "waiver": waiver,
        "reconciliation": listed.pk,
        "account": make_account("demo.other", now=now).pk,
    }


def test_every_page_of_the_workbench_can_be_read_by_everyone(live_site, values, browser):
    wrong: list[str] = []

    def failed(error):
        wrong.append(str(error))

    for role in sorted({role for role, _ in WORKBENCH.values()}):
        account = make_account(f"demo.{role.value.lower()}"[:20].replace("_", "-"), Role(role), ORGAN, now=clock.now())
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
        for needed, path in PROVEN_ONCE_MORE.values():
            if needed is role:
                address = path.format(**values)
                page.goto(live_site + address)
                if "/account/reauthenticate/" in page.url:
                    page.fill("input[name=password]", PASSWORD)
                    page.click("main button[type=submit]")
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
