"""Tables and feeds: what the page shows for the same filter, safe in a spreadsheet, nothing that P2 and P8 forbid."""

import csv
from datetime import date
from io import BytesIO, StringIO

import openpyxl
import pytest
from defusedxml import ElementTree
from tests.factories.portal import FINE, TODAY, make_county, make_organisation, publish_item

from xinheng.adapters import clock
from xinheng.portal.domain import LIST_KINDS
from xinheng.portal.selectors import tables

pytestmark = pytest.mark.django_db
ATOM = "{http://www.w3.org/2005/Atom}"


@pytest.fixture(autouse=True)
def _on_the_day():
    with clock.fixed(TODAY):
        yield


@pytest.fixture
def county():
    return make_county()


def text_of(response):
    assert response.status_code == 200, response
    content = b"".join(response.streaming_content) if response.streaming else response.content
    return content.decode("utf-8")


def table_of(response):
    """Return what a CSV is about, its heading and its rows as dictionaries."""
    text = text_of(response)
    assert text.startswith("\ufeff")
    lines = list(csv.reader(StringIO(text.removeprefix("\ufeff"))))
    about = [line[0] for line in lines if line[0].startswith("# ")]
    heading, *rows = lines[len(about) :]
    return about, heading, [dict(zip(heading, row, strict=True)) for row in rows]


def test_a_list_says_as_of_when_under_which_law_and_licence(client, county):
    about, heading, rows = table_of(client.get("/lists/licences.csv"))
    told = "".join(about)
    assert "共1条" in told
    assert "2026年11月22日12:00:00" in told
    assert "公示序号" in told
    assert "法规目录版本" in told
    assert "使用条款（暂行，设计稿）" in told
    assert heading[0] == "异议"
    assert rows[0]["单位名称"] == "夔门云帆食品有限公司（演示）"
    assert rows[0]["公示到（含当日，空为长期）"] == "2031-11-19"
    assert [value for value in rows[0].values() if "演示许可内容" in value] == []  # nobody confirmed it


def test_an_adverse_list_tells_the_columns_of_the_page_and_no_sole_trader(client, county):
    response = client.get("/lists/penalties.csv")
    assert "no-store" in response["Cache-Control"]
    assert "noindex" in response["X-Robots-Tag"]
    about, heading, rows = table_of(response)
    assert heading == ["异议", "当事人", "决定书文号", "处罚机关", "决定日期", "公示到（含当日）", "详情"]
    assert {row["当事人"] for row in rows} == {"夔门云帆食品有限公司（演示）"}
    assert sorted(row["异议"] for row in rows) == ["", "有异议，核查中"]
    assert "到期后请删除" in "".join(about)
    assert "演示7号" not in str(rows)  # its display has ended


def test_the_table_has_the_filters_of_the_page(client, county):
    about, _, rows = table_of(client.get("/lists/penalties.csv", {"from": "2026-05-01", "kind": "3"}))
    assert [row["决定书文号"] for row in rows] == ["奉市监处罚〔2026〕演示88号"]
    assert "处罚类别：罚款" in about[0]
    assert table_of(client.get("/lists/penalties.csv", {"kind": "1"}))[2] == []


def test_what_is_left_out_is_said(client, county, monkeypatch):
    monkeypatch.setattr(tables, "ADVERSE_ROWS_AT_MOST", 1)
    about, _, rows = table_of(client.get("/lists/penalties.csv"))
    assert len(rows) == 1
    assert "共2条，这里只有最新的1条，另外1条没有收入" in "".join(about)
    assert "表格只收最新的1条" in client.get("/lists/penalties/").content.decode()


def test_portions_join_without_gap_or_double(client, county, monkeypatch):
    for number in range(7):
        publish_item(
            "administrative_licence", subject_id=county.company, document_no=f"奉市监许可〔2026〕演示4{number}号",
            decision_date=date(2026, 11, 19), valid_to=date(2030, 1, 1), penalty_mask=0, fine_fen=None, row_no=40 + number,
            fields={"certificate_name": "演示"},
        )  # fmt: skip
    monkeypatch.setattr(tables, "_PORTION", 3)
    _, _, rows = table_of(client.get("/lists/licences.csv"))
    assert len(rows) == len({row["记录编号"] for row in rows}) == 8


def test_no_cell_runs_as_a_formula(client, county):
    evil = make_organisation(name="=HYPERLINK(1)演示公司", uscc="91500236MA00DEM9X7")
    publish_item(
        "administrative_licence", subject_id=evil, document_no="@演示", decision_date=date(2026, 11, 20),
        valid_to=date(2030, 1, 1), penalty_mask=0, fine_fen=None, row_no=60, fields={"certificate_name": "+1"},
    )  # fmt: skip
    _, _, rows = table_of(client.get("/lists/licences.csv"))
    assert not [cell for row in rows for cell in row.values() if cell[:1] in "=+-@" and cell]
    book = openpyxl.load_workbook(BytesIO(b"".join(client.get("/lists/licences.xlsx").streaming_content)))
    kinds = {cell.data_type for sheet in book for row in sheet.iter_rows() for cell in row if cell.value}
    assert kinds == {"s"}


def test_the_workbook_says_the_same(client, county):
    book = openpyxl.load_workbook(BytesIO(b"".join(client.get("/lists/penalties.xlsx").streaming_content)))
    assert book.sheetnames == ["行政处罚", "说明"]
    about, heading, rows = table_of(client.get("/lists/penalties.csv"))
    values = [["" if cell is None else cell for cell in row] for row in book["行政处罚"].values]
    assert values == [heading, *[list(row.values()) for row in rows]]
    assert [f"# {row[0]}" for row in book["说明"].values] == about


def test_an_organisation_as_a_table_is_its_page(client, county):
    response = client.get(f"/subjects/{county.company}/records.csv")
    about, _, rows = table_of(response)
    assert {row["记录编号"] for row in rows} == {str(county.penalty), str(county.disputed), str(county.licence)}
    assert "共3条" in about[0]
    assert "no-store" in response["Cache-Control"]
    assert "演示事实" not in str(rows)


@pytest.mark.parametrize("query", ["", "云帆小吃店（演示）", "92500236MA00DEM0X6"])
def test_nothing_adverse_of_a_sole_trader_is_exported(client, county, query):
    about, _, rows = table_of(client.get(f"/subjects/{county.trader}/records.csv", {"q": query}))
    assert rows == []
    assert "不进下载的表格" in "".join(about)


@pytest.mark.parametrize("address", ["/lists/nothing.csv", "/lists/licences.pdf", "/subjects/999999/records.csv"])
def test_what_is_not_there_is_the_usual_page(client, county, address):
    assert client.get(address).status_code == 404


def test_a_feed_of_licences(client, county):
    response = client.get("/feeds/licences.atom")
    assert response["Content-Type"].startswith("application/atom+xml")
    feed = ElementTree.fromstring(text_of(response))
    (entry,) = feed.findall(f"{ATOM}entry")
    assert entry.findtext(f"{ATOM}id") == f"urn:uuid:{county.licence}"
    assert entry.find(f"{ATOM}link").get("href").endswith(f"/records/{county.licence}/")
    assert "夔门云帆食品有限公司（演示）" in entry.findtext(f"{ATOM}title")
    again = ElementTree.fromstring(text_of(client.get("/feeds/licences.atom")))
    assert again.findtext(f"{ATOM}updated") == feed.findtext(f"{ATOM}updated")


def test_no_feed_reaches_anything_adverse(client, county):
    publish_item(
        "administrative_penalty", subject_id=county.company, penalty_mask=FINE, document_no="奉市监处罚〔2026〕演示99号",
        decision_date=date(2026, 11, 1), row_no=70, fields={"penalty_kinds": "罚款"},
    )  # fmt: skip
    for kind in LIST_KINDS:
        assert not (kind.has_feed and kind.adverse)
        response = client.get(f"/feeds/{kind.slug}.atom")
        assert response.status_code == (200 if kind.has_feed else 404)
        linked = "application/atom+xml" in client.get(f"/lists/{kind.slug}/").content.decode()
        assert linked is kind.has_feed
        if kind.has_feed:
            assert "处罚" not in text_of(response)
    assert {kind.slug for kind in LIST_KINDS if kind.has_feed} == {"licences", "honours"}


@pytest.mark.parametrize(("kind", "count"), [("1", 1), ("2", 0), ("99", 0), ("nonsense", 1)])
def test_licences_can_be_narrowed_to_a_category(client, county, kind, count):
    text = client.get("/lists/licences/", {"kind": kind}).content.decode()
    assert ("夔门云帆食品有限公司（演示）" in text) is bool(count)
    if kind == "1":
        assert "许可类别：普通" in text
        assert "kind=1" in text  # in the address of the table too
