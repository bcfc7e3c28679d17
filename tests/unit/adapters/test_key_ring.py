"""The ring: one key of before is its first generation, generations are added and taken away, nothing altered is taken."""

import json
import os
from datetime import datetime

import pytest

from xinheng.adapters import crypto, key_ring
from xinheng.adapters.clock import CHINA
from xinheng.adapters.key_ring import RingUnreadable, ring_now
from xinheng.adapters.suites import NotUnwrapped, Suite

NOW = datetime(2026, 11, 28, 9, tzinfo=CHINA)
MASTER = bytes(range(32))
KEY = bytes.fromhex("00112233445566778899aabbccddeeff000102030405060708090a0b0c0d0e0f")
STORED_BEFORE = bytes.fromhex("28c9f404c4b810f4cbccb35cfb87f8263f5786e2d80ed326cbc7f0e71a99f43bfb988b9b7a02dd21")
"""KEY as the release before the ring stored it under MASTER (RFC 3394, section 4.6)."""


@pytest.fixture
def keys(settings):
    folder = settings.XINHENG_VAR / "keys"
    folder.mkdir(parents=True)
    return folder


@pytest.fixture(params=["file", "environment"])
def before(request, keys, monkeypatch):
    """A deployment of before the ring, its one key in a file or in the environment."""
    if request.param == "file":
        (keys / "master.key").write_bytes(MASTER)
    else:
        monkeypatch.setenv("XINHENG_MASTER_KEY", MASTER.hex())
    return keys


def rotate(suite=Suite.AES):
    key_ring.ring_write(key_ring.with_generation(ring_now(), suite, now=NOW))


def test_the_one_key_of_before_is_the_first_generation(before):
    import hmac

    assert crypto.unwrap_key(STORED_BEFORE) == KEY
    assert crypto.wrap_key(KEY) == STORED_BEFORE, "the release before reads what is stored now"
    digest = hmac.new(MASTER, b"purpose\x00content", "sha256").digest()
    assert crypto.keyed_digest(purpose="purpose", content=b"content") == digest
    assert (
        crypto.derived_key(purpose="purpose", stored=b"content".ljust(32))
        == hmac.new(MASTER, b"purpose\x00" + b"content".ljust(32), "sha256").digest()
    )
    assert not (before / "ring.json").exists(), "nothing is written before something changes"


@pytest.mark.parametrize("suite", Suite)
def test_after_a_rotation_older_things_open_and_newer_ones_say_their_generation(keys, suite):
    (keys / "master.key").write_bytes(MASTER)
    index = crypto.keyed_digest(purpose="p", content=b"c")
    (material,), drawn = crypto.derived_keys(purpose="p", count=1)
    (derived,) = drawn
    rotate(suite)
    assert not (keys / "master.key").exists()
    assert crypto.unwrap_key(STORED_BEFORE) == KEY
    assert crypto.derived_key(purpose="p", stored=material) == derived
    assert crypto.keyed_digest(purpose="p", content=b"c") == index, "digests outlive rotations"
    stored = crypto.wrap_key(KEY)
    assert (crypto.generation_of(STORED_BEFORE), crypto.generation_of(stored)) == (1, 2)
    assert crypto.unwrap_key(stored) == KEY

    key_ring.ring_write(key_ring.without_generation(ring_now(), 1))
    assert crypto.unwrap_key(stored) == KEY
    assert crypto.keyed_digest(purpose="p", content=b"c") == index
    with pytest.raises(crypto.GenerationMissing):
        crypto.unwrap_key(STORED_BEFORE)
    with pytest.raises(crypto.GenerationMissing):
        crypto.derived_key(purpose="p", stored=material)


@pytest.mark.parametrize("suite", Suite)
def test_what_is_stored_cannot_pass_for_another_generation_or_form(keys, suite):
    rotate(suite)
    second = crypto.wrap_key(KEY)
    (material,), _ = crypto.derived_keys(purpose="p", count=1)
    rotate(suite)
    third = crypto.wrap_key(KEY)
    for wrong in (
        third[:2] + second[2:3] + third[3:],
        second[:3] + third[3:],
        b"\x02" + second[1:],
        b"\x07" + second[1:],
        second[3:],
        material,
        b"",
        b"x",
        bytes(64),
    ):
        with pytest.raises(NotUnwrapped):
            crypto.unwrap_key(wrong)
    for wrong in (b"\x07" + material[1:], material[:-1], b"", b"\x02" + second[1:]):
        with pytest.raises(NotUnwrapped):
            crypto.derived_key(purpose="p", stored=wrong)


def test_a_process_that_runs_sees_the_ring_that_another_wrote(keys):
    first = ring_now()
    assert first.current == 1
    text = key_ring.ring_text(key_ring.with_generation(first, Suite.SM, now=NOW))
    (keys / "beside").write_text(text)
    os.replace(keys / "beside", keys / "ring.json")  # noqa: PTH105 - as another process does
    assert ring_now().current == 2
    assert len(crypto.new_key()) == 16


@pytest.mark.parametrize("suite", Suite)
def test_a_new_deployment_has_an_index_key_of_its_own(keys, suite):
    key_ring.ring_begin(suite, now=NOW)
    ring = ring_now()
    assert (ring.current, ring.newest.suite, ring.index_suite) == (1, suite, suite)
    assert ring.index_key != ring.newest.secret
    key_ring.ring_begin(Suite.AES, now=NOW)
    assert ring_now() == ring, "the first one stays"
    assert (keys / "ring.json").stat().st_mode & 0o077 == 0


def _altered(text, change):
    read = json.loads(text)
    change(read)
    return json.dumps(read)


@pytest.mark.parametrize(
    "change",
    [
        lambda ring: ring["index"].update(wrapped="00" * 40),
        lambda ring: ring["generations"]["2"].update(secret="11" * 32),
        lambda ring: ring["generations"]["2"].update(secret="11" * 31),
        lambda ring: ring["generations"].update({"3": ring["generations"]["1"]}),
        lambda ring: ring["generations"].update({"0": ring["generations"]["1"]}),
        lambda ring: ring["generations"].pop("2"),
        lambda ring: ring.update(current=1),
        lambda ring: ring.update(format="xinheng-key-ring/2"),
        lambda ring: ring.update(more=1),
        lambda ring: ring["generations"]["1"].update(suite="des"),
    ],
)
def test_an_altered_ring_is_refused_without_telling_what_is_in_it(keys, change):
    rotate()
    text = (keys / "ring.json").read_text()
    secrets = [one["secret"] for one in json.loads(text)["generations"].values()]
    (keys / "ring.json").write_text(_altered(text, change))
    with pytest.raises(RingUnreadable) as refused:
        ring_now()
    assert not any(secret in f"{refused.value!r}{refused.value.__cause__!r}" for secret in secrets)


@pytest.mark.parametrize("given", ["x", "ab" * 31, "ab" * 33, "{}", "[]"])
def test_what_is_no_ring_in_the_environment_is_refused(keys, monkeypatch, given):
    monkeypatch.setenv("XINHENG_MASTER_KEY", given)
    with pytest.raises(RingUnreadable):
        ring_now()


def test_a_ring_in_the_environment_is_used_before_the_file(keys, monkeypatch):
    rotate(Suite.SM)
    text = (keys / "ring.json").read_text()
    ring = ring_now()
    (keys / "ring.json").unlink()
    monkeypatch.setenv("XINHENG_MASTER_KEY", text)
    assert ring_now() == ring
    assert not (keys / "ring.json").exists()


def test_a_value_is_found_again_however_it_is_written():
    same = {
        "11010519491231002X",
        "１１０１０５１９４９１２３１００２Ｘ",
        " 110105 19491231 002x\t",
        "110105\u300019491231002ｘ",
    }
    assert len({crypto.blind_index(purpose="id", value=value) for value in same}) == 1
    assert crypto.blind_index(purpose="id", value="110105194912310021") != crypto.blind_index(
        purpose="id", value="11010519491231002X"
    )
    assert crypto.blind_index(purpose="phone", value="1") != crypto.blind_index(purpose="id", value="1")
