"""A snapshot is what every door shows, proves itself, appears whole, and is given away only while all of it may be shown."""

import csv
import json
import os
import subprocess
import sys
from datetime import date, timedelta
from pathlib import Path

import polars as pl
import pytest
from click.testing import CliRunner
from tests.factories.opendata import as_row, snapshot_rows
from tests.factories.portal import TODAY, make_county
from tests.factories.records import NOW

from xinheng.adapters import clock
from xinheng.adapters.storage import var_dir
from xinheng.audit.models import Event as AuditEvent
from xinheng.opendata import services
from xinheng.opendata.cli import snapshot as command
from xinheng.opendata.errors import NoSnapshot, SnapshotBeingMade, SnapshotOvertaken
from xinheng.opendata.selectors import changes_after, snapshot_latest, snapshot_to_give, snapshots_made
from xinheng.opendata.services.files import RecordFiles, safe
from xinheng.publicity.selectors import BULK_SCHEMA, displays, law_current, public_records, without_sole_traders
from xinheng.records import services as records
from xinheng.reports import offline_verifier
from xinheng.reports.services import manifest_verify, trust_file

pytestmark = pytest.mark.django_db
ACT = {"event_date": TODAY, "ground": "演示依据", "actor": "officer-1", "now": NOW}


@pytest.fixture(autouse=True)
def _on_the_day():
    with clock.fixed(TODAY):
        yield


@pytest.fixture
def county():
    return make_county()


def make(**more):
    return services.snapshot_make(on_date=clock.today(), now=clock.now(), actor="officer-1", **more)


def shown():
    law = law_current()
    found = list(without_sole_traders(records=displays(on_date=TODAY, law=law), law=law))
    return {str(one.record_id): as_row(one) for one in public_records(records=found, on_date=TODAY, law=law)}


class TestContent:
    def test_both_files_are_what_every_door_shows(self, county):
        snapshot = make().snapshot
        assert snapshot_rows(snapshot) == snapshot_rows(snapshot, "records.csv") == shown()
        assert snapshot.manifest.records == len(shown()) == 3

    def test_nothing_that_may_not_be_in_bulk(self, county):
        snapshot = make().snapshot
        rows = snapshot_rows(snapshot)
        assert str(county.trader_penalty) not in rows
        assert str(county.ended) not in rows
        text = (snapshot.folder / "records.csv").read_text(encoding="utf-8-sig")
        for never in ("张演示", "remark", "legal_representative", "备注"):
            assert never not in text

    def test_an_empty_county_has_a_snapshot_too(self):
        snapshot = make().snapshot
        assert snapshot.manifest.records == 0
        assert snapshot_rows(snapshot) == snapshot_rows(snapshot, "records.csv") == {}

    @pytest.mark.parametrize("text", ["=1+1", "'=1+1", " -2", "''@x", "-12.5", "＝x"])
    def test_no_cell_of_the_csv_runs_and_none_is_lost(self, text):
        assert in_csv(text) == "'" + text

    @pytest.mark.parametrize("text", ["夔门云帆", "", "'引号", "a=1"])
    def test_other_cells_stay_as_they_are(self, text):
        assert in_csv(text) == text


def in_csv(text):
    row = dict.fromkeys(BULK_SCHEMA) | {"subject.name": text}
    return safe(pl.DataFrame([row], schema=BULK_SCHEMA))["subject.name"][0]


class TestProof:
    def verdict(self, folder):
        return manifest_verify(path=folder / "manifest.json", now=clock.now())

    def test_the_manifest_verifies(self, county):
        snapshot = make().snapshot
        verdict = self.verdict(snapshot.folder)
        assert (verdict.genuine, verdict.number) == (True, snapshot.manifest.number)
        document = json.loads(snapshot.signed)["manifest"]
        assert document["licence"]["confidence"] == "PROVISIONAL"
        assert document["sequence"] == snapshot.manifest.cursor.seq
        assert document["items"]["administrative_licence"] > 0

    @pytest.mark.parametrize("name", ["records.csv", "records.parquet", "LICENCE.txt", "manifest.json"])
    def test_any_altered_byte_is_refused(self, county, name):
        folder = make().snapshot.folder
        content = bytearray((folder / name).read_bytes())
        for place in range(1, len(content), max(1, len(content) // 23)):
            content[place] ^= 1
            (folder / name).write_bytes(content)
            assert not self.verdict(folder).genuine, place
            content[place] ^= 1
        (folder / name).write_bytes(content)
        assert self.verdict(folder).genuine

    def test_a_missing_file_and_another_platforms_key_are_said(self, county, tmp_path, monkeypatch, settings):
        folder = make().snapshot.folder
        (folder / "records.csv").rename(folder / "elsewhere.csv")
        assert "缺少文件 records.csv" in self.verdict(folder).reason
        (folder / "elsewhere.csv").rename(folder / "records.csv")
        monkeypatch.setattr(settings, "XINHENG_VAR", tmp_path / "other")
        verdict = self.verdict(folder)
        assert verdict.is_report
        assert "别的平台" in verdict.reason

    def test_the_one_file_verifier_needs_nothing_of_ours(self, county, tmp_path):
        folder = make().snapshot.folder
        program, trust = tmp_path / "verify.py", tmp_path / "trust.pem"
        program.write_bytes(Path(offline_verifier.__file__).read_bytes())
        trust.write_bytes(trust_file(now=clock.now()))
        alone = [sys.executable, "-I", str(program), str(folder / "manifest.json"), "--trust", str(trust)]
        found = subprocess.run(alone, capture_output=True, text=True, check=True, env={**os.environ, "PYTHONPATH": ""})
        assert "快照真实" in found.stdout


class TestOnlyTheNewest:
    def test_todays_is_kept_and_tomorrows_takes_its_place(self, county):
        first = make()
        assert first.is_new
        assert not make().is_new
        assert make().snapshot.folder == first.snapshot.folder
        clock.advance(1)
        second = make()
        assert second.is_new
        assert not first.snapshot.folder.exists()
        assert [one.number for one in snapshots_made()] == [second.snapshot.manifest.number, first.snapshot.manifest.number]

    def test_anew_only_where_something_changed(self, county):
        make()
        assert not make(anew=True).is_new
        records.record_undispute(record_id=county.disputed, **ACT)
        assert not make().is_new
        assert make(anew=True).is_new

    def test_manifests_go_when_their_time_is_over(self, county, settings):
        settings.XINHENG_SNAPSHOT_DAYS = 30
        make()
        clock.advance(31)
        assert len(snapshots_made()) == 1
        make()
        assert len(snapshots_made()) == 1
        assert snapshots_made()[0].cursor.day == TODAY + timedelta(days=31)

    def test_what_a_killed_run_left_is_removed_and_never_served(self, county):
        root = make().snapshot.folder.parent
        (root / ".deadbeef").mkdir()
        (root / ".deadbeef" / "records.csv").write_text("half")
        make()
        assert not (root / ".deadbeef").exists()

    def test_a_failure_leaves_the_one_before(self, county, monkeypatch):
        before = make().snapshot
        clock.advance(1)

        def fails(self, rows):
            raise OSError("disk full")

        monkeypatch.setattr(RecordFiles, "write", fails)
        with pytest.raises(OSError, match="disk full"):
            make()
        assert snapshot_latest() == before
        assert [path for path in before.folder.parent.iterdir() if path.name.startswith(".")] == []

    def test_two_at_once_are_refused(self, county):
        import fcntl

        make()
        with (var_dir() / "opendata" / "lock").open("w") as handle:
            fcntl.flock(handle, fcntl.LOCK_EX)
            with pytest.raises(SnapshotBeingMade):
                make()

    def test_it_is_in_the_event_log(self, county):
        number = make().snapshot.manifest.number
        event = AuditEvent.objects.get(action="opendata.snapshot.made")
        assert (event.target_id, event.actor) == (number, "officer-1")


class TestGivenAway:
    def test_before_the_first_there_is_none(self):
        with pytest.raises(NoSnapshot):
            snapshot_to_give(on_date=TODAY)

    @pytest.mark.parametrize("act", ["hold", "dispute"])
    def test_what_no_door_may_show_any_more_stops_it_at_once(self, county, act):
        make()
        assert snapshot_to_give(on_date=TODAY)
        if act == "hold":
            records.record_hold(record_id=county.penalty, **ACT)
        else:
            records.record_dispute(record_id=county.penalty, until=TODAY + timedelta(days=9), **ACT)
        with pytest.raises(SnapshotOvertaken):
            snapshot_to_give(on_date=TODAY)
        assert make().is_new
        assert snapshot_to_give(on_date=TODAY)

    def test_what_the_doors_may_go_on_showing_does_not(self, county):
        make()
        records.record_hold(record_id=county.licence, **ACT)
        records.record_undispute(record_id=county.disputed, **ACT)
        records.record_hold(record_id=county.trader_penalty, **ACT)
        assert snapshot_to_give(on_date=TODAY)

    def test_the_end_of_a_display_stops_it_by_the_clock_alone(self, county):
        snapshot = make().snapshot
        rows = snapshot_rows(snapshot).values()
        last = min(
            day for row in rows if row["adverse"] for day in (row["display.until"], row["dispute.until"]) if day is not None
        )
        assert snapshot_to_give(on_date=last)
        with pytest.raises(SnapshotOvertaken):
            snapshot_to_give(on_date=last + timedelta(days=1))


def test_its_number_is_a_place_in_the_feed(county):
    snapshot = make().snapshot
    records.record_hold(record_id=county.licence, **ACT)
    page = changes_after(after=snapshot.manifest.cursor, on_date=TODAY, limit=10)
    assert [(one.record_id, one.record) for one in page.changes] == [(county.licence, None)]


def test_the_commands(county):
    run = CliRunner().invoke
    assert "还没有快照" in run(command, ["list"]).output
    assert "制作了快照" in run(command, ["make", "--by", "officer-1"]).output
    assert "没有重做" in run(command, ["make"]).output
    manifest = str(snapshot_latest().folder / "manifest.json")
    verified = run(command, ["verify", manifest])
    assert (verified.exit_code, "快照真实" in verified.output) == (0, True)
    assert "可以下载" in run(command, ["list"]).output
    Path(manifest).write_text("{}")
    assert run(command, ["verify", manifest]).exit_code == 2


def test_the_columns_are_as_the_manifest_says(county):
    snapshot = make().snapshot
    named = [column["name"] for column in json.loads(snapshot.signed)["manifest"]["columns"]]
    with (snapshot.folder / "records.csv").open(encoding="utf-8-sig", newline="") as file:
        assert next(csv.reader(file)) == named
    assert isinstance(next(iter(snapshot_rows(snapshot).values()))["decision_date"], date)
