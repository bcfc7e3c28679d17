"""The WAL archive: sealed, stored once, given back as it was, through the script that PostgreSQL calls."""

import os
import subprocess
import sys

import pytest
from django.conf import settings

from xinheng.adapters.sealing import identity_new

SCRIPT = settings.PROJECT / "deploy" / "postgresql" / "wal"


@pytest.fixture
def place(tmp_path):
    identity_new(secret=tmp_path / "secret.txt", public=tmp_path / "public.txt")
    (tmp_path / "archive").mkdir()
    return tmp_path


def _wal(*words):
    return subprocess.run(
        [SCRIPT, *map(str, words)],
        env=os.environ | {"XINHENG_PYTHON": sys.executable},
        capture_output=True,
        text=True,
        check=False,
    )


def test_a_segment_goes_and_comes_back_and_is_never_overwritten(place):
    segment, name = place / "segment", "000000010000000000000001"
    segment.write_bytes(os.urandom(100_000))
    store = ("store", place / "archive", place / "public.txt", segment, name)
    fetch = ("fetch", place / "archive", place / "secret.txt", name, place / "back")
    assert _wal(*store).returncode == 0
    assert segment.read_bytes()[:100] not in (place / "archive" / f"{name}.age").read_bytes()
    assert _wal(*fetch).returncode == 0
    assert (place / "back").read_bytes() == segment.read_bytes()

    assert _wal(*store).returncode == 0, "the same again, as after a crash"
    segment.write_bytes(b"other")
    refused = _wal(*store)
    assert refused.returncode == 1
    assert "other content" in refused.stderr
    assert _wal("fetch", place / "archive", place / "secret.txt", "0" * 24, place / "none").returncode == 1
    assert not (place / "none").exists()
    assert not list((place / "archive").glob(".*"))


def test_what_cannot_be_done_is_refused_so_that_the_server_keeps_its_segment(place):
    (place / "segment").write_bytes(b"x")
    (place / "nobody.txt").write_text("# nobody\n")
    for words in (
        ("store", place / "none", place / "public.txt", place / "segment", "1"),
        ("store", place / "archive", place / "nobody.txt", place / "segment", "1"),
        ("store", place / "archive", place / "none.txt", place / "segment", "1"),
        ("store",),
        (),
    ):
        assert _wal(*words).returncode != 0
    assert not list((place / "archive").glob("*.age"))
