"""The auditor's page: filters stand in the address, pages go on from where the one before ended, files are safe."""

import csv
import io
import re

import pytest
from django.db import connection
from openpyxl import load_workbook
from tests.factories.accounts import NOW, make_account
from tests.factories.intake_world import ORGAN
from tests.factories.walls import report_make

from xinheng.accounts.domain import Role
from xinheng.adapters import clock
from xinheng.adapters.reach import EVERYTHING, reaching
from xinheng.adapters.work import Work
from xinheng.audit.domain import aim_of
from xinheng.audit.models import Read
from xinheng.audit.services import read_confirm, read_log

TRAIL = "/workbench/trail/"


@pytest.fixture(autouse=True)
def _at_the_servers_time(db):
    """The trail has the server's time: so has the page here."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT now()")
        moment = cursor.fetchone()[0]
    with clock.fixed(moment.astimezone(clock.CHINA)):
        yield


@pytest.fixture
def auditor(clients):
    return clients[Role.AUDITOR]


def rows_of(page):
    return re.findall(r'<tr>\s*<td data-label="时间">.*?</tr>', page.content.decode(), re.DOTALL)


def logged(actor="account:7", **more):
    work = Work(
        door="web", actor=actor, organ=ORGAN, role="CLERK", purpose="REPORTING", what="workbench:submission", request="r1"
    )
    aim = aim_of({"number": more.pop("number", "FJ-1")}, more, kinds={"number": "submission"})
    return read_log(work=work, aim=aim, method="GET")


def test_reads_are_found_by_every_filter_and_named(auditor):
    clerk = make_account("demo.wang")
    one = logged(f"account:{clerk.pk}", number="FJ-20260331-0007")
    read_confirm(one, status=200, size=10)
    logged("client:99")
    everything = auditor.get(TRAIL)
    assert everything.status_code == 200
    assert f"{clerk.display_name}（account:{clerk.pk}）" in everything.content.decode()
    assert "市场监督管理局" in rows_of(everything)[-1]
    assert re.search(r"报送批次\s+<[^>]*>workbench:submission GET<", rows_of(everything)[-1]), "words first, then the code"
    assert "批次 FJ-20260331-0007" in rows_of(everything)[-1]
    for query, found in {
        "actor=demo.wang": 1,
        f"actor=account:{clerk.pk}": 1,
        "actor=nobody.at.all": 0,
        "object=FJ-20260331-0007": 1,
        "object=FJ-20260331-0008": 0,
        "what=workbench:submission": 2,
        f"organ={ORGAN}&purpose=REPORTING": 2,
        "purpose=REVIEW": 0,
        "request=r1": 2,
        "actor=client:99&unconfirmed=1": 1,
        f"actor=account:{clerk.pk}&unconfirmed=1": 0,
        "from=2020-01-01&to=2020-01-31": 0,
        "from=nonsense&before=nonsense": None,
    }.items():
        page = auditor.get(f"{TRAIL}?{query}")
        assert page.status_code == 200
        assert found is None or len(rows_of(page)) == found, query
    # The auditor is read too.
    assert "AUDIT" in set(Read.objects.values_list("purpose", flat=True))


def test_changes_are_shown_with_their_states(auditor):
    with reaching(EVERYTHING, work=Work(door="web", actor="system", request="r9", what="workbench:submit")):
        submission = report_make(ORGAN)
    page = auditor.get(f"{TRAIL}?kind=changes&what=intake_submission&object={submission.pk}")
    text = page.content.decode()
    assert "state：CHECKED→MATCHED" in text
    assert "谁改了什么" in text
    assert "报送批次，见于提交审核" in text
    assert "intake_submission；主键" in text
    assert len(rows_of(page)) == 4
    assert f"kind=reads&amp;from={clock.today()}"[:20] in text


def test_pages_go_on_without_a_hole_while_others_write(auditor):
    marks = [logged(number=f"FJ-{number}") for number in range(120)]
    seen, address = [], f"{TRAIL}?what=workbench:submission"
    while address:
        page = auditor.get(address)
        seen += re.findall(r"批次 (FJ-\d+)", page.content.decode())
        older = re.search(r'href="(\?[^"]*)">更早的', page.content.decode())
        address = TRAIL + older[1].replace("&amp;", "&") if older else ""
        logged(number="FJ-9999")
    assert seen == [f"FJ-{number}" for number in reversed(range(120))]
    assert len(marks) == 120


def test_no_cell_of_a_file_runs_as_a_formula(auditor):
    work = Work(door="web", actor="account:7", what="=1+1", request="@x")
    read_log(work=work, aim=aim_of({}, {}, kinds={}))
    answer = auditor.get(f"{TRAIL}entries.csv?what=%3D1%2B1")
    content = b"".join(answer.streaming_content).decode()
    assert "no-store" in answer["Cache-Control"]
    rows = list(csv.reader(io.StringIO(content.lstrip("\ufeff"))))
    assert rows[1][0] == "时间"
    assert len(rows) == 3
    assert all(cell[:1] not in {"=", "@", "+", "-"} for cell in rows[2])
    answer = auditor.get(f"{TRAIL}entries.xlsx?kind=changes")
    book = load_workbook(io.BytesIO(b"".join(answer.streaming_content)))
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row]
    assert {cell.data_type for cell in cells} <= {"s", "n"}
    assert "accounts_account" in {cell.value for cell in cells}
    assert auditor.get(f"{TRAIL}entries.pdf").status_code == 404


def test_a_page_costs_the_same_however_long_the_trail(auditor, django_assert_max_num_queries):
    for number in range(60):
        logged(number=f"FJ-{number}")
    # Session, account, posts and second factor, the line of this very read and its confirmation, notices, and the page's own.
    with django_assert_max_num_queries(14):
        auditor.get(TRAIL)
    assert clock.now() > NOW
