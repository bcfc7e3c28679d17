"""A signed report ordered on the page: who may, what is given, what is said when it cannot be made."""

import re
from threading import Event, Thread

import pytest
from django.test import Client
from tests.factories.portal import TODAY, make_county

from xinheng.adapters import clock
from xinheng.portal.views import reports as views
from xinheng.reports.models import IssuedReport
from xinheng.reports.services import report_verify

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _on_the_day():
    with clock.fixed(TODAY):
        yield


@pytest.fixture
def county():
    return make_county()


def order(client, subject_id, **typed):
    return client.post(f"/subjects/{subject_id}/report/", typed)


def held(text):
    """Return number and check code of the receipt."""
    return {name: re.search(rf'name="{name}"\s+value="([^"]+)"', text).group(1) for name in ("number", "check_code")}


def test_order_receipt_files(client, county):
    page = client.get(f"/subjects/{county.company}/report/?q=云帆")
    assert "出具信用报告" in page.content.decode()
    assert "noindex" in page["X-Robots-Tag"]
    made = order(client, county.company, purpose="bidding", q="云帆")
    text = made.content.decode()
    assert "已出具信用报告" in text
    assert "项目招投标" in text
    assert "no-store" in made["Cache-Control"]
    typed = held(text)
    report = IssuedReport.objects.get(number=typed["number"])
    assert (report.actor, report.purpose, report.subject_id) == ("public", "bidding", county.company)

    data = client.post("/reports/json", typed)
    page = client.post("/reports/pdf", typed)
    for response, form in ((data, "json"), (page, "pdf")):
        assert response["Content-Disposition"] == f'attachment; filename="{typed["number"]}.{form}"'
        assert "no-store" in response["Cache-Control"]
        assert report_verify(content=response.content, now=clock.now()).genuine, form
    assert client.post("/reports/json", typed).content == data.content


def test_a_second_click_gives_the_same_report(client, county):
    page = client.get(f"/subjects/{county.company}/report/").content.decode()
    once = re.search(r'name="once"\s+value="([^"]+)"', page).group(1)
    first, second = (held(order(client, county.company, purpose="bidding", once=once).content.decode()) for _ in range(2))
    assert first == second
    other = held(order(client, county.company, purpose="general", once=once).content.decode())
    assert other["number"] != first["number"]
    assert held(order(client, county.company, purpose="bidding").content.decode())["number"] != first["number"]
    assert IssuedReport.objects.count() == 3


def test_only_the_sites_own_form_makes_one(county):
    strict = Client(enforce_csrf_checks=True)
    response = order(strict, county.company)
    assert response.status_code == 403
    assert "请打开这一页再按一次按钮" in response.content.decode()
    assert not IssuedReport.objects.exists()

    token = re.search(
        r'name="csrfmiddlewaretoken"\s+value="(\w+)"', strict.get(f"/subjects/{county.company}/report/").content.decode()
    )
    assert order(strict, county.company, csrfmiddlewaretoken=token.group(1)).status_code == 200


@pytest.mark.parametrize("query", ["", "云帆", "云帆小吃店"])
def test_a_sole_trader_is_named_in_full_first(client, county, query):
    response = order(client, county.trader, q=query)
    assert response.status_code == 200
    text = response.content.decode()
    assert "<title>有误：" in text
    assert 'id="q-error"' in text
    assert f'value="{query}"' in text  # what was typed is not lost
    assert not IssuedReport.objects.exists()
    assert "有误" not in client.get(f"/subjects/{county.trader}/report/", {"q": query}).content.decode()


@pytest.mark.parametrize("query", ["云帆小吃店（演示）", "92500236MA00DEM0X6"])
def test_a_sole_trader_named_in_full_has_a_report(client, county, query):
    assert "已出具信用报告" in order(client, county.trader, q=query).content.decode()


def test_an_unknown_purpose_is_told(client, county):
    text = order(client, county.company, purpose="x").content.decode()
    assert "没有“x”这种用途" in text
    assert not IssuedReport.objects.exists()


def test_a_missing_certificate_is_said_in_words(client, county, settings, tmp_path):
    settings.XINHENG_REPORT_P12 = str(tmp_path / "missing.p12")
    response = order(client, county.company)
    text = response.content.decode()
    assert response.status_code == 503
    assert "暂时不能出具报告" in text
    assert "XINHENG" not in text
    assert "missing.p12" not in text
    assert not IssuedReport.objects.exists()


def test_missing_fonts_are_said_in_words(client, county, settings, tmp_path):
    typed = held(order(client, county.company).content.decode())
    settings.XINHENG_FONTS = tmp_path / "none"
    response = client.post("/reports/pdf", typed)
    assert response.status_code == 503
    assert "暂时不能出具报告" in response.content.decode()


def test_a_wrong_check_code_says_nothing_about_the_number(client, county):
    typed = held(order(client, county.company).content.decode())
    wrong = client.post("/reports/json", typed | {"check_code": "00000-00000"})
    unknown = client.post("/reports/json", {"number": "FJ20200101000000000000", "check_code": "00000-00000"})
    assert wrong.status_code == unknown.status_code == 422
    assert "报告编号或者校验码不对" in wrong.content.decode()
    assert wrong.content == unknown.content


def test_when_all_places_are_taken_nothing_is_made(client, county, monkeypatch):
    monkeypatch.setattr(views, "room", views.Room(places=1, waiting=0, patience=0))
    inside, leave = Event(), Event()

    def hold():
        with views.room.entered():
            inside.set()
            leave.wait(10)

    thread = Thread(target=hold)
    thread.start()
    inside.wait(10)
    response = order(client, county.company)
    leave.set()
    thread.join()
    assert response.status_code == 503
    assert response["Retry-After"]
    assert "正在出具的报告较多" in response.content.decode()
    assert not IssuedReport.objects.exists()


def test_number_and_check_code_are_in_no_address(client, county):
    text = order(client, county.company).content.decode()
    code = held(text)["check_code"]
    assert not re.search(rf'(href|action)="[^"]*{code}', text)


def test_nobody_is_ordered_of_nobody(client, county):
    assert client.get("/subjects/999999/report/").status_code == 404
    assert client.post("/reports/exe", {}).status_code == 404
    assert client.get("/reports/pdf").status_code == 405
