"""The Python client against a served site: it follows cursors, verifies snapshots, and its copy stays what is shown."""

from pathlib import Path

import pytest
from django.db import connection, transaction
from tests.factories.limits import limit_the_site
from tests.factories.portal import TODAY, make_county
from tests.factories.records import NOW

from xinheng.adapters import clock
from xinheng.opendata.services import snapshot_make
from xinheng.publicity.domain import record_bulk_plain
from xinheng.publicity.selectors import bulk_records, displays, law_current
from xinheng.records import services as records
from xinheng.reports.services import report_issue, trust_file
from xinheng.subjects.models import Subject, SubjectCode
from xinheng_client import Client, CursorGone, NotGenuine, Problem, Snapshot, SnapshotUnavailable
from xinheng_client.snapshot import _value

ACT = {"event_date": TODAY, "ground": "演示依据", "actor": "officer-1", "now": NOW}


@pytest.fixture
def site(live_site):
    with clock.fixed(TODAY):
        with transaction.atomic():
            county = make_county()
        yield live_site, county


def shown():
    law = law_current()
    found = list(displays(on_date=clock.today(), law=law))
    return {str(one.record_id): record_bulk_plain(one) for one in bulk_records(records=found, on_date=clock.today(), law=law)}


def make():
    snapshot_make(on_date=clock.today(), now=clock.now(), actor="officer-1")


def test_a_copy_stays_what_is_shown(site, tmp_path):
    address, county = site
    client, trust = Client(address), trust_file(now=clock.now())
    with pytest.raises(SnapshotUnavailable):
        client.snapshot(tmp_path, trust=trust)
    make()
    snapshot = client.snapshot(tmp_path, trust=trust)
    copy = {record["id"]: record for record in snapshot.records()}
    assert copy == shown()
    assert "暂行" in snapshot.manifest["licence"]["text"]

    records.record_hold(record_id=county.penalty, **ACT)
    records.record_undispute(record_id=county.disputed, **ACT)
    place = client.apply_changes(copy, snapshot.number, limit=1)
    assert copy == shown()
    assert str(county.penalty) not in copy
    clock.advance(800)
    place = client.apply_changes(copy, place)
    assert copy == shown()
    assert client.apply_changes(copy, place) == place
    with pytest.raises(SnapshotUnavailable) as refused:
        client.snapshot(tmp_path, trust=trust)
    assert refused.value.code == "opendata.snapshot_overtaken"
    with pytest.raises(CursorGone):
        client.apply_changes(copy, "9" + place)


def test_what_was_not_signed_here_or_was_altered_is_refused(site, tmp_path, settings):
    address, _ = site
    make()
    client, trust = Client(address), trust_file(now=clock.now())
    client.snapshot(tmp_path, trust=trust)
    csv, manifest = tmp_path / "records.csv", tmp_path / "manifest.json"
    whole, signed = csv.read_bytes(), manifest.read_bytes()

    csv.write_bytes(whole.replace("云帆".encode(), "帆云".encode(), 1))
    with pytest.raises(NotGenuine, match="is not the file"):
        Snapshot.verified(tmp_path, trust=trust)
    csv.write_bytes(whole)
    for other in (signed.replace(b'"records":3', b'"records":4'), b"{}", b"x", signed.replace(b"snapshot/1", b"snapshot/2")):
        manifest.write_bytes(other)
        with pytest.raises(NotGenuine):
            Snapshot.verified(tmp_path, trust=trust)
    manifest.write_bytes(signed)
    assert Snapshot.verified(tmp_path, trust=trust).number
    settings.XINHENG_VAR = tmp_path / "elsewhere"
    with pytest.raises(NotGenuine, match="not signed"):
        Snapshot.verified(tmp_path, trust=trust_file(now=clock.now()))


def test_lists_organisations_reports_and_problems(site):
    address, county = site
    client = Client(address)
    for subject in Subject.objects.exclude(uscc=None):
        SubjectCode.objects.get_or_create(subject=subject, code_type=SubjectCode.Type.USCC, code=subject.uscc)
    code = Subject.objects.get(pk=county.company).uscc
    assert client.organisation(code)["code"] == code
    assert [record["id"] for record in client.list("administrative_licence", limit=1)] == [str(county.licence)]
    assert {record["id"] for record in client.records_of(code)} >= {str(county.penalty), str(county.licence)}
    assert client.search("云帆")
    with pytest.raises(Problem) as refused:
        client.organisation("91500236XN9999999X")
    assert (refused.value.status, refused.value.code) == (404, "api.not_found")
    with transaction.atomic():
        issued = report_issue(subject=Subject.objects.get(pk=county.company), now=clock.now(), actor="officer-1")
    assert client.verify_report(number=issued.number, check_code=issued.check_code)["answer"] == "GENUINE"
    assert client.verify_report_file(issued.data)["answer"] == "GENUINE"
    assert client.verify_report_file(issued.pdf + b"x")["answer"] == "ALTERED"
    connection.close()


def test_too_many_are_asked_again_as_told(site, monkeypatch):
    address, _ = site
    limit_the_site(monkeypatch, API="1/m")
    waited = []

    def wait(seconds):
        waited.append(seconds)
        limit_the_site(monkeypatch, API="1/m")

    monkeypatch.setattr("xinheng_client.api.time.sleep", wait)
    client = Client(address)
    assert client.get("/sources")["publication"] == client.get("/sources")["publication"]
    assert len(waited) == 1
    assert 0 < waited[0] <= 60


@pytest.mark.parametrize(
    ("written", "read"), [("'=1+1", "=1+1"), ("''=1", "'=1"), ("'引号'=1", "'引号'=1"), ("a", "a"), ("", "")]
)
def test_what_was_made_safe_for_spreadsheets_is_read_as_it_was(written, read):
    assert _value("subject.name", written, "text") == read


@pytest.mark.parametrize("address", ["ftp://x", "file:///etc/passwd", "credit.example"])
def test_only_addresses_of_the_web(address):
    with pytest.raises(ValueError, match="https"):
        Client(address)


def test_its_readme_names_what_it_has():
    text = (Path(__file__).parents[3] / "clients/python/README.md").read_text()
    for name in ("client.snapshot", "client.apply_changes", "CursorGone", "SnapshotUnavailable", "detail_en"):
        assert name in text
