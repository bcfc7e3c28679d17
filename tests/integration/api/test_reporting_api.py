"""The door for systems: rows come in once, are checked as a file is, wait for a person; nobody reaches another's."""

import csv
import json
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connection, connections
from django.test import Client
from tests.factories.accounts import OTHER_ORGAN
from tests.factories.intake_files import real_catalogue
from tests.factories.intake_world import NOW, ORGAN, landed_bytes, penalty, subject_make
from tests.factories.jobs import jobs_waiting
from tests.factories.systems import PENALTY, Door, make_system, token_of

from xinheng.accounts.domain import Purpose, scope_of
from xinheng.accounts.services import client_revoke_from_server
from xinheng.adapters import clock
from xinheng.audit.models import Event
from xinheng.exchange.models import ReportDraft, ReportKey, ReportPart
from xinheng.exchange.services import drafts_lapse
from xinheng.intake.models import Submission, SubmissionFinding
from xinheng.intake.services import submission_advance, submission_certify, submission_receive, submission_return
from xinheng.records.models import CurrentRecord


@pytest.fixture(autouse=True)
def _today():
    with clock.fixed(NOW):
        yield


@pytest.fixture
def system(db):
    return make_system()


@pytest.fixture
def door(system):
    return Door(token_of(system))


def rows_of_every_kind():
    """Return rows that are fine, wrong in several ways, doubtful, repeated, and of a person."""
    return [
        penalty(1),
        penalty(2, subject=1, CF_XDR_SHXYM="91500236"),
        penalty(3, subject=1, CF_JDRQ="昨天", CF_NR_FK="两万"),
        penalty(4, subject=1, CF_NR="电话13812345678，罚款"),
        penalty(5, subject=99, CF_XDR_SHXYM=""),
        penalty(1),
        penalty(
            6, CF_XDR_LB="自然人", CF_XDR_MC="演示张三", CF_XDR_SHXYM="", CF_XDR_ZJLX="身份证", CF_XDR_ZJHM="11010519491231002X"
        ),
        penalty(7, subject=1, CF_WFXW='含有,逗号、"引号"\n和换行'),
    ]


def file_write(path, rows):
    """Write the rows as a department does: every column of the template, and those for documents that it added itself."""
    used = {key for row in rows for key in row}
    fields = [one for one in real_catalogue().item(PENALTY).fields if not one.identity_document or one.key in used]
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow([one.title for one in fields])
        writer.writerows([row.get(one.key, "") for one in fields] for row in rows)
    return path


def findings_of(number):
    names = (
        "sheet",
        "row",
        "column",
        "field",
        "value",
        "rule",
        "severity",
        "message",
        "expected",
        "fix",
        "ground",
        "confidence",
    )
    found = (
        SubmissionFinding.objects.filter(submission__number=number)
        .order_by("row", "field", "rule", "message")
        .values_list(*names)
    )
    # The sheet of a CSV is its file's name.
    return [values[1:] for values in found]


def test_the_same_rows_by_file_and_by_api_have_the_same_findings(door, tmp_path):
    subject_make(1)
    rows = rows_of_every_kind()
    report = door.send(rows)
    told = door.get(f"/{report}").json()
    by_api = told["number"]
    by_file = submission_receive(
        path=file_write(tmp_path / "处罚.csv", rows), organ_code=ORGAN, clerk="demo.clerk", item_id=PENALTY, now=NOW
    ).number
    submission_advance(number=by_file, actor="demo.clerk", now=NOW)
    assert findings_of(by_api) == findings_of(by_file)
    assert len(findings_of(by_api)) >= 5
    one, other = Submission.objects.get(number=by_api), Submission.objects.get(number=by_file)
    assert one.counts == other.counts
    assert one.state == other.state == told["state"]
    listed = door.get(f"/{report}/findings?limit=500").json()
    assert len(listed["findings"]) == len(findings_of(by_api))
    assert {found["sent"] for found in listed["findings"]} >= {2, 3}
    first = door.get(f"/{report}/findings?limit=2").json()
    following = door.get(f"/{report}/findings?limit=500&after={first['next']}").json()
    assert first["findings"] + following["findings"] == listed["findings"]
    assert Event.objects.filter(action="exchange.findings.read", actor=one.clerk).count() == 3


def test_a_system_reports_and_a_person_certifies(door, system):
    subject_make(1)
    report = door.begin(desensitised=True)
    lines = "\n".join(json.dumps(penalty(number, subject=1), ensure_ascii=False) for number in (1, 2)).encode()
    response = door.post(f"/{report}/rows", lines, content_type="application/x-ndjson")
    assert response.json() == {"id": report, "appended": 2, "rows": 2}
    assert door.post(f"/{report}/rows", {"rows": [penalty(3, subject=1)]}).json()["rows"] == 3
    assert door.post(f"/{report}/submit").status_code == 409
    number = door.post(f"/{report}/check").json()["number"]
    assert not jobs_waiting()
    assert door.get(f"/{report}").json()["counts"]["accepted"] == 3
    assert door.post(f"/{report}/rows", {"rows": [penalty(4)]}).status_code == 409
    told = door.post(f"/{report}/submit").json()
    assert (told["state"], told["number"]) == ("SUBMITTED", number)
    submission = Submission.objects.get(number=number)
    assert submission.clerk == f"client:{system.client.pk}"
    assert submission.is_desensitised
    assert not CurrentRecord.objects.exists()
    submission_certify(number=number, reviewer="account:7", now=NOW)
    assert door.get(f"/{report}").json()["state"] == "PUBLISHED"
    assert CurrentRecord.objects.count() == 3


def test_no_system_certifies(door):
    subject_make(1)
    report = door.send([penalty(1)])
    door.post(f"/{report}/submit")
    number = door.get(f"/{report}").json()["number"]
    with pytest.raises(Exception, match="submission_certified_by_a_person"):
        submission_certify(number=number, reviewer="client:999", now=NOW)


def test_what_is_asked_is_explained_and_a_returned_report_replaced(door, system):
    subject_make(1)
    late = {"CF_JDRQ": "2026-01-15", "CF_YXQ": "2027-01-15"}
    first = door.send([penalty(1), penalty(2, subject=1, **late), penalty(3, subject=1, **late)])
    refused = door.post(f"/{first}/submit")
    assert (refused.status_code, refused.json()["code"]) == (409, "intake.not_explained")
    said = {"rule": "V17", "text": "系统升级 13800138000"}
    one = door.post(f"/{first}/explanations", said | {"sent": 2})
    assert one.status_code == 201, one.content
    assert (one.json()["waiting"], "13800138000" in one.json()["text"]) == (["V17"], False)
    assert door.post(f"/{first}/explanations", said | {"sent": 1}).json()["code"] == "intake.cell_not_found"
    assert door.post(f"/{first}/explanations", said | {"text": " "}).json()["code"] == "intake.reason_missing"
    for wrong in ({"text": "a\x00b"}, {"text": ""}, {"rule": "?"}, {"sent": 0}, {"more": 1}):
        assert door.post(f"/{first}/explanations", said | wrong).json()["code"] == "api.invalid"
    assert door.post(f"/{first}/explanations", said | {"sent": 3}).json()["waiting"] == []
    told = door.get(f"/{first}/findings").json()["findings"]
    assert {found["sent"] for found in told if found["explanation"].startswith("系统升级")} == {2, 3}
    assert door.post(f"/{first}/submit").json()["state"] == "SUBMITTED"
    number = door.get(f"/{first}").json()["number"]

    asked = {"item": PENALTY, "secret_free": True, "supersedes": first}
    assert door.post("", asked).json()["code"] == "exchange.draft_not_returned", "it waits for review"
    submission_return(number=number, reviewer="account:7", reason="第2行金额不符", now=NOW)
    assert door.post("", asked | {"supersedes": "00000000-0000-4000-8000-000000000000"}).status_code == 404
    assert Door(token_of(make_system("另一个系统"))).post("", asked).status_code == 404, "another system's is not found"
    second = door.begin(supersedes=first)
    assert door.get(f"/{first}").json()["state"] == "RETURNED", "not before the check"
    door.post(f"/{second}/rows", {"rows": [penalty(1), penalty(2, subject=1, CF_NR_FK="3.000000")]})
    door.post(f"/{second}/check")
    assert door.get(f"/{first}").json()["state"] == "SUPERSEDED"
    told = door.get(f"/{second}").json()
    assert (told["state"], told["supersedes"]) == ("MATCHED", first)
    assert Submission.objects.get(number=told["number"]).supersedes.number == number


class TestOnce:
    def test_what_was_kept_is_not_told_to_a_token_for_less(self, system):
        body = {"item": PENALTY, "secret_free": True}
        assert Door(token_of(system)).post("", body, key="key-once-1").status_code == 201
        follows = Door(token_of(system, scope=scope_of(Purpose.FOLLOW, PENALTY)))
        refused = follows.post("", body, key="key-once-1")
        assert (refused.status_code, refused.json()["code"]) == (403, "exchange.scope_not_granted")

    def test_sent_again_it_is_done_once_and_answered_the_same(self, door):
        subject_make(1)
        first = door.post("", {"item": PENALTY, "secret_free": True}, key="one-request")
        again = door.post("", {"item": PENALTY, "secret_free": True}, key="one-request")
        assert first.json() == again.json()
        assert first.status_code == again.status_code == 201
        assert (first.get("Idempotency-Replayed"), again["Idempotency-Replayed"]) == (None, "true")
        report = first.json()["id"]
        for _ in range(3):
            assert door.post(f"/{report}/rows", {"rows": [penalty(1)]}, key="same-rows").json()["rows"] == 1
        for _ in range(2):
            assert door.post(f"/{report}/check", key="the-check").status_code == 202
        assert Submission.objects.count() == 1
        before = door.post(f"/{report}/submit", key="the-submit").json()
        assert door.post(f"/{report}/submit", key="the-submit").json() == before

    def test_the_key_of_another_request_is_refused(self, door):
        report = door.begin()
        door.post(f"/{report}/rows", {"rows": [penalty(1)]}, key="same-key")
        for path, body in ((f"/{report}/rows", {"rows": [penalty(2)]}), (f"/{report}/check", {})):
            response = door.post(path, body, key="same-key")
            assert (response.status_code, response.json()["code"]) == (409, "exchange.idempotency_key_reused")
        assert ReportDraft.objects.get(pk=report).row_count == 1

    def test_what_was_refused_is_done_when_it_is_mended(self, door):
        report = door.begin()
        assert door.post(f"/{report}/check", key="the-check").json()["code"] == "exchange.draft_empty"
        door.post(f"/{report}/rows", {"rows": [penalty(1)]})
        assert door.post(f"/{report}/check", key="the-check").status_code == 202

    def test_the_same_key_of_another_system_is_another_key(self, door):
        other = Door(token_of(make_system("另一个系统")))
        assert door.begin() != other.post("", {"item": PENALTY, "secret_free": True}, key="key-000001").json()["id"]

    def test_without_a_key_nothing_is_done(self, door):
        for key in ("", "short", "x" * 65, "with space"):
            more = {"HTTP_IDEMPOTENCY_KEY": key} if key else {}
            response = Client().post(
                "/api/v1/submissions",
                json.dumps({"item": PENALTY, "secret_free": True}),
                content_type="application/json",
                HTTP_AUTHORIZATION=f"Bearer {door.token}",
                **more,
            )
            assert response.status_code == 422
        assert not ReportDraft.objects.exists()

    def test_two_at_the_same_time_are_one(self, fresh_database):
        door = Door(token_of(make_system()))
        report = door.begin()

        def send(_):
            try:
                return door.post(f"/{report}/rows", {"rows": [penalty(1)]}, key="at-the-same-time").json()
            finally:
                connections.close_all()

        with ThreadPoolExecutor(4) as pool:
            answers = list(pool.map(send, range(4)))
        assert all(answer == {"id": report, "appended": 1, "rows": 1} for answer in answers)
        assert ReportPart.objects.count() == ReportKey.objects.filter(key="at-the-same-time").count() == 1


_BODIES = {"/explanations": {"rule": "V17", "text": "系统升级"}}


class TestRefusals:
    def test_only_a_token_in_the_header(self, door, client):
        report = door.begin()
        for path in (f"/{report}?access_token={door.token}", f"/{report}"):
            response = client.get(f"/api/v1/submissions{path}")
            assert response.status_code == 401
            assert response["WWW-Authenticate"].startswith("Bearer")
            assert response.json()["code"] == "api.token_needed"
        for header in (f"Basic {door.token}", "Bearer", "Bearer ", f"Bearer {door.token}x", door.token):
            assert client.get(f"/api/v1/submissions/{report}", HTTP_AUTHORIZATION=header).status_code == 401

    def test_scopes_are_per_item_and_purpose(self, door):
        report = door.begin()
        response = door.post("", {"item": "administrative_licence", "secret_free": True})
        assert (response.status_code, response.json()["code"]) == (403, "exchange.scope_not_granted")
        assert "detail_en" in response.json()
        letter = make_system("只看的系统", purposes=[Purpose.FOLLOW])
        looker = Door(token_of(letter))
        assert looker.post("", {"item": PENALTY, "secret_free": True}).status_code == 403
        writer = Door(token_of(make_system("只报的系统", purposes=[Purpose.REPORT])))
        own = writer.begin()
        assert writer.get(f"/{own}").status_code == writer.get(f"/{own}/findings").status_code == 403
        assert looker.get(f"/{report}").status_code == 404

    def test_another_systems_report_is_not_found(self, door, record_property):
        subject_make(1)
        report = door.send([penalty(1)])
        tried = 0
        for other in (make_system("同单位"), make_system("他单位", organ=OTHER_ORGAN)):
            stranger = Door(token_of(other))
            for path in ("", "/rows", "/check", "/submit", "/findings", "/explanations"):
                response = (
                    stranger.get(f"/{report}{path}")
                    if path in {"", "/findings"}
                    else stranger.post(f"/{report}{path}", _BODIES.get(path, {"rows": [penalty(9)]}))
                )
                tried += 1
                assert (response.status_code, response.json()["code"]) == (404, "exchange.draft_not_found")
        record_property("refusals_tried_by_route", tried)

    def test_a_system_that_was_closed_out_is_out(self, door, system):
        client_revoke_from_server(client_id=system.client.pk, ground="停用", person="机房值班", now=NOW)
        assert door.post("", {"item": PENALTY, "secret_free": True}).status_code == 401

    @pytest.mark.parametrize(
        "body",
        [
            b"", b"{", b"[]", b"\xff\xfe", b"{}", b'{"rows": []}', b'{"rows": [1]}', b'{"rows": [{"CF_WSH": [1]}]}',
            b'{"rows": [{"CF_WSH": true}]}', b'{"rows": [{"NOT_A_FIELD": "x"}]}', b'{"rows": [{"CF_WSH": "a\\u0000b"}]}',
            b'{"rows": [{"CF_WSH": "\\ud800"}]}', b'{"rows": [{"CF_WSH": "a", "document_no": "b"}]}', b'{"rows": {"a": 1}}',
            b'{"rows": [{"CF_WSH": NaN}]}', b'{"rows": [{"CF_WSH": 1e999}]}', b"[" * 100_000, b'{"rows": [{}], "more": 1}',
            json.dumps({"rows": [{"CF_WSH": "x" * 40_000}]}).encode(), json.dumps({"rows": [{}] * 2_001}).encode(),
        ],
    )  # fmt: skip
    def test_rows_that_are_no_rows_are_told_and_none_is_taken(self, door, body):
        report = door.begin()
        response = door.post(f"/{report}/rows", body)
        assert (response.status_code, response.json()["code"]) == (422, "exchange.rows_not_read"), response.content
        assert ReportDraft.objects.get(pk=report).row_count == 0

    def test_a_request_that_is_too_large(self, door):
        report = door.begin()
        response = door.post(f"/{report}/rows", b'{"rows": [{"CF_WSH": "' + b"x" * 3_000_000 + b'"}]}')
        assert (response.status_code, response.json()["code"]) == (413, "api.too_large")

    def test_a_report_holds_so_many_rows(self, door, monkeypatch):
        monkeypatch.setattr("xinheng.exchange.services.reporting.ROWS_AT_MOST", 2)
        report = door.begin()
        response = door.post(f"/{report}/rows", {"rows": [penalty(1)] * 3})
        assert (response.status_code, response.json()["code"]) == (409, "exchange.too_many_rows_in_draft")

    def test_without_the_declaration_nothing_begins(self, door):
        for body in (
            {"item": PENALTY},
            {"item": PENALTY, "secret_free": False},
            {"item": PENALTY, "secret_free": True, "x": 1},
        ):
            assert door.post("", body).status_code == 422

    def test_an_item_that_is_gone(self, db):
        door = Door(token_of(make_system(items=["no_such_item"])))
        response = door.post("", {"item": "no_such_item", "secret_free": True})
        assert (response.status_code, response.json()["code"]) == (422, "exchange.item_not_reported")


class TestProtected:
    def test_no_plain_row_is_kept_before_or_after_the_check(self, door, tmp_path, settings):
        """P16: what a system sent is sealed; the parts go with the check, the original with its retention."""
        person = "11010519491231002X"
        report = door.begin()
        door.post(f"/{report}/rows", {"rows": rows_of_every_kind()})
        assert person not in self.everything(settings)
        door.post(f"/{report}/check")
        assert person not in self.everything(settings)
        assert "演示张三" not in self.everything(settings)
        assert not ReportPart.objects.exists()
        assert ReportDraft.objects.get().wrapped_key is None

    def everything(self, settings):
        texts = [landed_bytes(settings.XINHENG_VAR).decode(errors="replace")] if settings.XINHENG_VAR.exists() else []
        with connection.cursor() as cursor:
            # Partitions are read through their table.
            cursor.execute(
                "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p')"
                " AND NOT relispartition"
            )
            for (table,) in cursor.fetchall():
                cursor.execute(f"SELECT coalesce(string_agg(t::text, ' '), '') FROM {table} t")
                texts.append(cursor.fetchone()[0])
        return " ".join(texts)

    def test_a_draft_that_nobody_finishes_lapses_with_its_key(self, door):
        report = door.begin()
        door.post(f"/{report}/rows", {"rows": [penalty(1)]})
        assert drafts_lapse(now=NOW + timedelta(days=6)) == 0
        assert drafts_lapse(now=NOW + timedelta(days=8)) == 1
        assert drafts_lapse(now=NOW + timedelta(days=8)) == 0
        assert not ReportPart.objects.exists()
        assert not ReportKey.objects.exists()
        told = door.get(f"/{report}").json()
        assert told["state"] == "LAPSED"
        assert door.post(f"/{report}/check").json()["code"] == "exchange.draft_not_open"
