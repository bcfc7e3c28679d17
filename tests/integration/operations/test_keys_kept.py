"""The ring over the life of a deployment: backups of before and after rotations, what the doctor says, a whole journey with SM."""

from datetime import timedelta

import openpyxl
import pytest
from allauth.mfa.models import Authenticator
from django.conf import settings
from tests.factories import intake_world as world
from tests.factories.sealed_things import sealed_make, sealed_read

from xinheng.accounts.adapter import SecondFactors
from xinheng.accounts.domain import SealedText
from xinheng.adapters import clock, crypto, key_ring
from xinheng.adapters.key_ring import ring_now
from xinheng.adapters.suites import KEY_BYTES, Suite
from xinheng.exchange.services import export_make
from xinheng.intake.models import Submission, SubmissionOriginal
from xinheng.intake.services.originals import original_opened
from xinheng.operations.domain import State
from xinheng.operations.selectors import data, files
from xinheng.operations.services import keys_rotate, ring_begin
from xinheng.records.models import RecordKey, RecordVersion
from xinheng.records.services import person_fields_open

LATER = world.NOW + timedelta(hours=25)


def names():
    return {seq: dict(fields) for seq, fields in person_fields_open(versions=RecordVersion.objects.all()).items()}


@pytest.mark.operations
@pytest.mark.xdist_group("deployment")
def test_backups_of_before_a_rotation_open_with_the_ring_or_the_bundle_of_their_time(deployment):
    identity, before = deployment.folder / "identity.txt", names()
    assert any(before.values())
    deployment.run("backup", "new-identity", "--out", identity)
    assert files.keys_bundled(clock.now())[0] is State.ATTENTION, "never yet"
    deployment.run("backup", "keys", "--out", deployment.folder / "apart" / "first.age")
    assert files.keys_bundled(clock.now())[0] is State.GOOD
    deployment.run("backup", "make")
    (backup,) = (deployment.folder / "backups").iterdir()

    deployment.run("keys", "rotate", "--suite", "sm")
    deployment.run("restore", backup, "--identity", identity, "--replace")
    assert names() == before, "the ring keeps the generation of the backup"
    assert "第 1 代" in data.keys_fit(clock.now())[1], "what was put back is of it"
    assert "接着做" in deployment.run("keys", "rotate").output
    assert files.keys_bundled(clock.now())[0] is State.BAD, "the bundle has not the generation that is current now"
    deployment.run("backup", "keys", "--out", deployment.folder / "apart" / "second.age")
    assert files.keys_bundled(clock.now()) == (State.GOOD, "另存过，有第 2 代", "")
    with clock.fixed(LATER):
        deployment.run("keys", "forget", "1")
    assert names() == before

    refused = deployment.run("restore", backup, "--identity", identity, "--replace", code=1)
    assert "第 1 代" in str(refused.exception)
    assert names() == before, "nothing was touched"
    with clock.fixed(LATER):
        for bundle in ("second", "first"):
            deployment.run(
                "restore", backup, "--identity", identity, "--replace", "--keys", deployment.folder / "apart" / f"{bundle}.age"
            )
            assert names() == before
            with original_opened(submission=Submission.objects.get(number=deployment.receipt)) as path:
                assert path.read_bytes() == (deployment.folder / "处罚.csv").read_bytes()


class TestTheDoctor:
    @pytest.fixture(autouse=True)
    def _sealed(self, fresh_database, tmp_path):
        sealed_make(tmp_path)

    def told(self):
        return data.keys_fit(world.NOW)

    def test_says_that_all_is_well(self):
        assert self.told() == (State.GOOD, "第 1 代打得开密封的内容", "")

    def test_says_which_generation_nothing_uses(self):
        keys_rotate(suite=None, actor="演示运维", now=world.NOW)
        state, seen, remedy = self.told()
        assert (state, seen) == (State.ATTENTION, "第 1 代密钥已经没有东西用，还留着。")
        assert "xinheng keys forget" in remedy

    def test_says_that_a_rotation_was_cut_off(self):
        key_ring.ring_write(key_ring.with_generation(ring_now(), Suite.SM, now=world.NOW))
        state, seen, remedy = self.told()
        assert state is State.ATTENTION
        assert "第 1 代" in seen
        assert "没有做完" in seen
        assert "xinheng keys rotate" in remedy

    def test_says_which_generation_is_missing(self):
        keys_rotate(suite=None, actor="演示运维", now=world.NOW)
        ring = key_ring.with_generation(ring_now(), Suite.SM, now=world.NOW)
        key_ring.ring_write(key_ring.without_generation(ring, 2))
        state, seen, remedy = self.told()
        assert (state, "第 2 代（记录中与个人有关的内容）" in seen) == (State.BAD, True)
        assert "lost-key.zh.md" in remedy

    def test_tries_second_factors_too(self):
        former = ring_now()
        keys_rotate(suite=None, actor="演示运维", now=world.NOW)
        factor_put_back(former)
        key_ring.ring_write(key_ring.without_generation(ring_now(), 1))
        assert (self.told()[0], "第 1 代（第二因素）" in self.told()[1]) == (State.BAD, True)

    def test_says_that_the_ring_was_altered_or_is_gone(self):
        path = settings.XINHENG_VAR / "keys" / "ring.json"
        path.write_text(path.read_text()[:-20])
        assert (self.told()[0], "读不出来" in self.told()[1]) == (State.BAD, True)
        path.unlink()
        assert (self.told()[0], "主密钥不见了" in self.told()[1]) == (State.BAD, True)
        assert not path.exists(), "looking makes no new one"


def factor_put_back(ring):
    """Store an authenticator's secret as a ring of before would have."""
    one = Authenticator.objects.get(type=Authenticator.Type.TOTP)
    read = SealedText.read(one.data["secret"])
    one.data["secret"] = SealedText(crypto.wrap_key(crypto.unwrap_key(read.wrapped_key), ring=ring), read.sealed).written()
    one.save()
    assert SecondFactors().decrypt(one.data["secret"])


@pytest.mark.parametrize("rotated", [False, True])
def test_a_file_goes_its_whole_way_with_sm(fresh_database, tmp_path, rotated):
    if rotated:
        keys_rotate(suite=Suite.SM, actor="演示运维", now=world.NOW)
    else:
        ring_begin(suite=Suite.SM, actor="演示运维", now=world.NOW)
    thing = sealed_make(tmp_path)
    sealed_read(thing)
    original = SubmissionOriginal.objects.get()
    assert len(crypto.unwrap_key(bytes(original.wrapped_key))) == KEY_BYTES[Suite.SM]
    assert {crypto.generation_of(bytes(key.material)) for key in RecordKey.objects.all()} == {2 if rotated else 1}
    assert {len(bytes(key.material)) for key in RecordKey.objects.all()} == {35}

    report = export_make(
        item_id="administrative_penalty", actor="信用办甲", on_date=world.NOW.date(), now=world.NOW, out=tmp_path / "上报.xlsx"
    )
    cells = [cell for row in openpyxl.load_workbook(report.paths[0]).worksheets[0].iter_rows(values_only=True) for cell in row]
    assert {"演示代表人1", "演示代表人2"} <= set(cells)

    again = world.load(world.file_write(tmp_path / "again.csv", [world.penalty(1), world.penalty(2, CF_FRDB="演示新人")]))
    assert world.told(again)["duplicate"] == 1, "a repeated report is recognised by the digest of its person fields"
    assert {"legal_representative": "演示新人"} in names().values()
