"""The verification page: four answers, each in words; nothing of a report is told to who does not hold it."""

import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from tests.factories.displays import make_record
from tests.factories.records import make_subject

from xinheng.adapters import clock
from xinheng.reports import offline_verifier
from xinheng.reports.services import report_issue
from xinheng.subjects.models import Subject

pytestmark = pytest.mark.django_db
NOW = clock.datetime(2026, 4, 1, 10, 32, 1, tzinfo=clock.CHINA)


@pytest.fixture(autouse=True)
def _on_the_day():
    with clock.fixed(NOW):
        yield


@pytest.fixture
def made():
    subject = make_subject()
    make_record(subject_id=subject)
    return report_issue(subject=Subject.objects.get(pk=subject), now=NOW, actor="test")


def asked(client, **values):
    response = client.post("/verify/", values)
    assert response.status_code == 200
    assert response["Cache-Control"] == "no-store"
    assert not response.cookies
    return re.sub(r"\s+", " ", response.content.decode())


def uploaded(client, content, name="报告.pdf"):
    return asked(client, file=SimpleUploadedFile(name, content))


def test_genuine_by_number_and_code(client, made):
    text = asked(client, number=made.number, check_code=made.check_code.lower())
    assert "<h1>报告真实，之后数据没有变化</h1>" in text
    assert "夔门云帆食品有限公司（演示）" in text
    assert made.check_code not in text


def test_genuine_and_overtaken(client, made):
    make_record(subject_id=Subject.objects.get().pk, document_no="奉市监处罚〔2026〕演示16号")
    text = asked(client, number=made.number, check_code=made.check_code)
    assert "<h1>报告真实，但出具后数据有变化</h1>" in text
    assert "2026年4月1日10:32出具时内容正确" in text


def test_nothing_is_told_without_the_code(client, made):
    for number, code in ((made.number, "00000-00000"), ("FJ00000000000000000000", made.check_code)):
        text = asked(client, number=number, check_code=code)
        assert "<h1>没有这个编号</h1>" in text
        assert "夔门云帆" not in text


def test_what_is_missing_is_said_beside_the_field(client, made):
    text = asked(client, number=made.number, check_code="")
    assert "请填写校验码" in text
    assert f'value="{made.number}"' in text


@pytest.mark.parametrize("form", ["pdf", "data"])
def test_a_file(client, made, form):
    content = getattr(made, form)
    assert "<h1>报告真实，内容没有改动</h1>" in uploaded(client, content)
    altered = bytearray(content)
    altered[len(altered) // 2] ^= 1
    assert "<h1>内容与出具时不一致，不要采用</h1>" in uploaded(client, bytes(altered))


def test_a_photograph_is_no_report(client):
    assert "<h1>这不是可以核验的报告文件</h1>" in uploaded(client, b"\xff\xd8\xff\xe0" * 99, name="照片.jpg")


def test_a_file_too_large_is_said_so(client, monkeypatch):
    monkeypatch.setattr("xinheng.portal.views.verification.LARGEST_FILE", 10)
    assert "<h1>文件太大</h1>" in uploaded(client, b"%PDF-1.7 and more")


def test_the_code_on_the_paper_leads_to_the_filled_form(client, made):
    response = client.get("/verify/", {"number": made.number})
    assert f'value="{made.number}"' in response.content.decode()


def test_everything_for_verifying_offline_is_to_be_had(client, made):
    trust = offline_verifier.trust_read(client.get("/verify/trust.pem").content)
    assert offline_verifier.verify(made.pdf, trust).genuine
    assert b"import xinheng" not in client.get("/verify/verify_report.py").content
