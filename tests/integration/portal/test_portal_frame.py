"""The frame of every page: marks, modes, headers, error pages."""

import re

import pytest

PLAIN_PAGES = ["/", "/search/", "/law/", "/help/", "/sources/", "/statistics/", "/about/", "/privacy/", "/accessibility/"]

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("path", PLAIN_PAGES)
def test_every_page_says_demo_only_in_a_demo(client, settings, path):
    settings.XINHENG_DEMO = True
    assert "演示数据" in client.get(path).content.decode()

    settings.XINHENG_DEMO = False
    assert "演示数据" not in client.get(path).content.decode()


def test_empty_identifiers_are_left_out_but_said_in_a_demo(client, settings):
    settings.XINHENG_SITE = {**settings.XINHENG_SITE, "organiser": "奉节县发展改革委（演示）", "icp_no": ""}
    settings.XINHENG_DEMO = False
    text = client.get("/").content.decode()
    assert "奉节县发展改革委（演示）" in text
    assert "ICP备案号" not in text

    settings.XINHENG_DEMO = True
    assert "（部署时填写）" in client.get("/").content.decode()


@pytest.mark.parametrize("path", [*PLAIN_PAGES, "/lists/penalties/", "/nowhere/"])
def test_strict_headers_and_no_inline_script_or_style(client, path):
    response = client.get(path)
    policy = response["Content-Security-Policy"]
    assert "unsafe" not in policy
    assert "default-src 'none'" in policy
    text = response.content.decode()
    assert " style=" not in text
    assert "<style" not in text
    assert "<script>" not in text
    assert " onclick=" not in text


def test_reading_mode_is_a_cookie_set_by_the_server(client):
    response = client.get("/help/?view=large")
    assert 'class="view-large"' in response.content.decode()
    assert response.cookies["xh_view"].value == "large"
    assert 'class="view-large"' in client.get("/about/").content.decode()
    assert 'class="view-normal"' in client.get("/about/?view=normal").content.decode()
    assert 'class="view-normal"' in client.get("/about/?view=huge%22").content.decode()


@pytest.mark.parametrize(
    ("view", "classes", "switches"),
    [
        ("normal", "view-normal", {"大字版": "large", "高对比": "contrast"}),
        ("large", "view-large", {"标准字号": "normal", "高对比": "both"}),
        ("contrast", "view-contrast", {"大字版": "both", "标准颜色": "normal"}),
        ("both", "view-large view-contrast", {"标准字号": "contrast", "标准颜色": "large"}),
    ],
)
def test_each_mode_can_be_switched_on_and_off_by_itself(client, view, classes, switches):
    text = client.get("/law/", {"view": view}).content.decode()
    assert f'<html lang="zh-CN" class="{classes}">' in text
    found = dict(re.findall(r'<li><a href="[?]view=(\w+)" rel="nofollow">([^<]*)</a></li>', text))
    assert {label: name for name, label in found.items()} == switches


def test_a_switch_keeps_the_state_of_the_page(client):
    text = client.get("/search/", {"q": "云帆", "kind": "ENTERPRISE"}).content.decode()
    assert "?q=%E4%BA%91%E5%B8%86&amp;kind=ENTERPRISE&amp;view=large" in text


def test_not_found_is_a_considered_page(client):
    response = client.get("/nowhere/")
    assert response.status_code == 404
    text = response.content.decode()
    assert "找不到这个页面" in text
    assert "信息不在公示期" in text


def test_server_error_shows_a_number_and_nothing_technical(client, settings, monkeypatch):
    from xinheng.portal.views import texts

    def broken(*args, **kwargs):
        raise RuntimeError("the database fell over")

    monkeypatch.setattr(texts, "page", broken)
    client.raise_request_exception = False
    response = client.get("/about/")
    assert response.status_code == 500
    text = response.content.decode()
    assert "是系统的问题，不是你操作有误" in text
    assert "事件编号" in text
    assert "RuntimeError" not in text
    assert "fell over" not in text


def test_crawlers_may_read_noindex_but_not_search(client):
    text = client.get("/robots.txt").content.decode()
    assert "Disallow: /search/" in text
    assert "/subjects/" not in text
    assert "/lists/" not in text


def test_pages_are_read_only(client):
    assert client.post("/help/").status_code == 405


def test_law_item_shows_clock_ground_and_confidence(client):
    text = client.get("/law/administrative_penalty/").content.decode()
    assert "行政处罚" in text
    assert "有出处" in text
    assert client.get("/law/no_such_item/").status_code == 404


def test_act_sheets_are_not_shown_as_items(client):
    assert client.get("/law/revocation/").status_code == 404
