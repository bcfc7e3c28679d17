"""The doctor finds what is wrong and says what to do: every examination has a case in which it fails."""

import json
import re
from collections import namedtuple
from datetime import datetime, timedelta
from types import SimpleNamespace
from zoneinfo import ZoneInfo

import pytest
from click.testing import CliRunner
from django.db import OperationalError, connection
from tests.factories.intake_world import ORGAN
from tests.factories.walls import report_make

from xinheng.adapters import clock, database, key_ring
from xinheng.adapters.clock import CHINA
from xinheng.adapters.jobs import job_defer
from xinheng.adapters.postgres.rights import Difference
from xinheng.adapters.suites import Suite
from xinheng.operations.cli import doctor
from xinheng.operations.domain import State, is_sound
from xinheng.operations.selectors import data, files, findings, setup
from xinheng.operations.selectors.doctor import CHECKS

pytestmark = pytest.mark.django_db
Usage = namedtuple("Usage", "total used free")  # noqa: PYI024 - as shutil's


@pytest.fixture
def sound(settings, tmp_path):
    """A deployment as it should be, but for its keys, which nobody needed yet."""
    settings.XINHENG_VAR = tmp_path / "var"
    settings.XINHENG_FONTS = tmp_path / "fonts"
    settings.XINHENG_FONTS.mkdir()
    (settings.XINHENG_FONTS / "NotoSansSC.ttf").touch()
    settings.ALLOWED_HOSTS = ["credit.example.cn"]
    settings.XINHENG_SITE_URL = "https://credit.example.cn"
    settings.SESSION_COOKIE_SECURE, settings.SECURE_HSTS_SECONDS, settings.XINHENG_PROXIES = True, 63_072_000, 1
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    keys = settings.XINHENG_VAR / "keys"
    keys.mkdir(mode=0o700, parents=True)
    key_ring.ring_begin(Suite.AES, now=None)
    (keys / "django.key").touch(mode=0o600)
    note = {"at": clock.now().isoformat(), "folder": str(tmp_path), "size": 1, "seconds": 0.1}
    (settings.XINHENG_VAR / "backup.json").write_text(json.dumps(note))
    (settings.XINHENG_VAR / "keys-bundle.json").write_text(json.dumps({"at": note["at"], "generation": 1}))
    return SimpleNamespace(settings=settings, var=settings.XINHENG_VAR, keys=keys, now=clock.now(), folder=tmp_path)


MORE = Difference(
    "xinheng_public", "多了权限：SELECT accounts_account", "REVOKE SELECT ON TABLE accounts_account FROM xinheng_public"
)


def _away(*_args, **_kwargs):
    raise OperationalError("connection to 10.0.0.1 failed: password=geheim")


def _old_backup(sound):
    note = {"at": (clock.now() - timedelta(hours=40)).isoformat(), "folder": str(sound.folder), "size": 1, "seconds": 0.1}
    (sound.var / "backup.json").write_text(json.dumps(note))


def _missing_migration(monkeypatch):
    leaves = {("audit", "9999_of_the_next_release")}
    fake = SimpleNamespace(graph=SimpleNamespace(leaf_nodes=lambda: leaves))
    monkeypatch.setattr(database, "MigrationLoader", lambda _: fake)


def _foreign_keys(sound, monkeypatch):
    report_make(ORGAN)
    monkeypatch.setenv("XINHENG_MASTER_KEY", "22" * 32)


def _waiting(minutes):
    job_defer(task="jobs.rescue", timestamp=0)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE procrastinate_jobs SET scheduled_at = now() - make_interval(mins => %s)", [minutes])


FAILURES = {
    "database.reachable": lambda sound, patch: patch.setattr(data, "_row", _away),
    "database.version": lambda sound, patch: patch.setattr(data, "MINIMUM_MAJOR", 99),
    "database.migrations": lambda sound, patch: _missing_migration(patch),
    "database.rights": lambda sound, patch: patch.setattr(data, "APP_ROLE", "somebody_else"),
    "database.roles": lambda sound, patch: patch.setattr(data, "database_roles_differences", lambda: [MORE]),
    "database.walls": lambda sound, patch: patch.setattr(data, "WALLED", {"intake_submission", "audit_event"}),
    "keys.fit": _foreign_keys,
    "originals.there": lambda sound, patch: report_make(ORGAN),
    "time.clock": lambda sound, patch: setattr(sound, "now", sound.now - timedelta(hours=2)),
    "jobs.worker": lambda sound, patch: _waiting(1),
    "jobs.queue": lambda sound, patch: _waiting(120),
    "retention.on_time": lambda sound, patch: report_make(ORGAN),
    "folders.writable": lambda sound, patch: (sound.var / "outbox").touch(),
    "disk.space": lambda sound, patch: patch.setattr(files.shutil, "disk_usage", lambda _: Usage(100e9, 99e9, 1e9)),
    "keys.present": lambda sound, patch: (sound.keys / "ring.json").unlink(),
    "keys.permissions": lambda sound, patch: (sound.keys / "ring.json").chmod(0o644),
    "restore.finished": lambda sound, patch: (sound.var / "restoring.json").write_text("{}"),
    "reports.fonts": lambda sound, patch: (sound.settings.XINHENG_FONTS / "NotoSansSC.ttf").unlink(),
    "time.zone": lambda sound, patch: patch.setattr(setup, "ZoneInfo", lambda _: ZoneInfo("UTC")),
    "calendar.last_day": lambda sound, patch: setattr(sound, "now", datetime(2041, 6, 1, tzinfo=CHINA)),
    "settings.debug": lambda sound, patch: setattr(sound.settings, "DEBUG", True),
    "settings.demo": lambda sound, patch: setattr(sound.settings, "XINHENG_DEMO", True),
    "settings.hosts": lambda sound, patch: setattr(sound.settings, "ALLOWED_HOSTS", ["*"]),
    "settings.https": lambda sound, patch: setattr(sound.settings, "SESSION_COOKIE_SECURE", False),
    "settings.secrets": lambda sound, patch: patch.setenv("DATABASE_URL", "postgres://xinheng:geheim@db/x"),
    "settings.mail": lambda sound, patch: setattr(sound.settings, "EMAIL_BACKEND", "django.core.mail.backends.filebased.EmailBackend"),
    "backup.age": lambda sound, patch: _old_backup(sound),
    "backup.keys": lambda sound, patch: key_ring.ring_write(key_ring.with_generation(key_ring.ring_now(), Suite.SM, now=sound.now)),
}  # fmt: skip
ATTENTION_ONLY = {"keys.present", "settings.secrets", "settings.mail"}


def _found(sound, *, production=True):
    return {one.check: one for one in findings(now=sound.now, production=production)}


def test_every_examination_has_a_case_in_which_it_fails():
    assert set(FAILURES) == CHECKS


def test_a_sound_deployment_is_told_so(sound):
    found = _found(sound)
    assert set(found) == CHECKS
    wrong = {name: one.seen for name, one in found.items() if one.state is State.BAD}
    assert wrong == {}
    # No worker runs in a test, and the next year's calendar may not be out yet.
    assert {name for name, one in found.items() if one.state is not State.GOOD} <= {"jobs.worker", "calendar.last_day"}


@pytest.mark.parametrize("check", sorted(FAILURES))
def test_what_is_wrong_is_found_with_a_way_out(check, sound, monkeypatch):
    FAILURES[check](sound, monkeypatch)
    found = _found(sound)[check]
    assert found.state is (State.ATTENTION if check in ATTENTION_ONLY else State.BAD), found
    assert len(re.findall(r"[\u4e00-\u9fff]", found.seen)) >= 4
    assert len(re.findall(r"[\u4e00-\u9fff]", found.remedy)) >= 8
    assert "geheim" not in found.seen + found.remedy


def test_without_a_database_the_rest_is_examined_all_the_same(sound, monkeypatch):
    monkeypatch.setattr(data, "_row", _away)
    found = _found(sound)
    assert found["database.migrations"].state is State.NOT_EXAMINED
    assert found["keys.permissions"].state is State.GOOD


def test_what_only_matters_in_production_is_not_examined_elsewhere(sound):
    sound.settings.DEBUG = True
    found = _found(sound, production=False)
    assert found["settings.debug"].state is State.NOT_EXAMINED
    assert is_sound(list(found.values()))


def test_an_examination_that_breaks_is_a_finding(sound, monkeypatch):
    monkeypatch.setattr(files.shutil, "disk_usage", lambda _: (_ for _ in ()).throw(OSError("gone")))
    found = _found(sound)["disk.space"]
    assert found.state is State.BAD
    assert "检查没有做完" in found.seen


def test_the_command_tells_people_and_programs(sound, monkeypatch):
    told = CliRunner().invoke(doctor, ["--production"])
    assert told.exit_code == 0, told.output
    assert "✓ 数据库：" in told.output
    assert "怎么办" in told.output, "no worker runs"

    (sound.keys / "ring.json").chmod(0o644)
    told = CliRunner().invoke(doctor, ["--production", "--json"])
    assert told.exit_code == 1
    read = json.loads(told.output)
    assert read["sound"] is False
    assert {one["check"] for one in read["findings"]} == CHECKS
    assert [one["check"] for one in read["findings"] if one["state"] == "BAD"] == ["keys.permissions"]
