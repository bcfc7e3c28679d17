"""Limits of the pages: what a reader who comes too often is told, and that nobody is shut out."""

import re

import pytest
from tests.factories.limits import limit_the_site

pytestmark = pytest.mark.django_db


def test_the_page_says_what_happened_what_to_do_and_until_when(client, monkeypatch):
    limit_the_site(monkeypatch, SEARCH="1/m")
    assert client.get("/search/?q=云帆").status_code == 200
    response = client.get("/search/", {"q": "云帆", "kind": "COOPERATIVE"})
    text = response.content.decode()
    assert response.status_code == 429
    wait = int(response["Retry-After"])
    assert 60 <= wait <= 66
    assert response["Refresh"] == str(wait)
    assert "访问较多，请稍候" in text
    assert f"约{wait}秒后" in text
    assert re.search(r"\d\d:\d\d:\d\d", text)
    assert "自动继续" in text
    assert "不需要验证码" in text
    assert "/search/?q=%E4%BA%91%E5%B8%86&amp;kind=COOPERATIVE" in text
    assert "noindex" in response["X-Robots-Tag"]
    assert "no-store" in response["Cache-Control"]
    assert not [word for word in ("禁止", "非法", "频繁") if word in text]


def test_other_pages_stay_open(client, monkeypatch):
    limit_the_site(monkeypatch, SEARCH="1/m")
    assert [client.get("/search/?q=云帆").status_code for _ in range(2)] == [200, 429]
    assert client.get("/about/").status_code == 200


def test_a_school_behind_one_address_only_waits(client, monkeypatch):
    """A lesson's thirty readers at once: all are served, the later ones after a moment."""
    moments = limit_the_site(monkeypatch, READ="60/m")
    assert {client.get("/help/").status_code for _ in range(90)} == {200}
    assert len(moments.pauses) == 30


def test_readers_behind_our_proxy_are_counted_each(client, monkeypatch, settings):
    settings.XINHENG_PROXIES = 1
    limit_the_site(monkeypatch, SEARCH="1/m")
    answers = [client.get("/search/", headers={"X-Forwarded-For": f"203.0.113.{n}"}).status_code for n in (1, 2, 2)]
    assert answers == [200, 200, 429]


def test_a_form_is_not_sent_again_by_itself(client, monkeypatch):
    limit_the_site(monkeypatch, DOWNLOAD="1/m")
    typed = {"number": "FJ20261122103201482913", "check_code": "7KQ2M-X9D4T"}
    assert client.post("/verify/", typed).status_code == 200
    response = client.post("/verify/", typed)
    assert response.status_code == 429
    assert "Refresh" not in response
    assert "返回" in response.content.decode()
    assert "7KQ2M" not in response.content.decode()


def test_what_does_not_exist_is_counted_too(client, monkeypatch):
    limit_the_site(monkeypatch, READ="1/m")
    assert [client.get("/nowhere/").status_code for _ in range(2)] == [404, 429]


def test_the_limits_are_told(client, settings):
    settings.XINHENG_LIMITS = {**settings.XINHENG_LIMITS, "READ": "1200/m", "REPORT": "30/m", "API": "5/s"}
    text = client.get("/about/").content.decode()
    assert "打开网页每分钟1,200次" in text
    assert "出具报告每分钟30次" in text
    assert "开放接口每秒5次" in text
