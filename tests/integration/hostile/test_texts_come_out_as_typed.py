"""SQL, templates and markup typed into every text that is published come out as they were typed, on every page and in every file."""

import csv
import html
from datetime import date, datetime
from io import BytesIO, StringIO
from pathlib import Path

import openpyxl
import pytest
from django.conf import settings
from django.test import Client
from tests.factories.portal import TODAY, make_organisation, publish_item

from xinheng.adapters import clock
from xinheng.adapters.clock import CHINA
from xinheng.kernel.spreadsheet_safety import neutralise
from xinheng.reports import services as reports
from xinheng.subjects.models import Subject

pytestmark = pytest.mark.django_db
PAYLOADS = (
    "{{7*7}}", "{% now 'Y' %}", "{% load static %}", "${7*7}", "#{7*7}", "#calc.pow(7,2)", '#read("/etc/passwd")', "$ integral $",
    "'; DROP TABLE records_recordversion; --", "' OR '1'='1", "%(name)s %s {0} {name}", "<script>alert(1)</script>", "<b onclick=x>&amp;",
    "*粗* _斜_ `码` = 题 @ref <label> \\", '=HYPERLINK("http://x")', "+1+1", "@SUM(A1)", "\\u0041 \\x41",
)  # fmt: skip
"""Each would come out otherwise where a text is taken for code: Django, Jinja, format strings, Typst, SQL, HTML, spreadsheets."""
USCC = "91500236XN0TEHTF0Q"


@pytest.fixture(autouse=True)
def _on_the_day():
    with clock.fixed(TODAY):
        yield


@pytest.fixture(params=PAYLOADS)
def published(request):
    """Publish an organisation and a licence whose every text is the payload; return payload, subject and record."""
    name = f"夔门{request.param}公司"
    subject = make_organisation(name=name, uscc=USCC, address=f"永安街道{request.param}")
    number = f"奉证〔2026〕{request.param}1号"
    record = publish_item(
        "administrative_licence", subject_id=subject, document_no=number, decision_date=date(2026, 11, 20), penalty_mask=0,
        fine_fen=None, valid_to=date(2031, 11, 19), free_text_confirmed=True,
        fields={"document_no": number, "certificate_name": request.param, "content": request.param, "licence_content": request.param},
    )  # fmt: skip
    return request.param, name, number, subject, record


def test_pages_the_api_and_tables_tell_what_was_typed(published):
    payload, name, number, subject, record = published
    client = Client()
    for address in (f"/subjects/{subject}/", f"/records/{record}/", "/lists/licences/", f"/search/?q={USCC}"):
        response = client.get(address, follow=True)
        assert response.status_code == 200, address
        text = response.content.decode()
        assert html.escape(name) in text, address
        if "<" in payload:
            assert payload not in text, f"{address}: not escaped"
    assert name in _texts(client.get(f"/api/v1/organisations/{USCC}").json())
    assert number in _texts(client.get(f"/api/v1/records/{record}").json())

    table = b"".join(client.get("/lists/licences.csv").streaming_content).decode().removeprefix("\ufeff")
    cells = [cell for row in csv.reader(StringIO(table)) for cell in row]
    assert neutralise(name) in cells
    assert neutralise(number) in cells
    book = openpyxl.load_workbook(BytesIO(b"".join(client.get("/lists/licences.xlsx").streaming_content)))
    values = {cell.value: cell.data_type for sheet in book for row in sheet.iter_rows() for cell in row}
    assert values[neutralise(number)] == "s", "a text, no formula"


def test_a_search_for_it_is_answered_with_the_words_as_typed(published):
    payload, name, _number, _subject, _record = published
    client = Client()
    for text in (payload, name):
        response = client.get("/search/", {"q": text})
        assert response.status_code == 200
        page = response.content.decode()
        assert html.escape(text) in page
        assert "<script>alert" not in page
        assert client.get("/api/v1/organisations", {"q": text}).status_code in {200, 400, 422}


def test_a_report_sets_it_as_typed(published):
    """The data of a report are the texts; its typesetting takes them as texts too, or it would fail or read files."""
    _payload, name, number, subject, _record = published
    made = reports.report_issue(
        subject=Subject.objects.get(pk=subject), now=datetime(2026, 11, 22, 12, tzinfo=CHINA), actor="test"
    )
    assert made.pdf.startswith(b"%PDF")
    told = made.data.decode()
    assert name.replace("\\", "\\\\").replace('"', '\\"') in told
    assert number.replace("\\", "\\\\").replace('"', '\\"') in told
    templates = list((Path(settings.PROJECT) / "src").rglob("*.typ"))
    assert templates
    assert not [path for path in templates if "eval(" in path.read_text(encoding="utf-8")], "nothing that is told is run"


def _texts(value):
    if isinstance(value, dict):
        return [text for one in value.values() for text in _texts(one)]
    if isinstance(value, list):
        return [text for one in value for text in _texts(one)]
    return [value]
