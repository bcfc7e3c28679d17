"""The restore drill: what is restored equals what was backed up, row for row, file for file, page for page."""

import json
import random
import re
import shutil
import stat

import pytest
from django.test import Client
from tests.factories import intake_world as world

from xinheng.adapters import clock, key_ring
from xinheng.adapters.dumps import connected
from xinheng.audit.models import Event
from xinheng.intake.services import original_read
from xinheng.operations.services import _manifest
from xinheng.records.models import CurrentRecord

pytestmark = pytest.mark.xdist_group("deployment")
PAGES = ("/search/?q=演示夔门3号", "/lists/penalties/", "/statistics/", "/api/v1/lists/administrative_penalty")


def _pages():
    """Return what readers see, without the numbers and tokens that every answer has of its own."""
    client = Client()
    told = {}
    for path in PAGES:
        response = client.get(path)
        assert response.status_code == 200
        told[path] = re.sub(r'(name="csrfmiddlewaretoken" value=)"[^"]+"', r"\1", response.content.decode())
    assert "奉市监罚字〔2026〕3号" in told["/lists/penalties/"]
    return told


def _made(deployment):
    deployment.run("backup", "make", "--by", "演示运维")
    return max((deployment.folder / "backups").iterdir())


@pytest.fixture
def sealed(deployment):
    """A deployment with a pair of backup keys, and its bundle of keys apart."""
    deployment.run("backup", "new-identity", "--out", deployment.folder / "identity.txt")
    deployment.run("backup", "keys", "--out", deployment.folder / "apart" / "keys.age")
    return deployment


def test_the_drill(sealed):
    identity, bundle = sealed.folder / "identity.txt", sealed.folder / "apart" / "keys.age"
    before, pages = sealed.measured(), _pages()
    backup = _made(sealed)
    told = json.loads((backup / "manifest.json").read_bytes())["backup"]
    assert {name: (one.rows, one.digest) for name, one in before.items()} == {
        name: (one["rows"], one["digest"]) for name, one in told["tables"].items()
    }
    assert told["files"]["count"] >= 1, "the sealed original"
    assert {path.name for path in backup.iterdir()} == {"manifest.json", _manifest.DATABASE, _manifest.FILES}
    for path in (*backup.iterdir(), bundle):
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        assert "演示夔门".encode() not in path.read_bytes()
        assert key_ring.ring_now().newest.secret.hex().encode() not in path.read_bytes()
    assert not list(sealed.var.glob(".backup-*"))
    assert "10" in sealed.run("restore", backup, "--identity", identity, "--check-only").output

    # What happens after the backup is gone after the restore, and kept beside it.
    world.load(world.file_write(sealed.folder / "后来.csv", [world.penalty(90, subject=1)]))
    assert CurrentRecord.objects.count() == 11
    refused = sealed.run("restore", backup, "--identity", identity, code=1)
    assert "没有恢复" in str(refused.exception)
    assert "--replace" in str(refused.exception)
    assert CurrentRecord.objects.count() == 11

    said = sealed.run("restore", backup, "--identity", identity, "--replace", "--by", "演示运维").output
    assert "逐表核对一致" in said
    after = sealed.measured()
    changed = {name for name in before if before[name] != after[name]}
    assert "audit_event" in changed
    assert {name for name in changed if not name.startswith("audit_")} == set(), "but for the note that it was restored"
    assert Event.objects.latest("id").action == "operations.backup.restored"
    assert _pages() == pages
    out = original_read(
        number=sealed.receipt, actor="演示审核", purpose="演练", out=sealed.folder / "back.csv", now=clock.now()
    )
    assert out.read_bytes() == (sealed.folder / "处罚.csv").read_bytes()
    (former,) = re.findall(r"原来的数据库改名为 (\w+)", said)
    assert sealed.measured(former)["records_currentrecord"].rows == 11
    assert len(list(sealed.var.glob("before-restore-*/originals/*"))) == 2
    assert not (sealed.var / "restoring.json").exists()

    # Onto a bare machine: no keys, no database, no files.
    for name in ("keys", "originals"):
        shutil.rmtree(sealed.var / name)
    refused = sealed.run("restore", backup, "--identity", identity, "--replace", code=1)
    assert "--keys" in str(refused.exception)
    sealed.run("restore", backup, "--identity", identity, "--keys", bundle, "--replace")
    assert _pages() == pages
    assert sealed.measured()["records_recordversion"] == before["records_recordversion"]


def test_what_was_altered_cut_or_exchanged_is_refused_before_anything_is_touched(sealed):
    identity, backup = sealed.folder / "identity.txt", _made(sealed)
    before = sealed.measured()
    draw = random.Random(7)

    def refused(folder, *more, key=identity):
        result = sealed.run("restore", folder, "--identity", key, "--replace", *more, code=1)
        assert type(result.exception).__name__ == "BackupNotGenuine", result.exception
        assert "什么都没有动" in str(result.exception)
        return str(result.exception)

    for name in ("manifest.json", _manifest.DATABASE, _manifest.FILES):
        for _ in range(4):
            copy = sealed.folder / "altered"
            shutil.copytree(backup, copy)
            content = bytearray((copy / name).read_bytes())
            content[draw.randrange(len(content))] ^= 1 << draw.randrange(8)
            (copy / name).write_bytes(content)
            refused(copy)
            shutil.rmtree(copy)
    copy = sealed.folder / "altered"
    shutil.copytree(backup, copy)
    with (copy / _manifest.DATABASE).open("r+b") as file:
        file.truncate(1000)
    assert "对不上" in refused(copy)
    (copy / _manifest.DATABASE).unlink()
    assert "缺" in refused(copy)

    sealed.run("backup", "new-identity", "--out", sealed.folder / "other.txt")
    assert "打不开" in refused(backup, key=sealed.folder / "other.txt")

    # Made by whoever knows the public key, but not by this deployment.
    (sealed.var / "keys" / "report-data.key").unlink()
    _signer_forgotten()
    forged = _made_later(sealed)
    assert "签名" in refused(forged, "--keys", sealed.folder / "apart" / "keys.age")
    after = sealed.measured()
    assert {name for name in before if before[name] != after[name] and not name.startswith("audit_")} == set()
    assert not list(sealed.var.glob("before-restore-*"))


def _signer_forgotten():
    from xinheng.adapters import signing

    signing._signer_of.cache_clear()


def _made_later(deployment):
    from datetime import timedelta

    with clock.fixed(world.NOW + timedelta(minutes=5)):
        return _made(deployment)


def test_no_backup_without_keys_beside_keys_twice_or_over_a_running_site(sealed, monkeypatch):
    recipients = sealed.folder / "recipients.txt"
    kept = recipients.read_text()
    recipients.write_text("# nobody\n")
    assert "没有备份用的公钥" in str(sealed.run("backup", "make", code=1).exception)
    recipients.write_text(kept)
    assert not (sealed.folder / "backups").exists()

    for place in (sealed.folder / "backups" / "keys.age", sealed.var / "keys.age"):
        assert "不能和备份放在一起" in str(sealed.run("backup", "keys", "--out", place, code=1).exception)
        assert not place.exists()

    from xinheng.operations.services import backup

    with backup._alone():
        assert "另一个进程正在备份" in str(sealed.run("backup", "make", code=1).exception)

    made = _made(sealed)
    monkeypatch.setattr(type(sealed.server), "is_held_by_others", lambda _: True)
    refused = sealed.run("restore", made, "--identity", sealed.folder / "identity.txt", "--replace", code=1)
    assert "还在运行" in str(refused.exception)


def test_a_backup_that_is_cut_off_leaves_nothing_and_the_one_before_stays(sealed, monkeypatch):
    from datetime import timedelta

    from xinheng.operations.services import backup

    first = _made(sealed)

    def full(*_args):
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch, clock.fixed(world.NOW + timedelta(hours=1)):
        patch.setattr(backup._files, "files_packed", full)
        failed = sealed.run("backup", "make", code=1)
    assert "没有留下不完整的文件" in str(failed.exception)
    assert [path.name for path in (sealed.folder / "backups").iterdir()] == [first.name]
    assert not list(sealed.var.glob(".backup-*"))
    sealed.run("restore", first, "--identity", sealed.folder / "identity.txt", "--check-only")

    with clock.fixed(world.NOW + timedelta(days=31)):
        newest = _made(sealed)
    assert [path.name for path in (sealed.folder / "backups").iterdir()] == [newest.name], "those of a month ago end"


def test_a_restore_cut_off_between_database_and_files_is_told_and_done_over(sealed, monkeypatch):
    from xinheng.operations.services import restore

    identity, backup = sealed.folder / "identity.txt", _made(sealed)
    pages = _pages()

    def killed(*_args, **_kwargs):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(restore, "_files_exchanged", killed)
        sealed.run("restore", backup, "--identity", identity, "--replace", code=None)
    told = sealed.run("doctor", code=1).output
    assert "恢复做到一半" in told
    sealed.run("restore", backup, "--identity", identity, "--replace")
    assert "恢复做到一半" not in sealed.run("doctor", code=None).output
    assert _pages() == pages
    with connected("postgres") as connection:
        names = {name for (name,) in connection.execute("SELECT datname FROM pg_database").fetchall()}
    assert "xinheng_restoring" not in names


def test_a_production_server_with_tables_is_not_touched(sealed, settings):
    backup = _made(sealed)
    settings.EMBEDDED_SERVER = None
    refused = sealed.run("restore", backup, "--identity", sealed.folder / "identity.txt", "--replace", code=1)
    assert type(refused.exception).__name__ in {"RestoreOntoServer", "DeploymentInUse"}
