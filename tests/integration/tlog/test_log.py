"""What is published goes into the log, by whatever way, and whoever has a copy of the log can verify all of it offline."""

import json
import shutil
import subprocess
import sys
from datetime import date, timedelta
from uuid import UUID

import pytest
from django.db import connection, transaction
from tests.factories.displays import make_record
from tests.factories.records import NOW, draft, make_subject, publish
from tests.factories.tlog import ACT, make_history
from tests.unit.tlog.test_merkle import mth

from xinheng.adapters.log_key import log_key
from xinheng.audit.models import Event as AuditEvent
from xinheng.records import services as records
from xinheng.records.domain import Event
from xinheng.records.models import RecordVersion
from xinheng.tlog import offline_verifier, selectors, services
from xinheng.tlog.domain import FORMAT, content_of, entry_of, event_text, opening_of
from xinheng.tlog.errors import LeafNotFound, LogBehind, LogBusy, LogDamaged, PublishingStopped, SizeNotInLog
from xinheng.tlog.models import LogBatch, LogCheckpoint, LogLeaf, LogSalt, PublishingStop

pytestmark = pytest.mark.django_db


def append():
    return services.log_append(now=NOW)


def verified(**more):
    return offline_verifier.verify_log(services.log_folder(), services.known_key().text, **more)


def test_everything_that_changes_what_is_shown_is_in_the_log_once_and_verifies():
    record, _listed = make_history()
    versions = RecordVersion.objects.count()
    done = append()
    assert (done.size, done.added) == (versions + 1, versions + 1)
    assert append().added == 0

    # The database's entries are those of the definition in Python, made from the rows alone.
    with connection.cursor() as cursor:
        cursor.execute("SELECT position, digest FROM records_logged")
        digests = {position: bytes(digest) for position, digest in cursor.fetchall()}
    events = []
    for version in RecordVersion.objects.order_by("seq"):
        index = selectors.leaf_of(source="RECORDS", position=version.seq)
        salt = LogSalt.objects.get(leaf_index=index).salt
        event = {
            "about": str(version.record_id),
            "at": f"{version.recorded_at:%Y-%m-%dT%H:%M:%S.%fZ}",
            "content": content_of(salt, digests[version.seq]),
            "event": told(version),
            "format": FORMAT,
            "item": version.item_id,
            "kind": version.item_kind,
            "sequence": version.seq,
            "version": version.version_no,
        }
        assert bytes(LogLeaf.objects.get(leaf_index=index).entry) == entry_of(opening_of(salt), event_text(event))
        events.append(event["event"])
    assert {"PUBLISHED", "CORRECTED", "WITHDRAWN", "LISTED", "DELISTED", "MARKED"} == set(events)

    # Root, files, signature: by the plain definition, by us, and by the program that knows nothing of us.
    entries = [bytes(entry) for entry in LogLeaf.objects.order_by("leaf_index").values_list("entry", flat=True)]
    checkpoint = LogCheckpoint.objects.get()
    assert bytes(checkpoint.root) == mth(entries)
    assert len(set(entries)) == len(entries)
    report = services.log_check(now=NOW)
    assert (report.is_sound, report.size, report.checkpoints, report.erased) == (True, done.size, 1, 0)
    assert verified().genuine
    assert AuditEvent.objects.filter(action="tlog.log.checked", facts__problems=0).count() == 1

    # The files tell nothing: no name, number, document or code of anybody.
    stored = b"".join(path.read_bytes() for path in services.log_folder().rglob("*") if path.is_file())
    for text in ("夔门", "张演示", "演示15号", str(record.pk), "91500236", "administrative_penalty", "B01"):
        assert text.encode() not in stored
    assert record.pk.bytes not in stored

    later = make_record(subject_id=make_subject(), document_no="演示后来1号")
    first = checkpoint.note.encode()
    append()
    told_later = verified(since=first)
    assert told_later.genuine, told_later
    assert len(selectors.leaves_of_record(record_id=later.pk)) == 1
    assert len(selectors.leaves_of_record(record_id=record.pk)) == 4
    assert services.log_check(now=NOW).is_sound
    shown = selectors.consistency_shown(first=checkpoint.size, second=done.size + 1)
    assert shown
    with pytest.raises(SizeNotInLog):
        selectors.consistency_shown(first=2, second=done.size + 2)


def told(version):
    if version.event == "REPORTED":
        return "LISTED" if version.item_kind == "LIST_ENTRY" else "PUBLISHED"
    return version.event if version.event in {"CORRECTED", "WITHDRAWN", "DELISTED"} else "MARKED"


def test_what_was_rolled_back_never_was():
    subject = make_subject()
    with transaction.atomic():
        publish(draft(subject_id=subject))
        transaction.set_rollback(True)
    assert not LogBatch.objects.exists()
    assert (append().size, services.log_folder().exists()) == (0, False)
    publish(draft(subject_id=subject))
    assert append().size == 1


def test_a_log_that_grows_step_by_step_keeps_every_promise():
    subject, sizes = make_subject(), []
    for part in (1, 254, 1, 1, 260):
        publish(*(draft(subject_id=subject, document_no=f"演示{len(sizes)}-{number}号") for number in range(part)))
        sizes.append(append().size)
    assert sizes == [1, 255, 256, 257, 517]
    notes = list(LogCheckpoint.objects.order_by("size").values_list("note", flat=True))
    for note in notes:
        assert verified(since=note.encode()).genuine
    assert services.log_check(now=NOW).is_sound
    # Partial tiles of checkpoints stay until the full one is there.
    folder = services.log_folder() / "tile" / "0"
    assert not (folder / "000.p").exists()
    assert sorted(path.name for path in (folder / "002.p").iterdir()) == ["5"]
    assert sorted(path.name for path in (services.log_folder() / "tile" / "1" / "000.p").iterdir()) == ["1", "2"]


def test_a_stranger_verifies_the_log_and_a_proof_with_one_file(tmp_path):
    record, _ = make_history()
    append()
    program, copy = tmp_path / "verify_log.py", tmp_path / "copy"
    program.write_bytes(services.verifier_file())
    shutil.copytree(services.log_folder(), copy)
    proof = tmp_path / "one.tlog-proof"
    shown = selectors.proof_of(index=selectors.leaves_of_record(record_id=record.pk)[-1])
    proof.write_text(shown.text)
    key = tmp_path / "key"
    key.write_text(services.known_key().text)

    def run(*words):
        command = [sys.executable, "-I", str(program), *map(str, words), "--key", str(key)]
        return subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)

    for words in (("log", copy), ("log", copy, "--since", copy / "checkpoint"), ("proof", proof)):
        found = run(*words)
        assert (found.returncode, found.stderr) == (0, ""), found.stdout
    assert "WITHDRAWN" in found.stdout
    altered = bytearray(proof.read_bytes())
    for at in range(0, len(altered), 7):
        altered[at] ^= 1
        assert not offline_verifier.verify_proof(bytes(altered), key.read_text()).genuine, at
        altered[at] ^= 1
    (copy / "tile" / "0" / "000").write_bytes(b"\x00" * 8192)
    found = run("log", copy)
    assert found.returncode == 1
    assert "tile/0/000" in found.stdout
    assert run("proof", tmp_path / "none").returncode == 2


class TestSwitch:
    def test_nothing_more_is_shown_while_publishing_is_stopped_and_taking_down_goes_on(self):
        subject = make_subject()
        record = make_record(subject_id=subject)
        other = make_record(subject_id=subject, document_no="演示2号")
        records.record_hold(record_id=other.pk, **ACT)
        services.publishing_stop(actor="head-1", reason="演练", now=NOW)
        services.publishing_stop(actor="head-2", reason="再次", now=NOW)
        assert PublishingStop.objects.get().stopped_by == "head-1"

        for refused in (
            lambda: publish(draft(subject_id=subject, document_no="演示3号")),
            lambda: publish(draft(subject_id=subject, fine_fen=1)),
            lambda: records.record_release(record_id=other.pk, **ACT),
        ):
            with pytest.raises(PublishingStopped, match="演练"):
                refused()
        records.record_dispute(record_id=record.pk, until=date(2026, 4, 20), **ACT)
        with pytest.raises(PublishingStopped):
            records.record_undispute(record_id=record.pk, **ACT)
        for event in (Event.HELD, Event.REPAIRED, Event.REVOKED, Event.WITHDRAWN):
            assert records.mark_add(record_id=record.pk, event=event, **ACT).marked == 1
        assert append().size == RecordVersion.objects.count(), "the log itself goes on"

        assert services.publishing_resume(actor="head-1", reason="演练结束", now=NOW) == 1
        publish(draft(subject_id=subject, document_no="演示3号"))
        actions = AuditEvent.objects.filter(target_kind="publishing").order_by("pk").values_list("action", "actor")
        assert list(actions) == [("tlog.publishing.stopped", "head-1"), ("tlog.publishing.resumed", "head-1")]

    def test_what_passes_the_service_is_stopped_by_the_database(self, monkeypatch):
        subject = make_subject()
        services.publishing_stop(actor="head-1", reason="演练", now=NOW)
        monkeypatch.setattr("xinheng.records.services.publish.publishing_require", lambda: None)
        with pytest.raises(Exception, match="publishing is stopped"), transaction.atomic():
            publish(draft(subject_id=subject))

    def test_a_log_that_is_behind_stops_publishing(self, settings):
        subject = make_subject()
        record = make_record(subject_id=subject)
        assert selectors.log_state().waiting == 1
        settings.XINHENG_LOG_HOURS = -1  # whatever waits has waited too long
        with pytest.raises(LogBehind):
            publish(draft(subject_id=subject, document_no="演示2号"))
        records.record_hold(record_id=record.pk, **ACT)
        append()
        settings.XINHENG_LOG_HOURS = 0
        assert selectors.log_state().waited == timedelta(0)
        publish(draft(subject_id=subject, document_no="演示2号"))

    def test_trigger_and_services_agree_on_what_takes_down(self):
        from xinheng.records.domain import TAKES_DOWN

        with connection.cursor() as cursor:
            cursor.execute("SELECT prosrc FROM pg_proc WHERE proname = 'records_version_queued'")
            (source,) = cursor.fetchone()
        named = source.partition("NOT IN (")[2].partition(")")[0]
        assert {text.strip().strip("'") for text in named.split(",")} == {event.value for event in TAKES_DOWN}


REFUSED = [
    "UPDATE tlog_logleaf SET entry = '\\x00'",
    "DELETE FROM tlog_logleaf",
    "UPDATE tlog_logsalt SET salt = gen_random_uuid()",
    "DELETE FROM tlog_logsalt",
    "TRUNCATE tlog_logsalt",
    "UPDATE tlog_logcheckpoint SET root = '\\x00'",
    "DELETE FROM tlog_logcheckpoint",
    "INSERT INTO tlog_logbatch (source, name, first, last) VALUES ('RECORDS', '', 99, 99)",
    "UPDATE tlog_logbatch SET first = 0",
    "DELETE FROM tlog_logbatch",
    "SELECT tlog_queue('RECORDS', '', 99, 99)",
    "SELECT tlog_salts_erase(ARRAY[0], '2026-01-01', 'x')",
    "INSERT INTO tlog_logerasure VALUES (0, '2026-01-01', 'x')",
    "UPDATE tlog_publishingstop SET reason = 'x'",
    "DELETE FROM tlog_publishingstop",
    "UPDATE records_logged SET version = 1",
    "DELETE FROM records_projected",
    "UPDATE records_projected SET position = 1",
    "DELETE FROM catalogue_logged",
    "INSERT INTO records_projected (position) VALUES (1)",
]
BROKEN = [
    "UPDATE tlog_logbatch SET first_index = 0 WHERE first_index IS NULL",
    "UPDATE tlog_logbatch SET first_index = NULL",
    "UPDATE tlog_logbatch SET first_index = 700 WHERE first_index IS NULL",
    "INSERT INTO tlog_logleaf SELECT max(leaf_index) + 2, '\\x00' FROM tlog_logleaf",
    "INSERT INTO tlog_logcheckpoint SELECT max(leaf_index) + 2, '\\x00', 'x', now() FROM tlog_logleaf",
    "INSERT INTO tlog_logcheckpoint VALUES (0, '\\x00', 'x', now())",
]


def test_the_application_cannot_rewrite_the_log(record_property):
    subject = make_subject()
    publish(draft(subject_id=subject))
    append()
    publish(draft(subject_id=subject, document_no="演示2号"))
    services.publishing_stop(actor="head-1", reason="演练", now=NOW)
    for statements, words in (
        (REFUSED, "permission denied|must be owner"),
        (BROKEN, "does not follow|do not follow|once|no checkpoint|duplicate key"),
    ):
        for statement in statements:
            with pytest.raises(Exception, match=words), transaction.atomic(), connection.cursor() as cursor:
                cursor.execute(statement)
    record_property("refusals_tried", len(REFUSED) + len(BROKEN))
    assert services.log_check(now=NOW).is_sound


def test_one_writer_at_a_time(app_connection):
    from xinheng.tlog.services.writing import WRITER

    app_connection.execute("SELECT pg_advisory_lock(%s)", [WRITER])
    with pytest.raises(LogBusy):
        append()
    app_connection.execute("SELECT pg_advisory_unlock(%s)", [WRITER])
    assert append().size == 0


def test_proofs_are_given_of_what_is_there():
    record, _ = make_history()
    with pytest.raises(LeafNotFound):
        selectors.leaf_of(source="RECORDS", position=10**9)
    assert selectors.leaves_of_record(record_id=record.pk) == []
    with pytest.raises(LeafNotFound):
        selectors.proof_of(index=0)
    append()
    proof = selectors.proof_of(index=selectors.leaf_of(source="CATALOGUE", name=LogBatch.objects.get(source="CATALOGUE").name))
    assert json.loads(proof.event)["event"] == "CATALOGUE"
    assert offline_verifier.verify_proof(proof.text.encode(), services.known_key().text).genuine
    assert log_key().origin == services.known_key().name
    assert UUID(json.loads(selectors.proof_of(index=0).event)["about"])
    (services.log_folder() / "tile" / "0" / "000").unlink()
    with pytest.raises(LogDamaged):
        selectors.proof_of(index=0)
