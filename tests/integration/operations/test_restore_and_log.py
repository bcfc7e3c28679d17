"""A restore derives the transparency log anew; after an older copy nothing forks, and there is a way on (ADR 0073)."""

import shutil
import threading

import pytest
from django.db import connection, transaction
from tests.factories import intake_world as world
from tests.factories.tampering import as_owner

from xinheng.adapters.dumps import connected
from xinheng.records.models import CurrentRecord
from xinheng.tlog import offline_verifier, selectors, services
from xinheng.tlog.errors import LogAhead, LogDamaged, NothingToContinue, PublishingStopped, SaltErased
from xinheng.tlog.models import LogBatch, LogErasure, PublishingStop
from xinheng.tlog.services import writing

pytestmark = [pytest.mark.operations, pytest.mark.xdist_group("deployment")]


@pytest.fixture
def sealed(deployment):
    """A deployment whose ten penalties are in the log, with a pair of backup keys, and its bundle of keys apart."""
    deployment.run("log", "append")
    deployment.run("backup", "new-identity", "--out", deployment.folder / "identity.txt")
    deployment.run("backup", "keys", "--out", deployment.folder / "apart" / "keys.age")
    return deployment


def _made(deployment):
    deployment.run("backup", "make", "--by", "演示运维")
    return max((deployment.folder / "backups").iterdir())


def _restored(deployment, backup, *more, code=0):
    return deployment.run("restore", backup, "--identity", deployment.folder / "identity.txt", "--replace", *more, code=code)


def _later(deployment, number):
    """Publish one more penalty and put it into the log; return its file."""
    path = world.file_write(deployment.folder / f"后来{number}.csv", [world.penalty(number, subject=1)])
    world.load(path)
    deployment.run("log", "append")
    return path


def _checkpoint():
    return (services.log_folder() / "checkpoint").read_bytes()


def _verified(since=None):
    return offline_verifier.verify_log(services.log_folder(), services.known_key().text, since=since)


def _altered(statement):
    with as_owner(), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute(statement)


def test_a_restore_derives_the_root_anew_and_holds_it_to_what_was_signed(sealed):
    before, size = _checkpoint(), selectors.log_state().size
    assert size >= 10
    backup = _made(sealed)
    said = _restored(sealed, backup).output
    assert f"从{size}项条目重新算出的根与签过的检查点一致" in said
    assert "rebuild-index" not in said
    assert (_checkpoint(), _verified().genuine, PublishingStop.objects.count()) == (before, True, 0)

    # Onto a bare machine, with the keys of the bundle: the log's is among them.
    for name in ("keys", "originals", "tlog"):
        shutil.rmtree(sealed.var / name)
    assert "重新算出的根" in _restored(sealed, backup, "--keys", sealed.folder / "apart" / "keys.age").output
    assert (_checkpoint(), _verified(since=before).genuine) == (before, True)

    # Without the log's key the site comes back; that signatures were not held to it is said.
    (sealed.var / "keys" / "log.key").rename(sealed.folder / "log.key")
    assert "签名无从核对" in _restored(sealed, backup).output
    (sealed.folder / "log.key").rename(sealed.var / "keys" / "log.key")


@pytest.mark.parametrize(
    ("statement", "told"),
    [
        ("UPDATE tlog_logleaf SET entry = sha256(entry) WHERE leaf_index = 3", "重新算出的根"),
        ("DELETE FROM tlog_logleaf WHERE leaf_index = 3", "缺第3项"),
        ("UPDATE tlog_logcheckpoint SET root = sha256(root)", "与签名文本不符"),
        ("UPDATE tlog_logcheckpoint SET note = replace(note, '— ', '— x')", "不能采信"),
    ],
)
def test_a_backup_whose_entries_are_not_those_that_were_signed_is_not_put_in_place(sealed, statement, told):
    _altered(statement)
    backup = _made(sealed)
    before = sealed.measured()
    refused = str(_restored(sealed, backup, code=1).exception)
    assert "公示存证日志" in refused
    assert told in refused
    assert "没有换上去" in refused
    assert {name for name, one in sealed.measured().items() if before[name] != one and not name.startswith("audit_")} == set()
    assert not list(sealed.var.glob("before-restore-*"))


def test_lost_tiles_are_told_and_made_anew(sealed):
    (tile,) = (services.log_folder() / "tile" / "0").rglob("*/[0-9]*")
    tile.unlink()
    said = _restored(sealed, _made(sealed)).output
    assert "rebuild-index" in said
    assert not _verified().genuine
    sealed.run("log", "rebuild-index")
    assert _verified().genuine


def test_after_an_older_copy_the_log_does_not_fork_and_goes_on_from_what_was_published(sealed):
    # The copy is made when something has its place in the log and no leaf yet, and something waits.
    first = _checkpoint()
    world.load(world.file_write(sealed.folder / "有位次.csv", [world.penalty(70, subject=2)]))
    with connection.cursor() as cursor:
        cursor.execute(writing._PLACE)
    world.load(world.file_write(sealed.folder / "排队.csv", [world.penalty(71, subject=3)]))
    backup, size = _made(sealed), selectors.log_state().size
    lost = _later(sealed, 90)
    published, shown = _checkpoint(), selectors.log_state().size
    proof = selectors.proof_of(index=shown - 1).text
    assert shown == size + 3

    said = _restored(sealed, backup, "--by", "演示运维").output
    assert f"已经公布到{shown}项" in said
    assert "公示已停止" in said
    assert CurrentRecord.objects.count() == 12
    # Nothing is signed, nothing more is shown, and the switch does not come back.
    assert _checkpoint() == published
    refused = sealed.run("log", "append", code=1).exception
    assert isinstance(refused, LogAhead)
    assert "log continue" in str(refused)
    sealed.run("publish", "resume", "--reason", "演练", "--by", "演示负责人", code=1)
    people = ("--organ", world.ORGAN, "--clerk", "demo.clerk", "--reviewer", "demo.reviewer")
    assert isinstance(sealed.run("intake", "load", lost, *people, code=1).exception, PublishingStopped)
    assert CurrentRecord.objects.count() == 12
    assert (_checkpoint(), selectors.log_state().size) == (published, size)

    told = sealed.run("log", "continue", "--reason", "机器坏了，备份以后的一批丢了", "--by", "演示负责人").output
    assert f"{size}项接到公布的{shown}项，其中3项" in told
    assert (_checkpoint(), _verified(since=first).genuine) == (published, True)
    assert "3项的内容在恢复较早的备份时遗失" in sealed.run("log", "fsck").output
    with pytest.raises(NothingToContinue):
        services.log_continue(actor="演示负责人", reason="再来一次", now=world.NOW, on_date=world.NOW.date())
    assert PublishingStop.objects.filter(resumed_at=None).count() == 1, "a person resumes"
    sealed.run("publish", "resume", "--reason", "已接续，核对一致", "--by", "演示负责人")

    # What waited is logged after what was published; what was lost is reported anew and gets an entry of its own.
    sealed.run("log", "append")
    sealed.run("intake", "load", lost, *people)
    sealed.run("log", "append")
    assert CurrentRecord.objects.count() == 13
    assert selectors.log_state().size > shown
    sealed.run("log", "fsck")
    assert _verified(since=published).genuine, "it continues what everybody saw"
    assert offline_verifier.verify_proof(proof.encode(), services.known_key().text).genuine, "given away before, holds still"
    for index in range(size, shown):
        with pytest.raises(SaltErased, match="遗失"):
            selectors.proof_of(index=index)
    assert LogErasure.objects.count() == 3
    assert LogBatch.objects.filter(source="LOST").count() == 1


def test_on_a_bare_machine_a_copy_of_the_published_log_is_taken_up_and_no_other(sealed):
    backup = _made(sealed)
    _later(sealed, 90)
    published = _checkpoint()
    copy, forged = sealed.folder / "copy", sealed.folder / "forged"
    shutil.copytree(services.log_folder(), copy)
    shutil.copytree(copy, forged)
    bundle = max((forged / "tile" / "entries").rglob("*/[0-9]*"), key=lambda path: int(path.name))
    bundle.write_bytes(bundle.read_bytes()[:-1] + b"\x00")
    for name in ("keys", "originals", "tlog"):
        shutil.rmtree(sealed.var / name)
    _restored(sealed, backup, "--keys", sealed.folder / "apart" / "keys.age")

    act = ("--reason", "换了机器", "--by", "演示负责人")
    assert isinstance(sealed.run("log", "continue", "--folder", forged, *act, code=1).exception, LogDamaged)
    sealed.run("log", "continue", "--folder", copy, *act)
    assert (_checkpoint(), _verified(since=published).genuine) == (published, True)
    sealed.run("log", "fsck")

    # Where the log was forked already, nothing is taken up: that log is at its end.
    shutil.rmtree(sealed.var / "tlog")
    _restored(sealed, backup)
    _later(sealed, 91)
    before = _checkpoint()
    assert isinstance(sealed.run("log", "continue", "--folder", copy, *act, code=1).exception, NothingToContinue | LogDamaged)
    assert _checkpoint() == before


def test_no_backup_holds_tiles_that_are_later_than_its_rows(sealed):
    """The log's writer and a backup wait for each other."""
    with connected() as writer:
        writer.execute("SELECT pg_advisory_lock(%s)", [writing.WRITER])
        done = threading.Event()

        def back_up():
            sealed.run("backup", "make")
            connection.close()
            done.set()

        thread = threading.Thread(target=back_up)
        thread.start()
        while not writer.execute("SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND NOT granted").fetchone():
            assert thread.is_alive()
        assert not done.is_set()
        writer.execute("SELECT pg_advisory_unlock(%s)", [writing.WRITER])
        thread.join()
    assert done.is_set()
    with connected() as writer:
        free = writer.execute("SELECT pg_try_advisory_lock(%s)", [writing.WRITER]).fetchone()
    assert free == (True,)
