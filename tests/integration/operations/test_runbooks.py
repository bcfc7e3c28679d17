"""Every runbook is rehearsed: the emergency is made, and the commands of the page are run in their order, as they stand there."""

import os
import re
import shlex
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.contrib.sessions.models import Session
from django.test import Client
from tests.factories import intake_world as world
from tests.factories.systems import make_system

from xinheng.accounts.models import SystemClient
from xinheng.adapters import clock, key_ring
from xinheng.adapters.dumps import connected
from xinheng.adapters.suites import Suite
from xinheng.records.models import CurrentRecord

pytestmark = pytest.mark.xdist_group("deployment")
FOLDER = Path(settings.PROJECT) / "docs" / "runbooks"
PAGES = sorted(path.name for path in FOLDER.glob("*.zh.md"))
REHEARSED = ("database-down", "disk-full", "leak", "lost-key", "tampering", "wrong-publication")


def commands_of(page):
    """Return the commands that stand in a page's blocks."""
    text = (FOLDER / page).read_text(encoding="utf-8")
    lines = [line for block in re.findall(r"```sh\n(.*?)```", text, re.DOTALL) for line in block.splitlines() if line.strip()]
    assert all(line.startswith("xinheng ") for line in lines), page
    return lines


def test_every_page_is_rehearsed_and_listed():
    assert [f"{name}.zh.md" for name in REHEARSED] == PAGES
    listed = (FOLDER / "README.md").read_text()
    assert [page for page in PAGES if f"({page})" not in listed] == []
    named = {
        name
        for path in (settings.PROJECT / "src").rglob("*.py")
        for name in re.findall(r"docs/runbooks/([\w-]+\.zh\.md)", path.read_text())
    }
    assert named <= set(PAGES), "what the doctor names is there"
    assert named


@pytest.fixture
def run(deployment):
    """Return a function that runs the commands of a page and tells what each said."""

    def rehearse(page, *, codes=None, **filled):
        told = []
        names = {"EVENT": "演练1号", "PERSON": "演示运维"} | {name: str(value) for name, value in filled.items()}
        for number, line in enumerate(commands_of(page)):
            words = shlex.split(re.sub(r"\{(\w+)\}", lambda match: names[match[1]], line))[1:]
            code = (codes or {}).get(number, 0)
            told.append(deployment.run(*words, code=code).output)
        return told

    return rehearse


@pytest.fixture
def sealed(deployment):
    deployment.run("backup", "new-identity", "--out", deployment.folder / "identity.txt")
    deployment.run("backup", "keys", "--out", deployment.folder / "apart" / "keys.age")
    deployment.run("backup", "make")
    (backup,) = (deployment.folder / "backups").iterdir()
    return {
        "BACKUP": backup,
        "IDENTITY": deployment.folder / "identity.txt",
        "BUNDLE": deployment.folder / "apart" / "keys.age",
    }


def _later(minutes):
    return clock.fixed(world.NOW + timedelta(minutes=minutes))


def test_leak(deployment, sealed, run):
    client = make_system("演示系统").client
    Session.objects.create(session_key="stolen", session_data="x", expire_date=world.NOW + timedelta(days=1))
    with _later(1):
        told = run("leak.zh.md", CLIENT=client.pk, EVIDENCE=deployment.folder / "evidence")
    assert "已结束 1 个登录" in told[0]
    assert not Session.objects.exists()
    assert SystemClient.objects.get(pk=client.pk).revoked_at is not None
    assert len(list((deployment.folder / "evidence").iterdir())) == 1


def test_tampering(deployment, sealed, run):
    with connected() as owner:
        owner.execute("ALTER TABLE records_recordversion DISABLE TRIGGER USER")
        owner.execute("UPDATE records_recordversion SET document_no = '假的' WHERE seq = 3")
    with _later(2):
        told = run("tampering.zh.md", codes={0: 1}, EVIDENCE=deployment.folder / "evidence", **sealed)
    assert "records_recordversion" in told[0]
    assert "✓ 数据库权限" in told[-1]
    with connected() as owner:
        assert owner.execute("SELECT count(*) FROM records_recordversion WHERE document_no = '假的'").fetchone() == (0,)
    assert CurrentRecord.objects.count() == 10


def test_wrong_publication(deployment, run):
    page = f"/records/{world.record(3).record_id}/"
    assert Client().get(page).status_code == 200
    before = commands_of("wrong-publication.zh.md")
    assert before[0].startswith("xinheng record hold")
    deployment.run("record", "hold", "奉市监罚字〔2026〕3号", "--by", "演示运维", "--reason", "演练")
    assert Client().get(page).status_code == 404
    deployment.run("record", "release", "奉市监罚字〔2026〕3号", "--by", "演示运维", "--reason", "演练")
    told = run("wrong-publication.zh.md", RECORD="奉市监罚字〔2026〕3号", BATCH=deployment.receipt)
    assert "已暂停公示" in told[0]
    assert "0 条" in told[3], "the batch is withdrawn, the snapshot holds none of it"
    assert Client().get(page).status_code == 404


def test_lost_key(deployment, sealed, run):
    # A bundle of before a rotation has not the generation that everything is under now: it is refused, the one of after fits.
    deployment.run("keys", "rotate", "--suite", "sm")
    older = sealed["BUNDLE"].rename(deployment.folder / "apart" / "older.age")
    deployment.run("backup", "keys", "--out", sealed["BUNDLE"])
    ring = deployment.var / "keys" / "ring.json"
    ring.unlink()
    refused = deployment.run("backup", "keys-back", older, "--identity", sealed["IDENTITY"], code=1)
    assert "第 2 代" in str(refused.exception)
    assert not ring.exists()
    told = run("lost-key.zh.md", codes={0: 1}, NEW_BUNDLE=deployment.folder / "apart" / "new.age", **sealed)
    assert "主密钥不见了" in told[0]
    assert "打得开库里密封的内容" in told[1]
    assert "第 1 代密钥已经没有东西用" in told[2], "all opens, only the former generation is still there"

    # Somebody else's bundle is refused before anything is changed.
    ring.write_text(key_ring.ring_text(_strange_ring()))
    deployment.run("backup", "keys", "--out", deployment.folder / "apart" / "wrong.age")
    ring.unlink()
    refused = deployment.run(
        "backup", "keys-back", deployment.folder / "apart" / "wrong.age", "--identity", sealed["IDENTITY"], code=1
    )
    assert "主密钥打不开" in str(refused.exception)
    assert not ring.exists()


def _strange_ring():
    """Return a ring with the same numbers as ours."""
    return key_ring.with_generation(key_ring.ring_read("22" * 32), Suite.SM, now=world.NOW)


def test_disk_full(deployment, run, monkeypatch):
    from types import SimpleNamespace

    from xinheng.operations.selectors import files

    usage = SimpleNamespace(total=100e9, used=99.9e9, free=0.1e9)
    with monkeypatch.context() as patch:
        patch.setattr(files.shutil, "disk_usage", lambda _: usage)
        told = run("disk-full.zh.md", codes={0: 1, 3: 1})
    assert "disk-full.zh.md" in told[0]
    assert "没有中断的批次" in told[1]


def test_database_down(deployment, sealed, run):
    import signal

    os.kill(int((deployment.server.data / "postmaster.pid").read_text().split()[0]), signal.SIGKILL)
    with _later(3):
        told = run("database-down.zh.md", **sealed)
    assert "内嵌 PostgreSQL" in told[0]
    assert "逐表核对一致" in told[3]
    assert CurrentRecord.objects.count() == 10
    assert "✓ 数据库：" in told[-1]
