"""A file is there whole or not at all."""

import stat

import pytest

from xinheng.adapters.storage import whole_file, write_atomically, write_once


def test_a_file_appears_when_it_is_complete(tmp_path):
    path = tmp_path / "新" / "上报.csv"
    with whole_file(path) as part:
        part.write_text("一半")
        assert not path.exists()
        part.write_text("全部")
    assert path.read_text() == "全部"
    assert [found.name for found in path.parent.iterdir()] == ["上报.csv"]


def test_an_error_leaves_what_was_there_before(tmp_path):
    path = tmp_path / "上报.csv"
    path.write_text("上一份")

    def half():
        with whole_file(path) as part:
            part.write_text("一半")
            raise RuntimeError("stopped")

    with pytest.raises(RuntimeError, match="stopped"):
        half()
    assert path.read_text() == "上一份"
    assert len(list(tmp_path.iterdir())) == 1


def test_what_a_killed_writer_left_is_written_over(tmp_path):
    path = tmp_path / "上报.csv"
    with whole_file(path) as part:
        part.write_text("上一份")
        left = part
    left.write_text("被杀时写了一半，比下一份长得多")
    with whole_file(path) as part:
        assert not part.exists()
        part.write_text("全部")
    assert path.read_text() == "全部"


def test_small_secrets_are_the_owners_and_the_first_one_stays(tmp_path):
    path = tmp_path / "key"
    write_once(path, b"first")
    write_once(path, b"second")
    assert path.read_bytes() == b"first"
    write_atomically(tmp_path / "other", b"x")
    assert {stat.S_IMODE(found.stat().st_mode) for found in tmp_path.iterdir()} == {0o600}
