"""The first page: what waits for each role with the days left, what can be done, what changed since the last visit."""

from datetime import datetime, timedelta

import pytest
from django.test import Client
from tests.factories import monitoring as made
from tests.factories.accounts import ORGAN, PASSWORD, make_account, set_up_totp, totp_code

from xinheng.accounts.domain import Role
from xinheng.accounts.models import Account
from xinheng.accounts.selectors import actor_of
from xinheng.accounts.services import invitation_send_from_server
from xinheng.adapters import clock
from xinheng.adapters.clock import CHINA
from xinheng.catalogue.selectors import catalogue_current, sources_current
from xinheng.catalogue.services import proposal_make
from xinheng.intake.services import waiver_ask
from xinheng.monitoring.domain import month_read
from xinheng.monitoring.services import zero_report_state

pytestmark = pytest.mark.django_db
REGIME = "national/regimes/r3.yaml"


@pytest.fixture(autouse=True)
def _today(db, tmp_path):
    made.organisations()
    made.load(tmp_path, made.rows())
    with clock.fixed(made.NOW):
        yield


def home(client: Client) -> str:
    response = client.get("/workbench/")
    assert response.status_code == 200
    return response.content.decode()


def later(role: Role) -> Client:
    """Return a client of the same person in a session that begins now: the one of the fixture has ended by then."""
    name = f"demo.{role.value.lower()[:12].replace('_', '-')}"
    client = Client()
    client.force_login(Account.objects.get(login_name=name))
    return client


def test_rows_are_told_with_the_working_days_that_are_left(clients, foreign_clerk):
    for role in (Role.CLERK, Role.REVIEWER):
        page = home(clients[role])
        assert "3行等补报或确认" in page
        assert "最近的期限2026年4月24日（含当日），还有4个工作日。" in page
        assert "行过了报送期限" not in page
    assert "行等补报" not in home(foreign_clerk)
    assert "机关有" not in home(clients[Role.CREDIT_OFFICER])

    with clock.fixed(datetime(2026, 4, 29, 9, 0, tzinfo=CHINA)):
        page = home(later(Role.CLERK))
        assert "3行过了报送期限，还没有补报或确认" in page
        assert "最久的已过3个工作日。" in page
        assert "1个机关有3行过了报送期限，还没有补报或确认" in home(later(Role.CREDIT_OFFICER))


def test_months_without_a_report_are_told_to_their_organ(clients):
    page = home(clients[Role.CLERK])
    assert "处没有报，也没有零报告（最近12个月，按月按类）" in page
    with clock.fixed(datetime(2026, 5, 6, 9, 0, tzinfo=CHINA)):
        page = home(later(Role.REVIEWER))
        assert "2026年4月有1类还没有报" in page, "penalties of April came, licences did not"
        assert "最后一天2026年5月13日（含当日）。" in page
    assert "处没有报" not in home(clients[Role.CREDIT_OFFICER]), "an officer's organ reports nothing by that post"


def test_what_two_persons_decide_waits_for_the_second(clients):
    clerk = actor_of(account=Account.objects.get(login_name="demo.clerk"), on_date=made.TODAY)
    zero_report_state(
        organ_code=ORGAN,
        item_id="administrative_licence",
        month=month_read("2026-03"),
        actor=clerk,
        catalogue=catalogue_current(),
        now=made.NOW,
        today=made.TODAY,
    )
    waiver_ask(
        organ_code=ORGAN,
        item_id=made.ITEM,
        rule="V05",
        document_no="奉市监罚字〔2026〕2号",
        reason="决定书如此",
        expires_on=made.TODAY,
        actor="demo.clerk",
        now=made.NOW,
    )
    text = sources_current()[REGIME].replace("max_months: 12", "max_months: 9")
    proposal_make(title="演示", reason="演示", files={REGIME: text}, actor="demo.credit-offic", now=made.NOW)
    invitation_send_from_server(
        login_name="sun.si",
        display_name="孙四（演示）",
        role=Role.CLERK,
        organ_code=ORGAN,
        ground="奉演〔2026〕3号",
        person="机房值班",
        now=made.NOW,
    )
    with clock.fixed(made.NOW + timedelta(days=2)):
        pages = {role: home(later(role)) for role in clients}
    told = {
        "1份零报告等你确认": {Role.REVIEWER},
        "1项豁免申请等批准": {Role.CREDIT_OFFICER, Role.CREDIT_DIRECTOR},
        "1项目录修改等你审批": {Role.CREDIT_DIRECTOR},
        "1条主体存疑，等确认是哪一家": {Role.CLERK, Role.REVIEWER, Role.CREDIT_OFFICER, Role.CREDIT_DIRECTOR},
        "1份邀请还没有人接受": {Role.ADMINISTRATOR},
    }
    for words, roles in told.items():
        assert {role for role, page in pages.items() if words in page} == roles, words
    assert "最早的已等了2天。" in pages[Role.REVIEWER]
    assert "目录修改等" not in pages[Role.CREDIT_OFFICER], "one's own proposal waits for somebody else"
    for role in (Role.AUDITOR, Role.CHECKING_OFFICER, Role.REPRESENTATIVE):
        assert "没有要办的事" in pages[role]
        assert "批次" not in pages[role].partition("<main")[2].partition("</main>")[0]


def test_what_changed_since_the_last_visit():
    def visited(name: str, before: datetime | None) -> str:
        account = make_account(name, Role.CLERK)
        secret = set_up_totp(account)
        Account.objects.filter(pk=account.pk).update(last_login=before)
        visitor = Client()
        visitor.post("/account/login/", {"login": name, "password": PASSWORD})
        visitor.post("/account/second-factor/authenticate/", {"code": totp_code(secret)})
        return home(visitor)

    new = 'tag--attention">新<'
    first = visited("qian.yi", None)
    assert "有什么变化" in first
    assert "以来" not in first
    assert new not in first
    yesterday = visited("qian.er", made.NOW - timedelta(days=1))
    assert "上次登录（2026年4月19日10:41）以来有7处变化。" in yesterday
    assert yesterday.count(new) == 7
    later = visited("qian.san", made.NOW + timedelta(minutes=1))
    assert "以来没有别人做的变化。" in later
    assert new not in later


def test_the_first_page_asks_the_database_a_few_times(clients, django_assert_max_num_queries):
    for role, most in ((Role.CLERK, 18), (Role.CREDIT_OFFICER, 18), (Role.ADMINISTRATOR, 8)):
        home(clients[role])  # what is read once
        with django_assert_max_num_queries(most):
            home(clients[role])
