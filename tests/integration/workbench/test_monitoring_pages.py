"""The pages of monitoring: what they say, to whom, in how many queries, and their tables to take away."""

import csv
import io
from datetime import date

import pytest
from openpyxl import load_workbook
from tests.factories import intake_world as world
from tests.factories import monitoring as made
from tests.factories.accounts import OTHER_ORGAN, make_account, signed_in_client

from xinheng.accounts.domain import Role
from xinheng.adapters import clock
from xinheng.catalogue.selectors import catalogue_current
from xinheng.monitoring.models import GapExplanation, QualityFigure, Reconciliation, ZeroReport
from xinheng.monitoring.services import figures_store

OFFICE_TABLES = ("coverage", "trend", "late", "targets")
TABLES = ("deadlines", "quality", "days", "own", "rules", "rows", *OFFICE_TABLES)
ROWS = f"/workbench/quality/rows/?month=2026-04&organ={world.ORGAN}&item={made.ITEM}&part="


@pytest.fixture(autouse=True)
def _today(db, tmp_path):
    made.organisations()
    made.load(tmp_path, made.rows())
    with clock.fixed(made.LATER):
        yield


@pytest.fixture
def clerk(db):
    return signed_in_client(make_account("own.clerk", Role.CLERK))


@pytest.fixture
def reviewer(db):
    return signed_in_client(make_account("own.review", Role.REVIEWER))


@pytest.fixture
def office(db):
    return signed_in_client(make_account("own.office", Role.CREDIT_OFFICER, OTHER_ORGAN))


def _text(client, address, status=200):
    response = client.get(address)
    assert response.status_code == status, address
    return response.content.decode()


def test_what_is_due(clerk, foreign_clerk, django_assert_max_num_queries):
    clerk.get("/workbench/notices/")  # the session begins with its first page
    with django_assert_max_num_queries(11):
        page = _text(clerk, "/workbench/deadlines/")
    assert "已过期限还没有办的0行，还在期限内的3行。" in page
    assert "还有2个工作日" in page
    assert "报送时已过5个工作日" in page
    assert "没有到期或迟报的事" in _text(foreign_clerk, "/workbench/deadlines/")


def test_quality_with_formulas_and_rows(clerk, django_assert_max_num_queries):
    clerk.get("/workbench/notices/")  # the session begins with its first page
    with django_assert_max_num_queries(11):
        page = _text(clerk, "/workbench/quality/?month=2026-04").replace('</span><wbr><span class="whole">', "")
    for said in ("60.0%（3/5）", "80.0%（4/5）", "66.7%（2/3）", "（上报数 − 退回数）÷ 上报数", "〔暂定〕", "必填的没有填"):
        assert said in page, said
    assert "没有上报" in _text(clerk, "/workbench/quality/?month=2026-04&on=2026-04-19"), "as of a day before it came"
    rows = _text(clerk, ROWS + "late")
    assert "奉市监罚字〔2026〕5号" in rows
    assert "2026-04-13" in rows
    assert _text(clerk, ROWS + "nothing", 404)


def test_what_was_stored_is_counted_again(clerk):
    address = "/workbench/quality/?month=2026-04&on=2026-04-21"
    assert "没有存档的数" in _text(clerk, address)
    figures_store(as_of=date(2026, 4, 21), catalogue=catalogue_current(), now=clock.now())
    assert "这一天存档了1个数，按当时的目录和日历重算，全部一致。" in _text(clerk, address)
    QualityFigure.objects.create(
        as_of=date(2026, 4, 21), span="MONTH", first_day=date(2026, 4, 1), organ_code=world.ORGAN, item_id="honour",
        reported=9, returned=0, incomplete=0, doubtful=0, late=0, duplicate=0,
        catalogue_hash=catalogue_current().hash, made_at=clock.now(),
    )  # fmt: skip
    assert "有1个不一致" in _text(clerk, address), "a figure that no row supports"


def test_another_organ_s_rows_are_not_there(foreign_clerk):
    for part in ("reported", "late", "returned", "doubtful"):
        assert "没有这样的行" in _text(foreign_clerk, ROWS + part)


def test_the_overview_of_the_office(office, django_assert_max_num_queries):
    office.get("/workbench/notices/")  # the session begins with its first page
    with django_assert_max_num_queries(16):
        page = _text(office, "/workbench/overview/?month=2026-04")
    for said in ("县市场监管局", "5,121", "13,075", "614", "10,474", "尚未统计", "不排名", "覆盖情况"):
        assert said in page, said
    assert not [name for name in map(world.name, range(1, 6)) if name in page]
    assert "县教委" not in page.partition('id="coverage"')[2], "of which nothing came"
    assert "县教委" in _text(office, "/workbench/overview/?month=2026-04&show=all").partition('id="coverage"')[2]


def test_every_table_can_be_taken_away_by_those_who_see_it(office, clerk, clients):
    query = f"?month=2026-04&organ={world.ORGAN}&item={made.ITEM}&part=reported"
    for slug in TABLES:
        answer = office.get(f"/workbench/tables/{slug}.csv{query}")
        assert answer.status_code == 200, slug
        assert "no-store" in answer["Cache-Control"]
        lines = list(csv.reader(io.StringIO(b"".join(answer).decode("utf-8-sig"))))
        lines = [line for line in lines if not line[0].startswith("#")]
        book = office.get(f"/workbench/tables/{slug}.xlsx{query}")
        sheet = load_workbook(io.BytesIO(b"".join(book))).worksheets[0]
        assert [[cell or "" for cell in row] for row in sheet.iter_rows(values_only=True)] == lines, slug
        assert len(lines) > 1, slug
    for slug in OFFICE_TABLES:
        assert clerk.get(f"/workbench/tables/{slug}.csv{query}").status_code == 404
        assert clients[Role.ADMINISTRATOR].get(f"/workbench/tables/{slug}.csv{query}").status_code == 403
    assert office.get("/workbench/tables/nothing.csv").status_code == 404
    assert office.get("/workbench/tables/quality.exe").status_code == 404


def test_no_cell_runs_as_a_formula(clerk, office, tmp_path):
    Reconciliation.objects.create(
        organ_code=world.ORGAN, item_id=made.ITEM, first_day=made.TODAY, last_day=made.TODAY, file_sha256="0" * 64,
        listed=1, reported=0, found={"missing": [["=cmd|'/c calc'!A1", ""]], "only_here": [], "differing": []},
        actor="account:1", at=made.NOW,
    )  # fmt: skip
    pk = Reconciliation.objects.get().pk
    assert "'=cmd|" in b"".join(office.get(f"/workbench/tables/missing.csv?id={pk}")).decode()
    assert office.get("/workbench/tables/missing.csv?id=x").status_code == 404


def test_a_zero_report_by_two_persons(clerk, reviewer):
    form = {"organ_code": world.ORGAN, "item_id": "administrative_licence", "month": "2026-03"}
    assert clerk.post("/workbench/zero-reports/state/", form).status_code == 422, "the clerk has to say that it was looked up"
    assert clerk.post("/workbench/zero-reports/state/", form | {"is_meant": "on"}).status_code == 302
    report = ZeroReport.objects.get()
    page = _text(clerk, "/workbench/zero-reports/")
    assert "等审核人确认" in page
    assert "未报的24处" in page, "two items, twelve months: nothing was decided in any of them"
    assert clerk.post(f"/workbench/zero-reports/{report.pk}/certify/").status_code == 403
    assert reviewer.post(f"/workbench/zero-reports/{report.pk}/return/", {}, follow=True).status_code == 200
    assert ZeroReport.objects.get().state == "STATED", "no reason, nothing returned"
    reviewer.post(f"/workbench/zero-reports/{report.pk}/certify/")
    page = _text(reviewer, "/workbench/zero-reports/")
    assert "零报告已确认" in page
    assert "未报的23处" in page
    clerk.post(f"/workbench/zero-reports/{report.pk}/withdraw/", {"ground": "漏了一件"})
    assert ZeroReport.objects.get().state == "WITHDRAWN"
    assert "漏了一件" in _text(clerk, "/workbench/zero-reports/")


def test_a_month_with_records_is_refused_in_words(clerk):
    form = {"organ_code": world.ORGAN, "item_id": made.ITEM, "month": "2026-03", "is_meant": "on"}
    with clock.fixed(made.NOW.replace(month=5)):
        answer = clerk.post("/workbench/zero-reports/state/", form | {"month": "2026-04"})
    assert answer.status_code == 422
    assert "这个月已经有2条记录" in answer.content.decode()


def test_gaps_say_that_they_prove_nothing_and_are_explained(clerk, reviewer, foreign_clerk, tmp_path):
    world.subject_make(9)
    made.load(tmp_path, [world.penalty(9)], now=made.LATER, name="九.csv")
    page = _text(clerk, "/workbench/gaps/")
    assert "不能说明漏报或瞒报" in page
    assert "第6–8号" in page
    assert "保存说明" in page
    assert "保存说明" not in _text(reviewer, "/workbench/gaps/")
    form = {"organ": world.ORGAN, "item": made.ITEM, "series": "奉市监罚字", "year": 2026, "first": 6, "last": 8}
    assert foreign_clerk.post("/workbench/gaps/explain/", form | {"reason": "别家的"}).status_code == 302
    assert not GapExplanation.objects.exists()
    clerk.post("/workbench/gaps/explain/", form)
    assert not GapExplanation.objects.exists()
    clerk.post("/workbench/gaps/explain/", form | {"reason": "对自然人作出"})
    assert "第6–8号" in _text(clerk, "/workbench/gaps/")
    assert "对自然人作出" in _text(clerk, "/workbench/gaps/")
    assert _text(foreign_clerk, f"/workbench/gaps/?organ={world.ORGAN}", 404)


def test_a_list_is_compared_and_not_kept(clerk, foreign_clerk):
    content = "文书号,决定日期\n奉市监罚字〔2026〕1号,2026-04-15\n奉市监罚字〔2026〕77号,2026-04-15\n"
    form = {"organ_code": world.ORGAN, "item_id": made.ITEM}
    answer = clerk.post("/workbench/reconciliations/compare/", form | {"file": io.BytesIO(content.encode())}, follow=True)
    page = answer.content.decode()
    assert "清单里有2个文书号，已报送1个" in page
    assert "奉市监罚字〔2026〕77号" in page
    pk = Reconciliation.objects.get().pk
    assert foreign_clerk.get(f"/workbench/reconciliations/{pk}/").status_code == 404
    wrong = clerk.post("/workbench/reconciliations/compare/", form | {"file": io.BytesIO(b"a,b\n1,2\n")})
    assert wrong.status_code == 422
    assert "没有找到写文书号的一列" in wrong.content.decode()


def test_the_bulletin_is_a_pdf(office, clerk):
    answer = office.get("/workbench/bulletin/?month=2026-04")
    assert (answer.status_code, answer["Content-Type"]) == (200, "application/pdf")
    assert clerk.get("/workbench/bulletin/").status_code == 403
