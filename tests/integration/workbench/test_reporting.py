"""The reporting life of a submission through the pages: two persons, from the file to the record, and back."""

import html
import re
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from tests.factories.accounts import PASSWORD, make_account, set_up_totp, signed_in_client
from tests.factories.intake_world import NOW, ORGAN, file_write, penalty, subject_make
from tests.factories.jobs import jobs_run, jobs_waiting

from xinheng.accounts.domain import Role
from xinheng.adapters import clock
from xinheng.intake.domain import Limits
from xinheng.intake.errors import ReviewedByClerk, SamePerson
from xinheng.intake.models import Amendment, Submission, SubmissionEvent, SubmissionState
from xinheng.intake.services import submission_certify, submission_submit
from xinheng.intake.services._artefacts import artefact
from xinheng.notices.models import Notice
from xinheng.records.models import CurrentRecord
from xinheng.workbench.views import uploading

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _now():
    with clock.fixed(NOW):
        yield


@pytest.fixture
def organisations():
    return [subject_make(number) for number in range(1, 5)]


@pytest.fixture
def clerk():
    return signed_in_client(make_account("wang.ping", Role.CLERK, ORGAN, now=NOW))


@pytest.fixture
def reviewer():
    return signed_in_client(make_account("li.na", Role.REVIEWER, ORGAN, now=NOW))


def upload(client: Client, tmp_path, rows, *, name="处罚.csv", **declared):
    content = file_write(tmp_path / name, rows).read_bytes()
    data = {"organ_code": ORGAN, "item_id": "administrative_penalty", "is_secret_free": "on", **declared}
    return client.post("/workbench/submissions/new/", {**data, "file": SimpleUploadedFile(name, content)}, follow=True)


def at(number: str, *more: str) -> str:
    return "/".join(("/workbench/submissions", number, *more, ""))


def proven(client: Client, address: str, data=None):
    """Post as somebody who has just shown the password once more."""
    answer = client.get(address)
    assert answer.status_code == 302, "asked for the password first"
    assert answer["Location"].startswith("/account/reauthenticate/")
    assert client.post(answer["Location"], {"password": PASSWORD}).status_code == 302
    return client.post(address, data or {}, follow=True)


def cell_of(client: Client, submission: Submission, rule: str) -> str:
    """Return the first way to a cell on the page of a rule."""
    listed = client.get(at(submission.number, "findings", rule)).content.decode()
    found = re.search(r'href="([^"]+/cell/[^"]+)"', listed)
    assert found is not None, listed
    return html.unescape(found[1])


STATEMENTS = {"is_checked": "on", "is_secret_free": "on", "is_understood": "on"}


def checked(client, tmp_path, rows, **more) -> Submission:
    """Return a submission that was uploaded and checked by the job."""
    page = upload(client, tmp_path, rows, **more)
    assert page.status_code == 200, page.content.decode()
    jobs_run()
    return Submission.objects.latest("id")


def test_from_the_upload_to_the_record_by_two_persons(tmp_path, organisations, clerk, reviewer):
    page = upload(clerk, tmp_path, [penalty(1), penalty(2)], is_desensitised="on")
    submission = Submission.objects.get()
    assert f"已收到，批次编号 {submission.number}" in page.content.decode()
    assert (submission.state, submission.clerk) == (SubmissionState.RECEIVED, "wang.ping")
    assert jobs_waiting() == [("intake.submission_advance", {"number": submission.number})]

    jobs_run()
    page = clerk.get(at(submission.number)).content.decode()
    assert "2行中2行可以提交" in page
    assert "演示wang" in page
    page = clerk.post(at(submission.number, "submit"), follow=True).content.decode()
    assert "已提交，等待审核人确认" in page

    assert reviewer.get(at(submission.number)).content.decode().count("审核并确认") >= 1
    page = proven(reviewer, at(submission.number, "certify"), STATEMENTS).content.decode()
    assert "已确认，正在入库" in page
    jobs_run()
    submission.refresh_from_db()
    assert (submission.state, submission.reviewer) == (SubmissionState.PUBLISHED, "li.na")
    assert CurrentRecord.objects.filter(submission_id=submission.number).count() == 2
    actions = list(SubmissionEvent.objects.order_by("id").values_list("action", "actor"))
    assert actions == [
        ("received", "wang.ping"),
        ("landed", "wang.ping"),
        ("checked", "wang.ping"),
        ("matched", "wang.ping"),
        ("submitted", "wang.ping"),
        ("certified", "li.na"),
        ("published", "li.na"),
    ]


def test_without_the_statements_nothing_is_certified(tmp_path, organisations, clerk, reviewer):
    submission = checked(clerk, tmp_path, [penalty(1)])
    clerk.post(at(submission.number, "submit"))
    page = proven(reviewer, at(submission.number, "certify"), {"is_checked": "on"})
    assert page.status_code == 422
    submission.refresh_from_db()
    assert submission.state == SubmissionState.SUBMITTED


def test_nobody_certifies_what_they_reported_themselves(tmp_path, organisations, clerk, reviewer):
    both = make_account("zhao.yi", Role.CLERK, ORGAN, now=NOW)
    submission = checked(clerk, tmp_path, [penalty(1)])
    clerk.post(at(submission.number, "submit"))
    # Through the page: a clerk is no reviewer.
    assert clerk.get(at(submission.number, "certify")).status_code == 403
    # Through the service: neither its clerk nor who explained or amended it.
    with pytest.raises(SamePerson):
        submission_certify(number=submission.number, reviewer="wang.ping", now=NOW)
    SubmissionEvent.objects.create(submission=submission, at=NOW, actor=both.login_name, action="explained")
    with pytest.raises(ReviewedByClerk):
        submission_certify(number=submission.number, reviewer=both.login_name, now=NOW)


def test_sent_back_with_reasons_and_submitted_again(tmp_path, organisations, clerk, reviewer):
    submission = checked(clerk, tmp_path, [penalty(1)])
    clerk.post(at(submission.number, "submit"))
    reviewer.post(at(submission.number, "send-back"), {"ground": ""})
    assert Submission.objects.get().state == SubmissionState.SUBMITTED, "not without a reason"
    reviewer.post(at(submission.number, "send-back"), {"ground": "第2行金额与决定书不符。"})
    assert Submission.objects.get().state == SubmissionState.RETURNED
    page = clerk.get(at(submission.number)).content.decode()
    assert "第2行金额与决定书不符。" in page
    clerk.post(at(submission.number, "submit"))
    assert Submission.objects.get().state == SubmissionState.SUBMITTED


def test_taken_back_by_the_clerk_with_a_reason(tmp_path, organisations, clerk):
    submission = checked(clerk, tmp_path, [penalty(1)])
    clerk.post(at(submission.number, "submit"))
    clerk.post(at(submission.number, "unlock"), {"ground": "漏了一行。"})
    submission.refresh_from_db()
    assert (submission.state, submission.submitted_at) == (SubmissionState.MATCHED, None)


def test_withdrawn_by_the_reviewer_with_a_reason(tmp_path, organisations, clerk, reviewer):
    submission = checked(clerk, tmp_path, [penalty(1)])
    submission_submit(number=submission.number, clerk="wang.ping", now=NOW)
    submission_certify(number=submission.number, reviewer="li.na", now=NOW)
    assert clerk.get(at(submission.number, "withdraw")).status_code == 403
    proven(reviewer, at(submission.number, "withdraw"), {"ground": "整批报错。"})
    submission.refresh_from_db()
    assert submission.state == SubmissionState.WITHDRAWN
    assert set(CurrentRecord.objects.values_list("event", flat=True)) == {"WITHDRAWN"}


def test_another_organs_people_can_do_nothing(tmp_path, organisations, clerk, foreign_clerk):
    submission = checked(clerk, tmp_path, [penalty(1)])
    for act in ("submit", "unlock", "recheck", "give-up"):
        assert foreign_clerk.post(at(submission.number, act), {"ground": "x"}).status_code == 404, act
    for part in ("progress", "cell", "findings/V01"):
        assert foreign_clerk.get(at(submission.number, part)).status_code == 404, part
    for name in ("findings.csv", "marked.xlsx"):
        assert foreign_clerk.get(f"/workbench/submissions/{submission.number}/{name}").status_code == 404
    data = {"organ_code": ORGAN, "is_secret_free": "on", "file": SimpleUploadedFile("a.csv", b"x")}
    answer = foreign_clerk.post("/workbench/submissions/new/", data)
    assert answer.status_code == 422, "not for an organ in which nobody made them a clerk"
    assert Submission.objects.count() == 1


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"is_secret_free": ""}, "这个字段是必填项"),
        ({"organ_code": ""}, "这个字段是必填项"),
    ],
)
def test_an_upload_without_its_declarations_is_told(tmp_path, clerk, changes, told):
    page = upload(clerk, tmp_path, [penalty(1)], **changes)
    assert page.status_code == 422
    assert told in page.content.decode()
    assert not Submission.objects.exists()


def test_a_file_that_is_no_table_is_told_in_words(clerk):
    data = {"organ_code": ORGAN, "is_secret_free": "on", "file": SimpleUploadedFile("图片.xlsx", b"\x89PNG" * 9)}
    clerk.post("/workbench/submissions/new/", data)
    jobs_run()
    submission = Submission.objects.get()
    assert submission.state == SubmissionState.REFUSED
    page = clerk.get(at(submission.number)).content.decode()
    assert "没有接收" in page
    assert "没有保存任何内容" in page
    assert Notice.objects.get().kind == "REFUSED"
    empty = clerk.post("/workbench/submissions/new/", data | {"file": SimpleUploadedFile("空.csv", b"")})
    assert empty.status_code == 422
    assert Submission.objects.count() == 1


def test_a_file_beyond_the_limit_is_thrown_away_while_it_arrives(clerk, monkeypatch, settings):
    monkeypatch.setattr(uploading, "Limits", lambda: Limits(csv_bytes=100_000))
    data = {"organ_code": ORGAN, "is_secret_free": "on", "file": SimpleUploadedFile("大.csv", b"a,b\n" * 50_000)}
    page = clerk.post("/workbench/submissions/new/", data)
    assert page.status_code == 422
    assert "没有保存任何内容" in page.content.decode()
    assert not [path for path in (settings.XINHENG_VAR / "intake").rglob("*") if path.is_file()]


def test_an_upload_needs_the_token_of_its_page(db):
    account = make_account("chen.er", Role.CLERK, ORGAN, now=NOW)
    set_up_totp(account)
    client = Client(enforce_csrf_checks=True)
    client.force_login(account)
    data = {"organ_code": ORGAN, "is_secret_free": "on", "file": SimpleUploadedFile("a.csv", b"x")}
    assert client.post("/workbench/submissions/new/", data).status_code == 403


def test_the_same_file_twice_is_one_submission(tmp_path, organisations, clerk):
    for _ in range(2):
        upload(clerk, tmp_path, [penalty(1)])
    assert Submission.objects.count() == 1


def test_the_page_follows_the_job(tmp_path, organisations, clerk):
    upload(clerk, tmp_path, [penalty(1)])
    number = Submission.objects.get().number
    page = clerk.get(at(number)).content.decode()
    assert "正在检查" in page
    assert 'hx-trigger="every 2s"' in page
    asked = at(number, "progress")
    assert clerk.get(f"{asked}?seen=RECEIVED").status_code == 204, "nothing new"
    assert "办理进度" in clerk.get(f"{asked}?seen=").content.decode()
    file = artefact(number, "progress.json")
    file.write_text('{"what": "match", "done": 23000, "total": 100000}')
    part = clerk.get(f"{asked}?seen=RECEIVED").content.decode()
    assert "已核对23,000 / 100,000行" in part
    assert "办理进度" not in part, "the steps are read out where they changed, and only there"
    assert "已核对23,000 / 100,000行" in clerk.get(at(number)).content.decode()
    file.unlink()
    jobs_run()
    assert clerk.get(f"{asked}?seen=RECEIVED")["HX-Refresh"] == "true"
    assert "hx-trigger" not in clerk.get(at(number)).content.decode()


def test_given_up_before_and_after_the_check(tmp_path, organisations, clerk):
    upload(clerk, tmp_path, [penalty(1)])
    first = Submission.objects.get()
    page = clerk.post(at(first.number, "give-up"), {"ground": "选错了文件"}, follow=True).content.decode()
    assert "已放弃" in page
    jobs_run()
    first.refresh_from_db()
    assert first.state == SubmissionState.WITHDRAWN
    second = checked(clerk, tmp_path, [penalty(1)])
    clerk.post(at(second.number, "give-up"))
    second.refresh_from_db()
    assert second.state == SubmissionState.WITHDRAWN


def test_a_cell_is_put_right_and_checked_again(tmp_path, organisations, clerk, reviewer):
    first = checked(clerk, tmp_path, [penalty(1), penalty(2, CF_NR_FK="")])
    assert first.counts["returned"] == 1
    cell = cell_of(clerk, first, "V05")
    assert "保存改正" in clerk.get(cell).content.decode()
    assert "保存改正" not in reviewer.get(cell).content.decode()
    page = clerk.post(cell, {"value": " 2.000000 "}, follow=True).content.decode()
    assert "已改正，重新检查后生效" in page
    made = Amendment.objects.get()
    assert (made.row, made.field, made.before, made.after, made.actor) == (3, "CF_NR_FK", "", "2.000000", "wang.ping")

    page = clerk.post(at(first.number, "recheck"), follow=True).content.decode()
    assert "正在重新检查" in page
    jobs_run()
    first.refresh_from_db()
    second = Submission.objects.latest("id")
    assert (first.state, second.state) == (SubmissionState.SUPERSEDED, SubmissionState.MATCHED)
    assert (second.supersedes_id, second.file_sha256) == (first.pk, first.file_sha256)
    assert second.counts["accepted"] == 2
    assert second.original.destroy_after == first.original.destroy_after
    assert first.original.wrapped_key is None, "one copy under one key"
    clerk.post(at(second.number, "submit"))
    proven(reviewer, at(second.number, "certify"), STATEMENTS)
    jobs_run()
    record = CurrentRecord.objects.get(document_no_key="奉市监罚字〔2026〕2号")
    assert record.fine_fen == 2_000_000


def test_no_personal_number_comes_in_by_an_amendment(tmp_path, organisations, clerk):
    submission = checked(clerk, tmp_path, [penalty(1), penalty(2, CF_NR_FK="")])
    cell = cell_of(clerk, submission, "V05").replace("CF_NR_FK", "CF_SY")
    page = clerk.post(cell, {"value": "当事人11010519491231002X销售过期食品"})
    assert page.status_code == 422
    assert "没有保存" in page.content.decode()
    assert not Amendment.objects.exists()


def test_what_must_be_explained_is_explained_once_for_all_rows(tmp_path, organisations, clerk):
    late = NOW - timedelta(days=60)
    rows = [penalty(n, CF_JDRQ=f"{late:%Y-%m-%d}", CF_YXQ=f"{late + timedelta(days=365):%Y-%m-%d}") for n in (1, 2)]
    submission = checked(clerk, tmp_path, rows)
    page = clerk.post(at(submission.number, "submit"), follow=True).content.decode()
    assert "需要说明原因（V17）" in page
    submission.refresh_from_db()
    assert submission.state == SubmissionState.MATCHED
    clerk.post(at(submission.number, "findings/V17/explain"), {"text": "系统升级，停报一个月。"})
    assert "系统升级，停报一个月。" in clerk.get(at(submission.number)).content.decode()
    clerk.post(at(submission.number, "submit"))
    submission.refresh_from_db()
    assert submission.state == SubmissionState.SUBMITTED
    clerk.post(at(submission.number, "findings/V17/explain"), {"text": "提交以后再改"})
    assert submission.explanations.count() == 1, "locked"


def test_the_marked_workbook_and_the_list(tmp_path, organisations, clerk):
    submission = checked(clerk, tmp_path, [penalty(1), penalty(2, CF_NR_FK="")])
    file = f"/workbench/submissions/{submission.number}/marked.xlsx"
    assert clerk.get(file).status_code == 302, "nobody had it made"
    assert "还没有做" in clerk.get(at(submission.number, "marked")).content.decode()
    assert "正在做" in clerk.post(at(submission.number, "marked"), follow=True).content.decode()
    assert clerk.get(file).status_code == 302, "it is being made"
    assert [name for name, _ in jobs_waiting()] == ["intake.workbook_make"]
    assert "HX-Refresh" not in clerk.get(at(submission.number, "marked", "progress"))
    jobs_run()
    assert clerk.get(at(submission.number, "marked", "progress"))["HX-Refresh"] == "true"
    assert "标出了1处问题" in clerk.get(at(submission.number, "marked")).content.decode()
    answer = clerk.get(file)
    assert b"".join(answer.streaming_content).startswith(b"PK")
    assert answer["Cache-Control"] == "no-store"
    told = SubmissionEvent.objects.filter(actor="wang.ping", action__startswith="marked_workbook")
    assert list(told.order_by("id").values_list("action", flat=True)) == ["marked_workbook_made", "marked_workbook_read"]
    answer = clerk.get(f"/workbench/submissions/{submission.number}/findings.csv")
    assert "V05" in b"".join(answer.streaming_content).decode()


def test_those_concerned_are_told_and_nobody_else(tmp_path, organisations, clerk, reviewer, foreign_clerk):
    submission = checked(clerk, tmp_path, [penalty(1), penalty(2, CF_NR_FK="")])
    clerk.post(at(submission.number, "submit"))
    told = list(Notice.objects.order_by("id").values_list("account__login_name", "kind"))
    assert told == [("wang.ping", "CHECKED"), ("li.na", "SUBMITTED")]
    assert "通知（1条未看）" in reviewer.get("/workbench/").content.decode()
    page = reviewer.get("/workbench/notices/").content.decode()
    assert f"批次 {submission.number}：等你审核确认。" in page
    for word in ("处罚.csv", "演示夔门", "wang"):
        assert word not in page
    reviewer.post("/workbench/notices/seen/", {"up_to": Notice.objects.latest("id").pk})
    assert "条未看" not in reviewer.get("/workbench/").content.decode()
    reviewer.post(at(submission.number, "send-back"), {"ground": "秘密的理由"})
    mine = clerk.get("/workbench/notices/").content.decode()
    assert "已退回，等你改正。最近的报送期限还剩" in mine
    assert "秘密的理由" not in mine
    assert "没有通知" in foreign_clerk.get("/workbench/notices/").content.decode()


def test_home_says_what_waits_and_until_when(tmp_path, organisations, clerk, reviewer):
    submission = checked(clerk, tmp_path, [penalty(1), penalty(2, CF_NR_FK="")])
    page = clerk.get("/workbench/").content.decode()
    assert "1个批次检查完了，等你提交审核或改正" in page
    assert "最近的报送期限还剩" in page
    assert "有什么变化" in page
    clerk.post(at(submission.number, "submit"))
    assert "1个批次等你审核确认" in reviewer.get("/workbench/").content.decode()


def test_pages_ask_the_database_a_few_times(tmp_path, organisations, clerk, django_assert_max_num_queries):
    submission = checked(clerk, tmp_path, [penalty(1), penalty(2, CF_NR_FK=""), penalty(3, CF_NR_FK="")])
    clerk.get(at(submission.number))  # what is read once
    with django_assert_max_num_queries(22):
        clerk.get(at(submission.number))
    with django_assert_max_num_queries(16):
        clerk.get("/workbench/")
