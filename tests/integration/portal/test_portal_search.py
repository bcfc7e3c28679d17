"""Names offered while one types, and the front page's figures."""

import re

import pytest
from tests.factories.portal import make_organisation

from xinheng.portal.selectors.search import OFFERED_AT_MOST

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("_on_the_day")]

PATH = "/search/suggestions/"


def offered(response):
    return re.findall(r'<span class="suggestion__name">([^<]*)</span>', response.content.decode())


def test_offers_names_with_kind_and_township_and_says_how_many(client, county):
    response = client.get(PATH, {"q": "云帆"})
    text = response.content.decode()
    assert sorted(offered(response)) == sorted(
        ["夔门云帆食品有限公司（演示）", "云帆小吃店（演示）", "奉节县云帆茶叶专业合作社（演示）"]
    )
    assert "个体工商户 · 永安街道" in text
    assert "有3家单位可以选" in text
    assert 'hx-swap-oob="innerHTML"' in text, "the count goes into the region that screen readers listen to"


def test_says_when_a_former_name_matched(client, county):
    assert "曾用名“奉节云帆食品有限公司（演示）”" in client.get(PATH, {"q": "奉节云帆食品"}).content.decode()


def test_tells_nothing_of_what_is_recorded(client, county):
    text = client.get(PATH, {"q": "云帆"}).content.decode()
    for word in ("处罚", "罚款", "经营异常", "名单", "演示15号", "91500236"):
        assert word not in text


def test_leads_on_with_what_was_typed_so_that_a_sole_traders_adverse_records_stay_closed(client, county):
    links = re.findall(r'href="([^"]*)"', client.get(PATH, {"q": "云帆小"}).content.decode())
    assert len(links) == 1
    page = client.get(links[0].replace("&amp;", "&")).content.decode()
    assert "只在用全称或者统一社会信用代码查询时显示" in page
    assert "演示21号" not in page


@pytest.mark.parametrize("typed", ["", "云", "（）", "91500236MA00TE5T2K", "500236", "没有这家"])
def test_offers_nothing_for_too_little_for_numbers_and_for_what_is_not_there(client, county, typed):
    response = client.get(PATH, {"q": typed})
    assert response.status_code == 200
    assert offered(response) == []
    assert "可以选" not in response.content.decode()


def test_offers_few_with_few_queries(client, county, django_assert_max_num_queries):
    for number in range(OFFERED_AT_MOST + 2):
        make_organisation(name=f"云帆第{number}号商行（演示）", uscc=f"9150023600000000{number:02d}")
    with django_assert_max_num_queries(3):
        response = client.get(PATH, {"q": "云帆"})
    assert len(offered(response)) == OFFERED_AT_MOST


def test_markup_stays_text_and_no_search_engine_keeps_it(client, county):
    make_organisation(name="<b>云帆</b>甲乙", uscc="915002360000000099")
    response = client.get(PATH, {"q": "甲乙"})
    assert "<b>" not in response.content.decode()
    assert "noindex" in response["X-Robots-Tag"]
    assert "default-src 'none'" in response["Content-Security-Policy"]


def test_the_form_needs_no_script_and_htmx_needs_no_eval(client, county):
    text = client.get("/").content.decode()
    form = re.search(r"<form class=\"search.*?</form>", text, re.DOTALL).group()
    assert 'action="/search/"' in form
    assert 'method="get"' in form
    assert f'hx-get="{PATH}"' in form
    assert "hx-on" not in text
    assert '"allowEval":false' in text
    assert '"includeIndicatorStyles":false' in text


def test_front_page_tells_how_fresh_the_sources_are_and_leads_to_everything(client, county):
    text = client.get("/").content.decode()
    for path in (
        "/statistics/",
        "/open-data/",
        "/help/#remedy",
        "/sources/",
        "/verify/",
        "/help/#objection",
        "/help/#repair",
        "/lists/penalties/",
        "/law/",
    ):
        assert f'href="{path}"' in text, path
    assert "指南" in text
