"""Who is told of waivers, proposed laws and doubts: whom it concerns, once, with a number and what happened to it."""

import pytest
from django.core import mail
from tests.factories import intake_world as world
from tests.factories.accounts import NOW, TODAY
from tests.factories.jobs import jobs_run

from xinheng.accounts.domain import Role
from xinheng.accounts.models import Account
from xinheng.accounts.selectors import actor_of
from xinheng.adapters import clock
from xinheng.catalogue.selectors import sources_current
from xinheng.catalogue.services import proposal_make
from xinheng.intake.models import Doubt, Waiver
from xinheng.notices.domain import Channel
from xinheng.notices.models import Notice
from xinheng.notices.services import contact_set

REGIME = "national/regimes/r3.yaml"
OFFICER, DIRECTOR = "demo.credit-offic", "demo.credit-direc"


@pytest.fixture(autouse=True)
def _now(db):
    with clock.fixed(world.NOW):
        yield


def told() -> set[tuple[str, str]]:
    """Return who was told what since the last time, and forget it."""
    found = Notice.objects.filter(read_at__isnull=True)
    lines = set(found.values_list("account__login_name", "kind"))
    assert len(lines) == found.count(), "nobody is told the same twice"
    found.update(read_at=world.NOW)
    return lines


def test_a_waiver_that_is_asked_for_approved_and_revoked(clients):
    officer = actor_of(account=Account.objects.get(login_name=OFFICER), on_date=TODAY)
    contact_set(actor=officer, channel=Channel.EMAIL, address="officer@example.gov.cn", now=NOW)
    asked = {
        "organ_code": world.ORGAN,
        "item_id": "administrative_penalty",
        "rule": "V05",
        "document_no": "奉市监罚字〔2026〕2号",
        "reason": "决定书原文如此",
        "expires_on": world.NOW.date().isoformat(),
    }
    assert clients[Role.CLERK].post("/workbench/waivers/ask/", asked).status_code == 302
    waiver = Waiver.objects.get()
    page = clients[Role.CREDIT_DIRECTOR].get("/workbench/notices/").content.decode()
    assert f"豁免申请 {waiver.pk}：等你批准。" in page
    assert f'href="/workbench/waivers/{waiver.pk}/"' in page
    assert told() == {(OFFICER, "WAIVER_ASKED"), (DIRECTOR, "WAIVER_ASKED")}
    jobs_run()
    assert mail.outbox[0].subject == f"【信用奉节】豁免申请 {waiver.pk}：等你批准。"
    assert "决定书" not in mail.outbox[0].body

    act = f"/workbench/waivers/{waiver.pk}"
    clients[Role.CREDIT_OFFICER].post(f"{act}/decide/", {"agrees": "yes", "reason": "核对过"})
    assert told() == {("demo.clerk", "WAIVER_APPROVED")}
    clients[Role.CREDIT_DIRECTOR].post(f"{act}/revoke/", {"reason": "决定书更正了"})
    assert told() == {("demo.clerk", "WAIVER_REVOKED")}


def test_a_law_that_is_proposed_adopted_or_refused(clients):
    def proposed(months: int) -> int:
        files = {REGIME: sources_current()[REGIME].replace("max_months: 12", f"max_months: {months}")}
        return proposal_make(title="演示", reason="演示", files=files, actor=OFFICER, now=world.NOW).pk

    first, second = proposed(9), proposed(8)
    director = clients[Role.CREDIT_DIRECTOR]
    page = director.get("/workbench/notices/").content.decode()
    assert f"目录修改 {first}：等你审批。" in page
    assert f'href="/workbench/catalogue/{second}/"' in page
    assert set(Notice.objects.values_list("account__login_name", flat=True)) == {DIRECTOR}
    Notice.objects.update(read_at=world.NOW)
    director.post(f"/workbench/catalogue/{first}/refuse/", {"reason": "依据不足"})
    assert told() == {(OFFICER, "PROPOSAL_REFUSED")}
    director.post(f"/workbench/catalogue/{second}/adopt/", {"reason": "核对过"})
    assert told() == {(OFFICER, "PROPOSAL_ADOPTED")}
    third = proposed(7)
    assert told() == {(DIRECTOR, "PROPOSAL_MADE")}
    clients[Role.CREDIT_OFFICER].post(f"/workbench/catalogue/{third}/refuse/", {"reason": "写错了"})
    assert told() == set(), "one's own act is no news"


def test_a_doubt_that_is_proposed_declined_decided_and_undone(clients, tmp_path):
    subjects = [world.subject_make(number) for number in (1, 2)]
    rows = [world.penalty(2), *(world.penalty(number, subject=2, CF_XDR_MC=world.name(1)) for number in (1, 3))]
    world.load(world.file_write(tmp_path / "处罚.csv", rows))
    told()
    first, second = Doubt.objects.order_by("row")
    clerk, reviewer = clients[Role.CLERK], clients[Role.REVIEWER]

    def act(client, doubt: Doubt, name: str, **data: str) -> None:
        answer = client.post(f"/workbench/doubts/{doubt.pk}/{name}/", {"reason": "与决定书核对", **data})
        assert answer.status_code == 302, answer.content.decode()

    for doubt in (first, second):
        act(clerk, doubt, "decide", choice=str(subjects[1].pk))
    page = reviewer.get("/workbench/notices/").content.decode()
    assert f"批次 {first.submission.number}：有存疑已提出意见，等另一人复核。" in page
    assert f"state=TO_CONFIRM&amp;number={first.submission.number}" in page
    assert told() == {("demo.reviewer", "DOUBT_PROPOSED")}, "two doubts of a batch are one notice until it is read"
    act(reviewer, first, "decline")
    assert told() == {("demo.clerk", "DOUBT_DECLINED")}
    act(reviewer, second, "confirm")
    assert told() == {("demo.clerk", "DOUBT_DECIDED")}
    act(reviewer, second, "undo")
    assert told() == {("demo.clerk", "DOUBT_UNDONE")}
    act(clerk, first, "decide", choice="none")
    assert told() == set(), "its clerk has no account here, and who decided knows"
