"""Rotation: everything sealed opens before, after and where it is cut off; what is used cannot be forgotten."""

from datetime import timedelta

import psycopg
import pytest
from click.testing import CliRunner
from django.apps import apps
from django.db.models import BinaryField
from tests.factories import intake_world as world
from tests.factories.sealed_things import sealed_make, sealed_read

from xinheng.adapters import clock, crypto, key_ring
from xinheng.adapters.database import owner_connection
from xinheng.adapters.key_ring import ring_now
from xinheng.adapters.suites import Suite
from xinheng.audit.models import Event
from xinheng.config.cli import cli
from xinheng.intake.models import SubmissionOriginal
from xinheng.operations import errors
from xinheng.operations.selectors.keys import (
    FACTORS_LABEL,
    RECORD_KEYS,
    WRAPPED,
    generations_held,
    generations_unopened,
    holdings,
)
from xinheng.operations.services import generation_forget, keys, keys_rotate, ring_begin
from xinheng.records.models import RecordKey

NOW = world.NOW
LATER = NOW + timedelta(hours=25)


@pytest.fixture
def sealed(fresh_database, tmp_path):
    return sealed_make(tmp_path)


def rotate(suite=None, **more):
    return keys_rotate(suite=suite, actor="演示运维", now=NOW, **more)


def held():
    return dict(generations_held(owner_connection()))


def forget(number, now=LATER):
    generation_forget(number=number, actor="演示运维", now=now)


def test_every_column_that_stores_a_key_is_among_the_kinds():
    stored = {
        (model._meta.db_table, field.column)
        for model in apps.get_models()
        for field in model._meta.get_fields()
        if isinstance(field, BinaryField) and field.column in ("wrapped_key", "material")
    }
    assert {(kind.table, kind.column) for kind in (*WRAPPED, RECORD_KEYS)} == stored


def test_everything_opens_after_rotations_and_after_forgetting(sealed, tmp_path):
    before = sealed_read(sealed)
    counts = {kind: sum(numbers.values()) for kind, numbers in holdings(owner_connection()).items()}
    assert all(counts.values()), "there is something of every kind"
    for number, suite in ((2, Suite.SM), (3, None), (4, Suite.AES)):
        done = rotate(suite)
        assert (done.generation, done.suite, done.is_new) == (number, suite or Suite.SM, True)
        assert (done.wrapped, done.unopened, done.left) == (counts, 0, 0)
        assert sealed_read(sealed) == before
    again = sealed_make(tmp_path, first=5)
    for number in (1, 2, 3):
        forget(number)
    assert set(ring_now().generations) == set(held()) == {4}
    assert sealed_read(sealed, again).items() >= {(key, value) for key, value in before.items() if isinstance(value, bytes)}
    assert {event.action for event in Event.objects.filter(action__startswith="operations.keys.")} == {
        "operations.keys.generation_made",
        "operations.keys.rotated",
        "operations.keys.generation_forgotten",
    }
    assert len(sealed_read(sealed, again)["persons"]) == 4


class Cut(Exception):
    """The process ends here."""


class Cutting:
    """A connection over which only so many statements go."""

    def __init__(self, connection, left):
        self.connection, self.left, self.asked = connection, left, 0

    def __getattr__(self, name):
        return getattr(self.connection, name)

    def execute(self, *arguments):
        self.asked += 1
        if self.left is not None and self.asked > self.left:
            raise Cut
        return self.connection.execute(*arguments)


def test_portions_follow_each_other_by_number_and_leave_nothing_out(fresh_database, tmp_path, monkeypatch):
    owner_connection().execute("ALTER TABLE notices_contact ALTER COLUMN id RESTART WITH 9")
    for first in (1, 3, 5):
        sealed_make(tmp_path, first=first)
    monkeypatch.setattr(keys, "PORTION", 1)
    assert (rotate().left, set(held())) == (0, {2})


def test_cut_off_at_any_step_everything_opens_and_the_next_call_finishes(sealed, monkeypatch):
    before = sealed_read(sealed)
    monkeypatch.setattr(keys, "PORTION", 1)
    cutting = Cutting(owner_connection(), None)
    monkeypatch.setattr(keys, "owner_connection", lambda: cutting)
    rotate()
    steps = cutting.asked
    assert steps > 20
    for left in range(steps):
        cutting.asked, cutting.left = 0, left
        with pytest.raises(Cut):
            rotate(Suite.SM if left % 2 else Suite.AES)
        cutting.left = None
        assert sealed_read(sealed) == before, left
        rotate()
        assert set(held()) == {ring_now().current}, left
    assert sealed_read(sealed) == before
    for number in sorted(ring_now().generations)[:-1]:
        forget(number)
    assert sealed_read(sealed) == before


@pytest.mark.parametrize("step", ["before the file", "after the file"])
def test_cut_off_while_the_ring_is_written_there_is_one_ring_and_an_event(sealed, monkeypatch, step):
    before, written = sealed_read(sealed), key_ring.write_atomically

    def cut(path, content):
        if step == "after the file":
            written(path, content)
        raise Cut

    with monkeypatch.context() as patch:
        patch.setattr(key_ring, "write_atomically", cut)
        with pytest.raises(Cut):
            rotate()
    assert Event.objects.filter(action="operations.keys.generation_made").count() == 1
    assert sealed_read(sealed) == before
    assert rotate().generation == 2
    assert sealed_read(sealed) == before


class TestForgetting:
    def test_what_is_used_stays_and_is_named(self, sealed):
        rotate()
        fresh = SubmissionOriginal.objects.get()
        ring = ring_now()
        older = key_ring.Ring(ring.generations, 1, ring.index_suite, ring.index_key)
        key = crypto.unwrap_key(bytes(fresh.wrapped_key))
        with owner_connection().transaction():
            owner_connection().execute("ALTER TABLE intake_submissionoriginal DISABLE TRIGGER USER")
            owner_connection().execute(
                "UPDATE intake_submissionoriginal SET wrapped_key = %s", [crypto.wrap_key(key, ring=older)]
            )
            owner_connection().execute("ALTER TABLE intake_submissionoriginal ENABLE TRIGGER USER")
        with pytest.raises(errors.GenerationUsed, match="报送原件 1"):
            forget(1)
        assert 1 in ring_now().generations
        done = rotate()
        assert (done.is_new, sum(done.wrapped.values())) == (False, 1)
        forget(1)

    def test_neither_the_current_nor_one_that_is_not_there(self, sealed):
        with pytest.raises(errors.GenerationCurrent):
            forget(1)
        with pytest.raises(errors.GenerationUnknown):
            forget(7)
        rotate()
        forget(1)
        with pytest.raises(errors.GenerationUnknown):
            forget(1)

    def test_not_while_something_that_began_before_may_still_be_stored(self, sealed):
        rotate()
        with pytest.raises(errors.GenerationTooYoung, match="24 小时"):
            forget(1, now=NOW + timedelta(hours=24) - timedelta(seconds=1))
        forget(1, now=NOW + timedelta(hours=24))


def test_one_process_at_a_time(sealed):
    with keys._alone():
        for refused in (rotate, lambda: forget(1), lambda: ring_begin(suite=Suite.SM, actor="x", now=NOW)):
            with pytest.raises(errors.RotationInProgress):
                refused()
    rotate()


def test_what_the_ring_does_not_open_stays_as_it_is_and_is_counted(sealed):
    foreign = key_ring.ring_read("22" * 32)
    strange = crypto.wrap_key(b"\x01" * 32, ring=foreign)
    owner_connection().execute("UPDATE reports_issuedreport SET wrapped_key = %s WHERE number = %s", [strange, sealed.report])
    done = rotate()
    assert (done.unopened, done.left) == (1, 0)
    (stored,) = (
        owner_connection().execute("SELECT wrapped_key FROM reports_issuedreport WHERE number = %s", [sealed.report]).fetchone()
    )
    assert bytes(stored) == strange
    with pytest.raises(errors.GenerationUsed, match="已出具的报告 1"):
        forget(1)
    assert rotate().is_new is False, "what is left is tried again"
    assert rotate(in_any_case=True).generation == 3


class TestTheDatabase:
    def test_takes_a_later_generation_for_a_record_key_and_nothing_else(self, sealed, app_connection):
        entry = RecordKey.objects.first()
        first = bytes(entry.material)
        rewrap = "SELECT records_keys_rewrap(%s::uuid[], %s::bytea[], %s::bytea[])"
        rotate()
        second = bytes(RecordKey.objects.get(pk=entry.pk).material)
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            app_connection.execute(rewrap, [[entry.pk], [second], [second]])
        owner = owner_connection()
        assert owner.execute(rewrap, [[entry.pk], [first], [second]]).fetchone() == (0,), "only what is still as it was read"
        for wrong in (first, second, b"\x01\x00\x01" + second[3:], b"\x02\x00\x09" + second[3:], b"\x01\x00\x09", b"x"):
            with pytest.raises(psycopg.errors.InsufficientPrivilege, match="later generation"):
                owner.execute(rewrap, [[entry.pk], [second], [wrong]])
            with pytest.raises(psycopg.errors.InsufficientPrivilege, match="later generation"):
                owner.execute("UPDATE records_recordkey SET material = %s WHERE key_id = %s", [wrong, entry.pk])
        with pytest.raises(psycopg.errors.InsufficientPrivilege, match="later generation"):
            owner.execute(
                "UPDATE records_recordkey SET material = %s, destroyed_ground = 'x' WHERE key_id = %s",
                [b"\x01\x00\x09" + second[3:], entry.pk],
            )

    def test_takes_a_later_generation_for_an_original_and_nothing_else(self, sealed, app_connection):
        rotate()
        second = bytes(SubmissionOriginal.objects.get().wrapped_key)
        change = "UPDATE intake_submissionoriginal SET wrapped_key = %s"
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            app_connection.execute(change, [b"\x01\x00\x09" + second[3:]])
        for wrong in (second, b"\x01\x00\x01" + second[3:], b"x" * 40, b"\x01\x00\x09"):
            with pytest.raises(psycopg.errors.CheckViolation):
                owner_connection().execute(change, [wrong])
        with pytest.raises(psycopg.errors.CheckViolation):
            owner_connection().execute(change + ", stored_as = 'elsewhere'", [b"\x01\x00\x09" + second[3:]])

    def test_of_an_earlier_release_is_asked_for_what_it_has(self, sealed):
        owner = owner_connection()
        owner.execute("ALTER TABLE notices_contact RENAME TO not_yet")
        owner.execute("ALTER TABLE mfa_authenticator RENAME TO not_yet_either")
        counts = holdings(owner)
        assert (counts["通知地址"], counts[FACTORS_LABEL]) == ({}, {})
        assert counts["报送原件"] == {1: 1}
        assert generations_unopened(owner, ring_now()) == {}

    def test_counts_generations_as_the_platform_does(self, sealed):
        rotate(Suite.SM)
        shapes = [
            b"x" * 32,
            b"x" * 40,
            b"",
            b"x",
            b"\x01\x00\x02" + b"x" * 24,
            b"\x02\x01\x02" + b"x" * 32,
            b"\x01\xff\xfe" + b"x" * 60,
        ]
        for stored in shapes:
            (there,) = owner_connection().execute("SELECT records_key_generation(%s)", [stored]).fetchone()
            assert there == crypto.generation_of(stored)
        assert held() == {2: sum(held().values())}


class TestCommands:
    @pytest.fixture(autouse=True)
    def _at(self, fresh_database):
        with clock.fixed(NOW):
            yield

    def run(self, *words, code=0):
        result = CliRunner().invoke(cli, ["keys", *words])
        assert result.exit_code == code, (result.output, result.exception)
        return result

    def test_status_rotate_forget(self, tmp_path):
        sealed_make(tmp_path)
        assert (
            "第 1 代（AES-256-GCM 和 HMAC-SHA-256，当前）\n    记录中与个人有关的内容 2、报送原件 1"
            in self.run("status").output
        )
        assert "造了第 2 代（SM4-GCM 和 HMAC-SM3）" in self.run("rotate", "--suite", "sm", "--by", "演示运维").output
        told = self.run("status").output
        assert "可以销毁：xinheng keys forget 1" in told
        assert f"{FACTORS_LABEL} 2" in told
        assert "不满 24 小时" in str(self.run("forget", "1", code=1).exception)
        with clock.fixed(LATER):
            assert "第 1 代已销毁" in self.run("forget", "1", "--by", "演示运维").output
        assert "第 1 代" not in self.run("status").output
        assert Event.objects.filter(action="operations.keys.generation_forgotten", actor="演示运维").exists()

    def test_begin_before_the_first_use_only(self, tmp_path):
        self.run("begin", "--suite", "sm")
        assert ring_now().newest.suite is Suite.SM
        assert isinstance(self.run("begin", "--suite", "aes", code=1).exception, errors.RingBegun)
        sealed_read(sealed_make(tmp_path))
        assert "索引密钥（HMAC-SM3）" in self.run("status").output

    def test_not_where_something_is_sealed_and_the_ring_is_lost(self, tmp_path):
        sealed_make(tmp_path)
        (tmp_path / "var" / "keys" / "ring.json").unlink()
        refused = self.run("begin", "--suite", "sm", code=1).exception
        assert isinstance(refused, errors.RingMissing)
        assert not key_ring.is_there()

    def test_a_library_without_the_algorithms_is_told(self, monkeypatch):
        monkeypatch.setattr(keys, "is_available", lambda _: False)
        assert isinstance(self.run("begin", "--suite", "sm", code=1).exception, errors.SuiteUnavailable)
        assert not key_ring.is_there()

    def test_a_ring_in_the_environment_is_written_into_a_file_for_the_operator(self, tmp_path, monkeypatch):
        monkeypatch.setenv("XINHENG_MASTER_KEY", "11" * 32)
        thing = sealed_make(tmp_path)
        before = sealed_read(thing)
        assert isinstance(self.run("rotate", code=1).exception, errors.RingInEnvironment)
        assert "写到了" in self.run("rotate", "--suite", "sm", "--out", str(tmp_path / "ring")).output
        assert (tmp_path / "ring").stat().st_mode & 0o077 == 0
        assert ring_now().current == 1, "until the operator sets it"

        monkeypatch.setenv("XINHENG_MASTER_KEY", (tmp_path / "ring").read_text())
        assert sealed_read(thing) == before
        assert "接着做" in self.run("rotate").output
        assert set(held()) == {2}
        with clock.fixed(LATER):
            assert isinstance(self.run("forget", "1", code=1).exception, errors.RingInEnvironment)
            self.run("forget", "1", "--out", str(tmp_path / "later"))
        monkeypatch.setenv("XINHENG_MASTER_KEY", (tmp_path / "later").read_text())
        assert sealed_read(thing) == before
        assert not (tmp_path / "var" / "keys" / "ring.json").exists()
