"""The check of the log sees every altered byte and names the first bad leaf; damaged files are made right, a damaged row is not."""

import shutil

import pytest
from django.db import connection, connections, transaction
from tests.factories.records import NOW, draft, make_subject, publish
from tests.factories.tampering import Tamperer, as_owner
from tests.factories.tlog import make_history

from xinheng.audit.models import Event as AuditEvent
from xinheng.tlog import offline_verifier, selectors, services
from xinheng.tlog.errors import LogDamaged, PublishingStopped, SaltErased
from xinheng.tlog.models import LogErasure, PublishingStop

FLIPS = 30
"""Of each kind here; ten thousand in all in ``tests/unbreakable/test_log_tampered.py``."""


def files():
    return {path: path.read_bytes() for path in services.log_folder().rglob("*") if path.is_file()}


def check():
    return services.log_check(now=NOW, stops=False)


@pytest.fixture
def history(fresh_database):
    """Give a log of three checkpoints over two full tiles and a bit."""
    found = make_history(more=200)
    services.log_append(now=NOW)
    subject = make_subject(name="夔门后来（演示）有限公司")
    for part in range(2):
        publish(*(draft(subject_id=subject, document_no=f"演示后来{part}-{number}号") for number in range(170)))
        services.log_append(now=NOW)
    assert check().is_sound
    return found


def test_a_flipped_bit_is_seen_wherever_it_is(history, record_property):
    with as_owner():
        tamperer = Tamperer.of_this_database(seed=6962)
        told = [tamperer.file_flipped(services.log_folder(), lambda: not check().is_sound) for _ in range(FLIPS)]
        told += [tamperer.row_flipped(lambda: not check().is_sound) for _ in range(FLIPS)]
        assert check().is_sound
    assert [where for where, is_seen in told if not is_seen] == []
    record_property("refusals_tried_flipped_bits", len(told))


def test_the_first_bad_leaf_is_named_and_publishing_stops(history):
    record, _ = history
    index = selectors.leaves_of_record(record_id=record.pk)[1]
    later = selectors.leaf_of(source="RECORDS", position=250)
    with as_owner(), connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        cursor.execute("UPDATE records_recordversion SET fine_fen = fine_fen + 1 WHERE seq IN (2, 250)")
    report = services.log_check(now=NOW)
    assert (report.first.index, {problem.index for problem in report.problems if problem.index}) == (index, {index, later})
    stop = PublishingStop.objects.get()
    assert (stop.cause, f"第{index}项" in stop.reason) == ("LOG", True)
    with pytest.raises(PublishingStopped, match=f"第{index}项"):
        publish(draft(subject_id=make_subject(), document_no="演示再来1号"))
    with pytest.raises(LogDamaged, match=f"第{index}项"):
        selectors.proof_of(index=index)
    assert selectors.proof_of(index=index + 1), "reading goes on"
    assert AuditEvent.objects.filter(action="tlog.publishing.stopped", facts__cause="LOG").count() == 1


def test_files_are_made_anew_from_what_was_signed_and_from_nothing_else(history):
    before = files()
    folder = services.log_folder()
    for hurt in (
        lambda: shutil.rmtree(folder),
        lambda: (folder / "tile" / "0" / "001").write_bytes(b"\x01" * 8192),
        (folder / "tile" / "entries" / "000").unlink,
        lambda: (folder / "checkpoint").write_bytes(b""),
    ):
        hurt()
        assert not check().is_sound
        assert services.tiles_rebuild() > 0
        now = files()
        assert {path: before[path] for path in now} == now, "the very same bytes"
        assert check().is_sound
        assert offline_verifier.verify_log(folder, services.known_key().text).genuine
    assert services.tiles_rebuild() == 0
    with as_owner(), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute("UPDATE tlog_logleaf SET entry = sha256(entry) WHERE leaf_index = 7")
        (folder / "tile" / "0" / "000").unlink()
        with pytest.raises(LogDamaged):
            services.tiles_rebuild()
        transaction.set_rollback(True)


def test_nothing_is_signed_over_what_does_not_belong_together(history):
    folder, before = services.log_folder(), files()
    publish(draft(subject_id=make_subject(name="夔门再来（演示）有限公司"), document_no="演示再来1号"))
    size = selectors.log_state().size
    edge, bundle = (folder / "tile" / level / f"{size // 256:03}.p" / str(size % 256) for level in ("0", "entries"))
    for path, content in (
        (folder / "checkpoint", before[folder / "checkpoint"].replace(b"log", b"lug", 1)),
        (edge, None),
        (edge, bytes(len(before[edge]))),
        (bundle, bytes(len(before[bundle]))),
    ):
        path.unlink() if content is None else path.write_bytes(content)
        with pytest.raises(LogDamaged):
            services.log_append(now=NOW)
        assert selectors.log_state().size == size
        path.write_bytes(before[path])
    # A database put back from an older copy: what was published must not be forked.
    with as_owner(), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute("DELETE FROM tlog_logcheckpoint WHERE size = %s", [size])
        with pytest.raises(LogDamaged, match="较早的备份"):
            services.log_append(now=NOW)
        cursor.execute("DELETE FROM tlog_logcheckpoint")
        with pytest.raises(LogDamaged, match="较早的备份"):
            services.log_append(now=NOW)
        transaction.set_rollback(True)
    assert services.log_append(now=NOW).added == 1
    assert check().is_sound


def test_a_destroyed_salt_is_erasure_and_every_proof_goes_on_holding(history):
    record, listed = history
    mine, other = (selectors.leaves_of_record(record_id=one.pk) for one in (record, listed))
    kept, before = selectors.proof_of(index=other[0]).text, files()
    act = {"on_date": NOW.date(), "ground": "保存期满", "actor": "retention-1", "now": NOW}
    assert services.salts_erase(indexes=mine, **act) == len(mine) == 4
    assert services.salts_erase(indexes=mine, **act) == 0
    with pytest.raises(SaltErased):
        selectors.proof_of(index=mine[0])
    assert files() == before
    assert offline_verifier.verify_log(services.log_folder(), services.known_key().text).genuine
    assert offline_verifier.verify_proof(kept.encode(), services.known_key().text).genuine
    report = check()
    assert (report.is_sound, report.erased) == (True, 4)
    assert LogErasure.objects.count() == 4
    event = AuditEvent.objects.get(action="tlog.salts.erased")
    assert (event.facts, event.target_id) == ({"ground": "保存期满", "leaves": 4}, "salts"), "not which ones"
    publish(draft(subject_id=make_subject(name="夔门再来（演示）有限公司"), document_no="演示再来1号"))
    services.log_append(now=NOW)
    assert check().is_sound
    with as_owner(), connections["default"].cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        cursor.execute("DELETE FROM tlog_logsalt WHERE leaf_index = 9")
    assert check().first.index == 9, "a salt that went without a record of it is told"


def test_cut_between_any_two_steps_a_run_is_repeated_to_the_same_bytes(fresh_database, monkeypatch):
    """Whatever is half done when it stops (files written, renamed, synced, signed), the next run comes to the same log."""
    subject = make_subject()
    publish(*(draft(subject_id=subject, document_no=f"演示{number}号") for number in range(250)))
    services.log_append(now=NOW)
    start = services.log_folder().with_name("start")
    shutil.copytree(services.log_folder(), start)
    publish(*(draft(subject_id=subject, document_no=f"演示{number}号") for number in range(250, 530)))
    from xinheng.tlog.services import files as files_module
    from xinheng.tlog.services import writing

    writing._leaves_make()  # drawn once; what follows has one outcome
    whole, cut, place = None, 0, 0

    class Cut(Exception):
        pass

    class Counter:
        left = 0

        def __call__(self, function):
            def counted(*arguments, **named):
                self.left -= 1
                if self.left == 0:
                    raise Cut
                return function(*arguments, **named)

            return counted

    counter = Counter()
    for module, name in (
        (files_module, "fsync_file"),
        (files_module, "fsync_folder"),
        (writing, "written_verify"),
        (writing, "checkpoint_sign"),
    ):
        monkeypatch.setattr(module, name, counter(getattr(module, name)))
    monkeypatch.setattr(files_module.LogFiles, "checkpoint_write", counter(files_module.LogFiles.checkpoint_write))
    monkeypatch.setattr(files_module.LogFiles, "partial_remove", counter(files_module.LogFiles.partial_remove))
    while True:
        place += 1
        shutil.rmtree(services.log_folder())
        shutil.copytree(start, services.log_folder())
        with transaction.atomic():
            counter.left = place
            try:
                services.log_append(now=NOW)
                was_cut = False
            except Cut:
                was_cut = True
            counter.left = 0
            services.log_append(now=NOW)
            assert check().is_sound, place
            now = {path: content for path, content in files().items() if not path.name.startswith(".")}
            transaction.set_rollback(True)
        whole = whole or now
        assert {path: now[path] for path in whole if path in now} == {path: whole[path] for path in whole if path in now}
        assert set(whole) - set(now) == set(), place
        if not was_cut:
            break
        cut += 1
    assert cut > 15
