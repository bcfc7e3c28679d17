"""The organisation page: its time-line, what it counts without reading, sources and rule versions in words."""

import re
from collections import Counter
from datetime import date, timedelta

import pytest
from tests.factories.portal import FINE, TODAY, publish_item

from xinheng.portal.selectors import subjects as selectors
from xinheng.publicity.selectors import displays_newest_of_subject, displays_of_subject, pages

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("_on_the_day")]

FINE_FIELDS = {"fine": "2.000000", "penalty_kinds": "罚款", "violation_kind": "标签不符合规定"}


def page_of(subject_id, *, query="", on_date=TODAY):
    page = selectors.subject_page(subject_id=subject_id, query=query, on_date=on_date)
    assert page is not None
    return page


def told(page):
    return [(line.on, line.text) for line in page.timeline]


def publish_many(county, count):
    for number in range(count):
        publish_item(
            "administrative_penalty", subject_id=county.company, document_no=f"奉市监处罚〔2026〕演示{400 + number}号",
            penalty_mask=FINE, decision_date=date(2026, 5, 1) + timedelta(days=number // 2), row_no=number,
        )  # fmt: skip


class TestTimeline:
    def test_tells_registration_decisions_display_and_disputes_newest_first(self, county):
        lines = told(page_of(county.company))
        assert (date(2019, 5, 6), "成立") in lines
        assert (date(2022, 6, 1), "登记变更，曾用名：奉节云帆食品有限公司（演示）") in lines
        assert (date(2026, 3, 12), "作出决定：行政处罚 奉市监处罚〔2026〕演示15号") in lines
        assert (date(2026, 3, 19), "开始公示：行政处罚 奉市监处罚〔2026〕演示15号") in lines
        assert (date(2026, 11, 18), "收到异议，开始核查：行政处罚 奉市监处罚〔2026〕演示88号") in lines
        assert [day for day, _ in lines] == sorted((day for day, _ in lines), reverse=True)

    def test_tells_nothing_that_has_ended_and_nothing_to_come(self, county):
        lines = page_of(county.company, on_date=date(2027, 3, 12)).timeline
        assert not any("演示15号" in line.text or "演示7号" in line.text for line in lines)
        assert all(line.on <= TODAY for line in page_of(county.company).timeline)

    def test_tells_that_a_record_was_corrected_but_not_what_it_said(self, client, county):
        publish_item(
            "administrative_penalty", subject_id=county.company, penalty_mask=FINE, decision_date=date(2026, 3, 12),
            fields={**FINE_FIELDS, "fine": "1.000000"},
        )  # fmt: skip
        texts = [text for _, text in told(page_of(county.company))]
        assert "更正：行政处罚 奉市监处罚〔2026〕演示15号" in texts
        text = client.get(f"/subjects/{county.company}/").content.decode()
        assert "10,000.00元" in text
        assert text.count("20,000.00元") == 1, "of the other record only"

    def test_of_a_sole_trader_nothing_adverse_without_the_full_name_or_code(self, county):
        assert not any("处罚" in line.text for line in page_of(county.trader, query="云帆").timeline)
        assert any("演示21号" in line.text for line in page_of(county.trader, query="92500236MA00DEM0X6").timeline)

    def test_is_short_and_says_so(self, client, county):
        publish_many(county, 25)
        page = page_of(county.company)
        assert len(page.timeline) <= selectors.TIMELINE_AT_MOST
        text = client.get(f"/subjects/{county.company}/").content.decode()
        assert ("更早的没有列出" in text) == page.timeline_cut


class TestOnlyWhatIsShownIsRead:
    @pytest.mark.parametrize("read_at_once", [3, 40])
    def test_totals_are_those_of_reading_everything(self, county, monkeypatch, read_at_once):
        monkeypatch.setattr(pages, "FEW", read_at_once)
        publish_many(county, 7)
        for exactly in (False, True):
            for subject in (county.company, county.trader):
                asked = {"subject_id": subject, "on_date": TODAY, "found_exactly": exactly}
                everything = displays_of_subject(**asked)
                newest = displays_newest_of_subject(**asked, each=2)
                assert newest.totals == Counter(record.item_id for record in everything)
                kept = [record for record in everything if record.record_id in {found.record_id for found in newest.records}]
                assert list(newest.records) == kept
                assert max(Counter(record.item_id for record in newest.records).values(), default=0) <= 2
                for item_id in newest.totals:
                    of_item = [record for record in everything if record.item_id == item_id]
                    assert [r for r in newest.records if r.item_id == item_id] == of_item[:2]

    def test_the_page_holds_the_newest_and_counts_the_rest(self, client, county):
        publish_many(county, 30)
        text = client.get(f"/subjects/{county.company}/").content.decode()
        assert len(re.findall(r"<article ", text)) == selectors.RECORDS_OF_EACH + 1, "and the licence"
        assert "行政处罚（32条正在公示）" in text
        assert "逐页看全部32条" in text

    def test_more_records_ask_no_more_queries(self, client, county, django_assert_max_num_queries):
        for more in (2, pages.FEW):
            publish_many(county, more)
            client.get(f"/subjects/{county.company}/")  # how far the sources are is worked out once after a publication
            with django_assert_max_num_queries(7):
                client.get(f"/subjects/{county.company}/")


class TestPlainWordsFirst:
    def test_rule_versions_are_told_by_name_and_day_on_demand(self, client, county):
        text = re.sub(r"\s+", " ", client.get(f"/subjects/{county.company}/").content.decode())
        card = text.partition(f'id="record-{county.penalty}"')[2].partition("</article>")[0]
        before, folded = card.partition("<details")[::2]
        assert "公示到" in before
        assert "等级" in before
        assert "依据" in before
        assert "信用修复管理办法，2026年4月1日起施行" in folded
        assert "R3@2026-04-01" in folded
        assert "R3@" not in before

    def test_tells_how_fresh_every_source_is(self, client, county):
        text = client.get(f"/subjects/{county.company}/").content.decode()
        assert "个来源部门各更新到哪天" in text
        assert "还没有报送" in text
