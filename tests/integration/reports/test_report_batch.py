"""Many reports by one command: one each, the same after a stop, all of them genuine."""

import csv

import pytest
from tests.factories.displays import make_record
from tests.factories.records import make_subject
from tests.integration.reports.conftest import NOW

from xinheng.reports import errors, services
from xinheng.reports.models import IssuedReport
from xinheng.subjects.models import SubjectCode

CODES = [f"5002360演示9{number:02}" for number in range(1, 61)]


@pytest.fixture
def county(fresh_database):
    for number, code in enumerate(CODES):
        subject = make_subject(name=f"夔门第{number}商行（演示）", registration_no=code)
        SubjectCode.objects.create(subject_id=subject, code_type=SubjectCode.Type.REGISTRATION_NO, code=code)
        make_record(
            item_id="honour", subject_id=subject, document_no=f"奉表〔2026〕演示{number}号", fields={"title": "演示荣誉"}
        )


def listed(result):
    with result.list_path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def test_a_stopped_batch_goes_on_and_gives_the_same(county, tmp_path):
    path = tmp_path / "代码.csv"
    path.write_text(
        "代码,备注\n" + "\n".join(f"{code},x" for code in [*CODES, CODES[0], "没有这个代码1"]), encoding="utf-8-sig"
    )
    out = tmp_path / "报告"
    arguments = {"path": path, "out": out, "now": NOW, "actor": "test", "workers": 2}
    told = []

    first = services.reports_issue_batch(**arguments, tell=lambda done, everything: told.append((done, everything)))

    assert first.issued == len(CODES)
    assert told[-1] == (61, 61)
    assert "没有" in first.lines[-1].problem
    before = {line["代码"]: (line["报告编号"], line["校验码"]) for line in listed(first)}
    for line in first.lines[:20]:  # as if it had been stopped before these were written
        (out / f"{line.number}.pdf").unlink()
        (out / f"{line.number}.json").unlink()

    again = services.reports_issue_batch(**arguments)

    assert {line["代码"]: (line["报告编号"], line["校验码"]) for line in listed(again)} == before
    assert IssuedReport.objects.count() == len(CODES)
    for line in again.lines[:-1]:
        for suffix in ("pdf", "json"):
            verdict = services.report_verify(content=(out / f"{line.number}.{suffix}").read_bytes(), now=NOW)
            assert verdict.genuine, verdict.reason
    one = again.lines[3]
    remade = services.report_remake(number=one.number, check_code=one.check_code, now=NOW)
    assert remade.data == (out / f"{one.number}.json").read_bytes()


def test_a_file_without_codes_is_refused(db, tmp_path):
    path = tmp_path / "空.csv"
    path.write_text("单位\n", encoding="utf-8")
    with pytest.raises(errors.BatchUnreadable, match=r"空\.csv"):
        services.reports_issue_batch(path=path, out=tmp_path / "out", now=NOW, actor="test")
