"""What the pages say, and what they must never say (P2, P3, P8, P9, P13)."""

import re
from datetime import date, timedelta
from uuid import uuid4

import pytest
from tests.factories.portal import FINE, TODAY, publish_item

from xinheng.adapters import clock
from xinheng.subjects.models import Subject
from xinheng.subjects.selectors import search

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("_on_the_day")]


def text_of(response):
    return re.sub(r"\s+", " ", response.content.decode())


def get(client, path, **query):
    return client.get(path, query)


class TestSearch:
    def test_finds_by_part_of_a_name_and_says_why(self, client, county):
        text = text_of(get(client, "/search/", q="云帆"))
        assert "夔门云帆食品有限公司（演示）" in text
        assert "云帆小吃店（演示）" in text
        assert "个体工商户" in text
        assert text.count("匹配：") == 3

    def test_a_former_name_is_given_as_the_reason(self, client, county):
        assert "曾用名“奉节云帆食品有限公司（演示）”" in text_of(get(client, "/search/", q="奉节云帆食品"))

    def test_a_document_number_leads_to_the_organisation(self, client, county):
        text = text_of(get(client, "/search/", q="奉市监处罚（2026）演示15号"))
        assert "夔门云帆食品有限公司（演示）" in text
        assert "文书号" in text

    def test_a_sole_traders_document_number_finds_nothing(self, client, county):
        text = text_of(get(client, "/search/", q="奉市监处罚〔2026〕演示21号"))
        assert "云帆小吃店" not in text
        assert "没有找到" in text

    def test_results_tell_nothing_of_what_is_recorded(self, client, county):
        text = text_of(get(client, "/search/", q="云帆"))
        assert "处罚〔" not in text
        assert "20,000.00元" not in text

    def test_nothing_found_is_no_verdict(self, client, county):
        text = text_of(get(client, "/search/", q="夔门云凡食品"))
        assert "没有找到“夔门云凡食品”" in text
        assert "不等于这家单位不存在" in text

    def test_one_character_is_too_short(self, client, county):
        assert "请输入两个字以上" in text_of(get(client, "/search/", q="云"))

    def test_filters_are_links_and_can_be_taken_away(self, client, county):
        text = text_of(get(client, "/search/", q="云帆", kind="ENTERPRISE"))
        assert "种类：企业" in text
        assert "云帆小吃店" not in text
        assert "在所选条件下没有结果" in text_of(get(client, "/search/", q="云帆", kind="FOUNDATION"))

    @pytest.mark.parametrize("query", ["云帆", "有限公司", "奉市监处罚〔2026〕演示15号", "夔门云凡食品"])
    def test_asks_the_database_eight_times_at_most(self, client, county, query, django_assert_max_num_queries):
        with django_assert_max_num_queries(8):
            get(client, "/search/", q=query)

    def test_common_pairs_only_are_said(self, client, county):
        text = text_of(get(client, "/search/", q="有限公司"))
        assert "“有限公司”太常见" in text
        assert "没有一家以它开头" in text

    def test_of_common_text_exact_and_beginning_names_are_listed_and_it_is_said(self, client, county, monkeypatch):
        monkeypatch.setattr(search, "COMMON_FROM", 1)
        text = text_of(get(client, "/search/", q="云帆"))
        assert "“云帆”太常见：只列前1家" in text
        assert "只列与它同名的和以它开头的" in text

    def test_markup_in_the_query_stays_text(self, client, county):
        assert "<b>云帆" not in get(client, "/search/", q="<b>云帆</b>").content.decode()


class TestOrganisation:
    def test_shows_registration_and_each_record_with_ground_source_end_and_objection(self, client, county):
        text = text_of(client.get(f"/subjects/{county.company}/"))
        assert "91500236MA00TE5T2K" in text.replace("</span><span>", "")
        assert "曾用名" in text
        assert "奉市监处罚〔2026〕演示15号" in text
        assert "20,000.00元" in text
        assert "来文写作“2.000000”" in text
        assert "依据" in text
        assert "2026年3月19日" in text
        assert '公示到<time datetime="2027-03-11">2027年3月11日</time>（含当日）' in text
        assert "这条有误，提异议" in text
        assert "暂定" in text

    def test_codes_are_told_by_name(self, client, county):
        record = publish_item(
            "administrative_licence", subject_id=county.company, document_no="奉市监许可〔2026〕演示9号", certificate_no="JY9",
            decision_date=date(2026, 5, 1), valid_to=date(2030, 1, 1), row_no=9, penalty_mask=0, fine_fen=None,
            fields={"certificate_name": "演示许可证", "licence_category": "4", "state": "1"},
        )  # fmt: skip
        text = text_of(client.get(f"/records/{record}/"))
        assert "核准" in text
        assert "有效" in text

    def test_honours_and_licences_stand_before_penalties(self, client, county):
        text = text_of(client.get(f"/subjects/{county.company}/"))
        assert text.index('id="licences"') < text.index('id="penalties"')

    def test_a_nought_is_explained(self, client, county):
        text = text_of(client.get(f"/subjects/{county.company}/"))
        assert "“0”是指各来源部门没有报来、或者没有仍在公示期内的信息" in text
        assert "不是无违法记录证明" in text

    def test_never_shows_free_text_persons_or_remarks(self, client, county):
        for path in (f"/subjects/{county.company}/", f"/records/{county.penalty}/", "/lists/penalties/"):
            text = text_of(client.get(path))
            assert "演示事实" not in text
            assert "演示人甲" not in text
            assert "演示备注" not in text

    def test_a_dispute_is_said_before_the_figures(self, client, county):
        text = text_of(client.get(f"/records/{county.disputed}/"))
        assert "有异议，核查中" in text
        assert text.index("有异议，核查中") < text.index("20,000.00元")

    def test_unknown_is_not_found(self, client, county):
        assert client.get("/subjects/999999999/").status_code == 404
        assert client.get("/subjects/99999999999999999999999/").status_code == 404

    def test_records_of_another_organisation_stay_there(self, client, county):
        assert "演示21号" not in text_of(client.get(f"/subjects/{county.company}/"))


class TestManyRecords:
    """An organisation with more records of a kind than its page lists."""

    def test_all_of_them_can_be_paged_through(self, client, county):
        for number in range(52):
            publish_item(
                "administrative_penalty", subject_id=county.company, document_no=f"奉市监处罚〔2026〕演示{200 + number}号",
                penalty_mask=FINE, decision_date=date(2026, 5, 1) + timedelta(days=number // 2), row_no=number,
            )  # fmt: skip
        whole = text_of(get(client, f"/subjects/{county.company}/", q="云帆"))
        assert "逐页看全部54条" in whole

        first_address = re.search(r'href="([^"]*/penalties/[^"]*)"', whole.split("逐页看")[0].rpartition("<p>")[2]).group(1)
        first = client.get(first_address)
        older = re.search(r'href="([^"]*after=[^"]*)"', text_of(first)).group(1).replace("&amp;", "&")
        second = client.get(older)
        named = re.compile(r"record-[0-9a-f-]{36}")
        told = [set(named.findall(response.content.decode())) for response in (first, second)]
        assert [len(found) for found in told] == [50, 4]
        assert not told[0] & told[1]
        assert "noindex" in first["X-Robots-Tag"]
        assert f'href="/subjects/{county.company}/?q=' in text_of(second), "the way back keeps the query"
        assert client.get(f"/subjects/{county.company}/penalties/?after=nonsense").status_code == 200

    def test_what_is_not_there_is_not_found_or_said(self, client, county):
        assert client.get(f"/subjects/{county.company}/debtors/").status_code == 404
        assert client.get("/subjects/999999999/penalties/").status_code == 404
        assert "没有正在公示的荣誉信息" in text_of(client.get(f"/subjects/{county.company}/honours/"))

    def test_a_sole_traders_need_the_full_name_or_code(self, client, county):
        path = f"/subjects/{county.trader}/penalties/"
        for query in ("", "云帆"):
            response = get(client, path, q=query)
            assert "演示21号" not in text_of(response)
            assert "只在用全称或者统一社会信用代码查询时显示" in text_of(response)
            assert "X-Robots-Tag" not in response
        assert "演示21号" in text_of(get(client, path, q="92500236MA00DEM0X6"))


class TestSoleTrader:
    """P2: found by full name or code only, nothing below the township, no grade."""

    def test_adverse_only_for_the_full_name_or_code(self, client, county):
        path = f"/subjects/{county.trader}/"
        for query in ("", "云帆", "云帆小吃店", "小吃店（演示）", "奉市监处罚〔2026〕演示21号"):
            response = get(client, path, q=query)
            text = text_of(response)
            assert "演示21号" not in text.replace("“奉市监处罚〔2026〕演示21号”", ""), query
            assert "只在用全称或者统一社会信用代码查询时显示" in text
            assert "X-Robots-Tag" not in response
        for query in ("云帆小吃店（演示）", "云帆小吃店(演示)", "92500236MA00DEM0X6", "92500236ma00dem0x6"):
            response = get(client, path, q=query)
            assert "演示21号" in text_of(response), query
            assert "noindex" in response["X-Robots-Tag"]

    def test_the_record_itself_needs_the_same(self, client, county):
        path = f"/records/{county.trader_penalty}/"
        assert client.get(path).status_code == 404
        assert get(client, path, q="云帆").status_code == 404
        assert get(client, path, q="92500236MA00DEM0X6").status_code == 200
        Subject.objects.filter(pk=county.trader).update(registration_no="500236600000018")
        assert get(client, path, q="500236600000018").status_code == 200, "any of its codes, as on its page"
        assert client.get(f"/help/objection/?record={county.trader_penalty}").status_code == 404

    def test_no_address_below_the_township(self, client, county):
        text = text_of(get(client, f"/subjects/{county.trader}/", q="云帆小吃店（演示）"))
        assert "永安街道" in text
        assert "演示巷" not in text

    def test_in_no_adverse_list(self, client, county):
        text = text_of(client.get("/lists/penalties/"))
        assert "演示15号" in text
        assert "演示21号" not in text
        assert "云帆小吃店" not in text


class TestRecord:
    def test_says_why_step_by_step_and_where_from_to_the_cell(self, client, county):
        text = text_of(client.get(f"/records/{county.penalty}/"))
        assert "为什么现在显示" in text
        assert "取对当事人最有利的" in text
        assert "没有撤销、撤回、修复、移出、暂停、异议标记" in text
        assert "工作表“处罚”第15行" in text
        assert "N15" in text
        assert "ab" * 32 in text
        assert "次日零时自动停止公示" in text

    def test_ended_and_never_existing_are_the_same_answer(self, client, county):
        ended = client.get(f"/records/{county.ended}/")
        never = client.get(f"/records/{uuid4()}/")
        assert ended.status_code == never.status_code == 404

        def plain(response):
            return re.sub(r"/records/[^/]+/", "/records/x/", response.content.decode())

        assert plain(ended) == plain(never)

        def headers(response):
            numbered = dict(response.headers)
            assert re.fullmatch(r"[0-9a-f]{32}", numbered.pop("X-Request-ID")), "drawn for each request, and says nothing"
            return numbered

        assert headers(ended) == headers(never)

    def test_shown_through_its_last_day_and_not_a_day_longer(self, client, county):
        last = date(2027, 3, 11)
        paths = [f"/records/{county.penalty}/", f"/subjects/{county.company}/", "/lists/penalties/", "/search/?q=演示15号处罚"]
        with clock.fixed(last):
            assert client.get(paths[0]).status_code == 200
            assert "演示15号" in text_of(client.get(paths[1]))
            assert "演示15号" in text_of(client.get(paths[2]))
        with clock.fixed(last + timedelta(days=1)):
            assert client.get(paths[0]).status_code == 404
            assert "演示15号" not in text_of(client.get(paths[1]))
            assert "演示15号" not in text_of(client.get(paths[2]))
            assert "演示15号" not in text_of(get(client, "/search/", q="奉市监处罚〔2026〕演示15号")).replace(
                "“奉市监处罚〔2026〕演示15号”", ""
            ).replace('value="奉市监处罚〔2026〕演示15号"', "")


class TestLists:
    def test_licences_may_be_indexed_and_penalties_not(self, client, county):
        licences, penalties = client.get("/lists/licences/"), client.get("/lists/penalties/")
        assert "X-Robots-Tag" not in licences
        assert "noindex" in penalties["X-Robots-Tag"]
        assert '<meta name="robots" content="noindex' in penalties.content.decode()
        assert penalties["Cache-Control"] == "no-store"

    @pytest.mark.parametrize("slug", ["licences", "penalties", "abnormal", "serious", "honours", "commitments"])
    def test_every_list_answers(self, client, county, slug):
        assert client.get(f"/lists/{slug}/").status_code == 200

    def test_unknown_list_is_not_found(self, client):
        assert client.get("/lists/debtors/").status_code == 404

    def test_filters_by_organ_day_and_township(self, client, county):
        assert "演示15号" in text_of(get(client, "/lists/penalties/", **{"from": "2026-03-01", "to": "2026-03-31"}))
        nothing = text_of(get(client, "/lists/penalties/", **{"from": "2026-07-01"}))
        assert "所选条件下没有正在公示的行政处罚" in nothing
        assert "决定日期从2026年7月1日" in nothing
        assert "演示15号" not in text_of(get(client, "/lists/penalties/", organ="11500236DM00000211"))
        assert "演示15号" not in text_of(get(client, "/lists/penalties/", township="永安街道"))

    def test_a_wrong_day_is_told_and_kept(self, client, county):
        text = text_of(get(client, "/lists/penalties/", **{"from": "2026-13-45"}))
        assert "不是日期" in text
        assert 'value="2026-13-45"' in text

    def test_pages_by_place_in_both_directions(self, client, county):
        for number in range(30):
            publish_item(
                "administrative_licence", subject_id=county.company, document_no=f"奉市监许可〔2026〕演示{100 + number}号",
                certificate_no=f"JY{number}", decision_date=date(2026, 5, 1) + timedelta(days=number // 3), row_no=number,
                valid_to=date(2030, 1, 1), penalty_mask=0, fine_fen=None, fields={"certificate_name": f"演示证{number}"},
            )  # fmt: skip
        first = text_of(client.get("/lists/licences/"))
        older = re.search(r'href="([^"]*after=[^"]*)"', first).group(1).replace("&amp;", "&")
        second = text_of(client.get(older))
        named = re.compile(r"演示证\d+|食品经营许可证")
        assert len(set(named.findall(first)) | set(named.findall(second))) == 31
        newer = re.search(r'href="([^"]*before=[^"]*)"', second).group(1).replace("&amp;", "&")
        assert set(named.findall(text_of(client.get(newer)))) == set(named.findall(first))
        assert client.get("/lists/licences/?after=nonsense").status_code == 200


class TestNoShaming:
    """P13: no share buttons, no ranking, no alarm; the same card for good and adverse."""

    def test_adverse_pages_are_noindex_and_uncached(self, client, county):
        for path in (f"/subjects/{county.company}/", f"/records/{county.penalty}/", "/lists/penalties/", "/lists/serious/"):
            response = client.get(path)
            assert "noindex" in response["X-Robots-Tag"], path
            assert response["Cache-Control"] == "no-store", path

    def test_words_of_shame_and_share_buttons_are_nowhere(self, client, county):
        for path in (
            "/",
            f"/subjects/{county.company}/",
            f"/records/{county.penalty}/",
            "/lists/penalties/",
            "/help/",
            "/about/",
        ):
            text = text_of(client.get(path))
            for word in ("黑名单", "老赖", "失信劣迹", "分享", "曝光", "信用良好", "weibo", "wechat"):
                assert word not in text, (path, word)

    def test_a_penalty_and_a_licence_have_the_same_form(self, client, county):
        text = client.get(f"/subjects/{county.company}/").content.decode()
        forms = set(re.findall(r'<article class="([^"]*)"', text))
        assert forms == {"card record"}


class TestHome:
    def test_figures_and_latest_licences(self, client, county):
        text = text_of(client.get("/"))
        assert "在册主体" in text
        assert "3家" in text
        assert "食品经营许可证" in text
        assert "演示15号" not in text


def test_pages_carry_the_day_they_were_computed_for(client, county):
    assert f"{TODAY.year}年{TODAY.month}月{TODAY.day}日" in text_of(client.get("/"))
