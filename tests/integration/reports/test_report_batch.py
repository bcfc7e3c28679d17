"""Many reports by one command: one each, the same after a stop, all of them genuine."""

import csv
from concurrent.futures.process import BrokenProcessPool

import pytest
from tests.factories.displays import make_record
from tests.factories.records import make_subject
from tests.integration.reports import killed_batch
from tests.integration.reports.conftest import NOW

from xinheng.adapters.processes import process_pool
from xinheng.reports import errors, services
from xinheng.reports.models import IssuedReport
from xinheng.reports.selectors import subject_found
from xinheng.reports.services import issue as issuing
from xinheng.reports.services import once
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


@pytest.mark.unbreakable
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


@pytest.mark.unbreakable
def test_killed_anywhere_and_started_again(county, tmp_path):
    """Before a page, before its data, after a whole report: every code has one report, and all of them are genuine."""
    few = CODES[:6]
    path, out = tmp_path / "代码.csv", tmp_path / "报告"
    path.write_text("\n".join(few), encoding="utf-8")
    arguments = {"path": path, "out": out, "now": NOW, "actor": "test"}
    for at in (1, 3, 4):
        with process_pool(1) as pool, pytest.raises(BrokenProcessPool):
            pool.submit(killed_batch.batch, at=at, **arguments).result()
    assert 0 < IssuedReport.objects.count() < len(few)

    done = services.reports_issue_batch(**arguments, workers=1)

    assert done.issued == IssuedReport.objects.count() == len(few)
    assert sorted(file.name for file in out.glob("*.pdf")) == sorted(line.file for line in done.lines)
    for line in done.lines:
        assert services.report_verify(content=(out / line.file).read_bytes(), now=NOW).genuine
        assert services.report_verify(content=(out / f"{line.number}.json").read_bytes(), now=NOW).genuine


def test_what_a_stopped_run_issues_meanwhile_is_taken(county, tmp_path, monkeypatch):
    """A process of a run that was killed may still be at its portion when the batch is started again."""
    path = tmp_path / "代码.csv"
    path.write_text(CODES[0], encoding="utf-8")
    arguments = {"path": path, "now": NOW, "actor": "test", "workers": 1, "out": tmp_path / "报告"}
    issue = once.report_issue

    def both(**how):
        issue(**how)
        return issue(**how)

    monkeypatch.setattr(once, "report_issue", both)
    done = services.reports_issue_batch(**arguments)
    assert done.issued == IssuedReport.objects.count() == 1
    assert services.report_verify(content=(tmp_path / "报告" / done.lines[0].file).read_bytes(), now=NOW).genuine


def test_a_number_drawn_twice_is_drawn_again(county, monkeypatch):
    drawn = iter(["FJ20261122103201000001", "FJ20261122103201000001", "FJ20261122103201000002"])
    monkeypatch.setattr(issuing, "report_number", lambda **_: next(drawn))
    subject = subject_found(text=CODES[0])
    made = [services.report_issue(subject=subject, now=NOW, actor="test") for _ in range(2)]
    assert [one.number for one in made] == ["FJ20261122103201000001", "FJ20261122103201000002"]


def test_a_file_without_codes_is_refused(db, tmp_path):
    path = tmp_path / "空.csv"
    path.write_text("单位\n", encoding="utf-8")
    with pytest.raises(errors.BatchUnreadable, match=r"空\.csv"):
        services.reports_issue_batch(path=path, out=tmp_path / "out", now=NOW, actor="test")
