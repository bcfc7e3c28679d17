"""Snapshots, changes and report verification by API say what the doors behind them say."""

import hashlib
import json

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from tests.factories.portal import TODAY, make_county
from tests.factories.records import NOW

from xinheng.adapters import clock
from xinheng.opendata.services import snapshot_make
from xinheng.records import services as records
from xinheng.reports.services import report_issue
from xinheng.subjects.models import Subject

pytestmark = pytest.mark.django_db
ROOT = "/api/v1"
ACT = {"event_date": TODAY, "ground": "演示依据", "actor": "officer-1", "now": NOW}


@pytest.fixture(autouse=True)
def _on_the_day():
    with clock.fixed(TODAY):
        yield


@pytest.fixture
def county():
    return make_county()


def make():
    return snapshot_make(on_date=clock.today(), now=clock.now(), actor="officer-1").snapshot


def get(client, path, **query):
    return client.get(ROOT + path, query)


class TestSnapshots:
    def test_before_the_first_there_is_none_and_that_is_said(self, client, county):
        assert get(client, "/snapshots").json() == {"state": "NONE", "newest": None, "made": []}
        refused = get(client, "/snapshots/newest/records.csv")
        assert (refused.status_code, refused.json()["code"]) == (404, "opendata.no_snapshot")

    def test_every_file_is_what_the_signed_manifest_says(self, client, county):
        snapshot = make()
        newest = get(client, "/snapshots").json()["newest"]
        assert newest["number"] == snapshot.manifest.number
        signed = client.get(newest["manifest"])
        manifest = json.loads(b"".join(signed.streaming_content))["manifest"]
        for file, told in zip(manifest["files"], newest["files"], strict=True):
            response = client.get(told["url"])
            content = b"".join(response.streaming_content)
            assert hashlib.sha256(content).hexdigest() == file["sha256"] == told["sha256"]
            assert response["Cache-Control"] == "no-store"
            assert len(content) == told["bytes"]

    @pytest.mark.parametrize("path", ["1.20261122.0.0123456789ab/records.csv", "newest/newest.csv", "newest/lock.txt"])
    def test_nothing_else_is_given(self, client, county, path):
        make()
        assert get(client, f"/snapshots/{path}").status_code == 404

    def test_what_was_overtaken_is_gone_until_there_is_another(self, client, county):
        make()
        records.record_hold(record_id=county.penalty, **ACT)
        told = get(client, "/snapshots").json()
        assert (told["state"], told["newest"], len(told["made"])) == ("OVERTAKEN", None, 1)
        refused = get(client, "/snapshots/newest/records.parquet")
        assert (refused.status_code, refused.json()["code"]) == (410, "opendata.snapshot_overtaken")
        assert refused.json()["detail_en"]
        make()
        assert get(client, "/snapshots").json()["state"] == "AVAILABLE"


class TestChanges:
    def test_put_remove_and_the_next_place(self, client, county):
        number = make().manifest.number
        assert get(client, "/changes", after=number).json()["changes"] == []
        records.record_hold(record_id=county.penalty, **ACT)
        records.record_undispute(record_id=county.disputed, **ACT)
        told = get(client, "/changes", after=number).json()
        assert {one["id"]: one["change"] for one in told["changes"]} == {
            str(county.penalty): "remove",
            str(county.disputed): "put",
        }
        (removed,) = [one for one in told["changes"] if one["change"] == "remove"]
        assert set(removed) == {"change", "id", "record"}
        assert removed["record"] is None
        (put,) = [one["record"] for one in told["changes"] if one["record"]]
        whole = get(client, f"/records/{county.disputed}").json()["record"]
        del whole["reasons"]
        assert put == whole
        assert get(client, "/changes", after=told["next"]).json() == told | {"changes": [], "next": told["next"], "more": False}

    def test_pages_follow_one_another(self, client, county):
        number = make().manifest.number
        for record in (county.penalty, county.licence):
            records.record_hold(record_id=record, **ACT)
        first = get(client, "/changes", after=number, limit=1).json()
        second = get(client, "/changes", after=first["next"], limit=1).json()
        assert (first["more"], second["more"]) == (True, False)
        assert {first["changes"][0]["id"], second["changes"][0]["id"]} == {str(county.penalty), str(county.licence)}

    @pytest.mark.parametrize(
        ("after", "status", "code"),
        [
            ("x", 422, "api.invalid"),
            ("", 422, "api.invalid"),
            ("1.20261399.0.0123456789ab", 410, "opendata.cursor_gone"),
            ("1.20261122.0.0123456789ab", 410, "opendata.cursor_gone"),
        ],
    )
    def test_what_is_no_place_is_said(self, client, county, after, status, code):
        refused = get(client, "/changes", after=after)
        assert (refused.status_code, refused.json()["code"]) == (status, code)

    def test_the_end_of_a_display_is_told_by_the_clock_alone(self, client, county):
        number = make().manifest.number
        clock.advance(800)
        told = get(client, "/changes", after=number).json()["changes"]
        assert {one["id"] for one in told if one["change"] == "remove"} >= {str(county.penalty), str(county.disputed)}
        assert all(one["record"] is None for one in told if one["change"] == "remove")


def test_open_data_asks_little(client, county, django_assert_max_num_queries):
    number = make().manifest.number
    for record in (county.penalty, county.licence):
        records.record_hold(record_id=record, **ACT)
    for path in ("/snapshots", f"/changes?after={number}", f"/changes?after={number}&limit=1"):
        with django_assert_max_num_queries(8):
            assert client.get(ROOT + path).status_code == 200


class TestReports:
    def ask(self, client, **asked):
        return client.post(f"{ROOT}/reports/verification/number", asked, content_type="application/json").json()

    def test_by_number_and_by_file(self, client, county):
        issued = report_issue(subject=Subject.objects.get(pk=county.company), now=clock.now(), actor="officer-1")
        assert self.ask(client, number=issued.number, check_code=issued.check_code)["answer"] == "GENUINE"
        assert self.ask(client, number=issued.number, check_code="XXXX-XXXX-XXXX")["answer"] == "UNKNOWN"
        for content, answer in ((issued.data, "GENUINE"), (issued.data.replace(b"1", b"2", 1), "ALTERED"), (b"x", "UNKNOWN")):
            file = SimpleUploadedFile("report.json", content)
            told = client.post(f"{ROOT}/reports/verification/file", {"file": file}).json()
            assert told["answer"] == answer
            assert told["text_en"]
        records.record_hold(record_id=county.penalty, **ACT)
        assert self.ask(client, number=issued.number, check_code=issued.check_code)["answer"] == "CHANGED"

    def test_nothing_that_was_asked_is_in_an_address(self, client, county):
        assert client.get(f"{ROOT}/reports/verification/number").status_code == 405


def test_the_catalogue_says_measures_clocks_and_lists_with_their_ground(client, county):
    told = get(client, "/catalogue").json()
    for part in ("items", "measures", "lists"):
        assert told[part]
        assert all(one["basis"] and one["confidence"] for one in told[part])
    assert all(version["basis"] for one in told["clocks"] for version in one["versions"])
    assert not any("自然人" in one["title"] for one in told["measures"])


@pytest.mark.parametrize(("accepts", "coding"), [("gzip", "gzip"), ("gzip, zstd", "zstd"), ("identity", "")])
def test_answers_are_packed_as_the_client_can(client, county, accepts, coding):
    response = client.get(f"{ROOT}/catalogue", headers={"accept-encoding": accepts})
    assert response.headers.get("Content-Encoding", "") == coding
    again = client.get(f"{ROOT}/catalogue", headers={"accept-encoding": accepts, "if-none-match": response["ETag"]})
    assert again.status_code == 304


def test_snapshot_files_are_not_packed_anew_for_everybody(client, county):
    make()
    response = client.get(f"{ROOT}/snapshots/newest/records.csv", headers={"accept-encoding": "gzip, zstd"})
    assert "Content-Encoding" not in response.headers
    assert int(response["Content-Length"]) > 0
