"""Statistics open to the public: the lists counted, by item, organ and month."""

import csv
import re
from datetime import date, timedelta

import pytest
from tests.factories.portal import FINE, SUPERVISION, TODAY, publish_item

from xinheng.adapters import clock
from xinheng.portal.domain import list_kind
from xinheng.portal.selectors.statistics import MONTHS_TOLD, statistics_page

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("_on_the_day")]


def table_of(slug, *, kind=None, on_date=TODAY):
    page = statistics_page(kind=kind, on_date=on_date)
    return next(table for table in page.tables if table.slug == slug)


def rows_of(table):
    return {row.label: [count.value for count in row.counts] for row in table.rows if row.total.value}


def test_counts_what_is_in_public_lists_by_item_organ_and_month(county):
    assert rows_of(table_of("items")) == {"行政许可": [1], "行政处罚": [2]}
    assert rows_of(table_of("organs")) == {SUPERVISION: [1, 2, 0, 0, 0, 0]}
    assert rows_of(table_of("months", kind=list_kind("penalties"))) == {"2026年3月": [1], "2026年6月": [1]}


def test_leaves_out_ended_displays_and_sole_traders_adverse_records(county):
    assert statistics_page(kind=list_kind("penalties"), on_date=TODAY).total == 2, "not the ended one, not the trader's"
    after = date(2027, 3, 12)
    assert statistics_page(kind=list_kind("penalties"), on_date=after).total == 0


def test_is_the_length_of_the_list_that_a_figure_opens(client, county):
    publish_item(
        "administrative_penalty", subject_id=county.company, document_no="奉市监处罚〔2026〕演示90号", penalty_mask=FINE,
        decision_date=date(2026, 3, 31), row_no=90, organ_name="奉节县农业农村委员会",
    )  # fmt: skip
    opened = 0
    for slug in ("items", "organs", "months"):
        for row in table_of(slug).rows:
            for count in row.counts:
                if count.url:
                    told = re.search(r"共([\d,]+)条正在公示", client.get(count.url).content.decode()).group(1)
                    assert told == f"{count.value:,}", (row.label, count)
                    opened += 1
    assert opened == 8


def test_tells_months_in_order_and_the_empty_ones(county):
    rows = table_of("months").rows
    assert len(rows) == MONTHS_TOLD
    assert rows[-1].label == "2024年12月"
    assert rows[0].label == "2026年11月"


def test_the_page_says_as_of_when_how_it_counts_and_ranks_nobody(client, county):
    text = client.get("/statistics/").content.decode()
    assert f"截至{TODAY.year}年{TODAY.month}月{TODAY.day}日" in text
    assert "怎么算的" in text
    assert "夔门云帆" not in text
    assert text.count("<table") == 3
    assert text.count("下载这张表") == 3
    one = client.get("/statistics/", {"list": "penalties"}).content.decode()
    assert "<h1>行政处罚统计</h1>" in one
    assert client.get("/statistics/", {"list": "debtors"}).status_code == 404


def test_organs_stand_in_the_catalogues_order_not_by_figures(county):
    for number, organ in enumerate(
        ("奉节县农业农村委员会", "奉节县农业农村委员会", "奉节县农业农村委员会", "奉节县农业农村委员会")
    ):
        publish_item(
            "administrative_licence", subject_id=county.company, document_no=f"奉农许可〔2026〕演示{number}号", row_no=number,
            certificate_no=f"NY{number}", decision_date=date(2026, 5, 1), valid_to=date(2030, 1, 1), penalty_mask=0, fine_fen=None,
            organ_name=organ, fields={"certificate_name": "演示证"},
        )  # fmt: skip
    from xinheng.catalogue.selectors import catalogue_current

    order = [organ.name for organ in catalogue_current().organs]
    told = [row.label for row in table_of("organs").rows]
    assert told == sorted(told, key=order.index)
    assert len(told) == 2


def test_each_table_is_a_csv_that_names_its_day(client, county):
    response = client.get("/statistics.csv", {"table": "organs"})
    assert response["Content-Type"] == "text/csv; charset=utf-8"
    assert "statistics-organs-2026-11-22.csv" in response["Content-Disposition"]
    head, *rows = csv.reader(response.content.decode("utf-8-sig").splitlines())
    assert head[0] == "机关"
    assert head[-2:] == ["合计", "数据截至"]
    assert rows == [[SUPERVISION, "1", "2", "0", "0", "0", "0", "3", "2026-11-22"]]
    months = csv.reader(
        client.get("/statistics.csv", {"table": "months", "list": "penalties"}).content.decode("utf-8-sig").splitlines()
    )
    assert next(months) == ["月份", "行政处罚", "数据截至"]
    assert client.get("/statistics.csv", {"table": "subjects"}).status_code == 404


def test_few_queries_and_none_to_count_again(client, county, django_assert_max_num_queries):
    client.get("/about/")
    with django_assert_max_num_queries(2):
        client.get("/statistics/")
    with django_assert_max_num_queries(1):
        client.get("/statistics.csv")


def test_a_new_day_is_counted_anew(county):
    last = date(2027, 3, 11)
    penalties = list_kind("penalties")
    with clock.fixed(last):
        before = statistics_page(kind=penalties, on_date=last).total
    assert before - statistics_page(kind=penalties, on_date=last + timedelta(days=1)).total == 1
