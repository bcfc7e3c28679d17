"""What leaves the machine is sealed to public keys, streams, and tells when it is not whole."""

import io
import os
import stat

import pytest

from xinheng.adapters.sealing import (
    NotOpened,
    RecipientsUnusable,
    identities_read,
    identity_new,
    opened,
    recipients_read,
    seal_stream,
    written_by,
)


@pytest.fixture
def keys(tmp_path):
    identity_new(secret=tmp_path / "secret.txt", public=tmp_path / "public.txt")
    return recipients_read(tmp_path / "public.txt"), identities_read(tmp_path / "secret.txt")


def test_a_secret_key_is_private_and_never_overwritten(tmp_path):
    first = identity_new(secret=tmp_path / "a.txt", public=tmp_path / "public.txt")
    second = identity_new(secret=tmp_path / "b.txt", public=tmp_path / "public.txt")
    assert stat.S_IMODE((tmp_path / "a.txt").stat().st_mode) == 0o600
    assert (tmp_path / "public.txt").read_text().split() == [first, second]
    with pytest.raises(FileExistsError):
        identity_new(secret=tmp_path / "a.txt", public=tmp_path / "public.txt")


@pytest.mark.parametrize("size", [0, 1, 65_536, 1_000_003])
def test_what_was_sealed_comes_back(tmp_path, keys, size):
    content = os.urandom(size)
    seal_stream(io.BytesIO(content), tmp_path / "x.age", keys[0])
    with opened(tmp_path / "x.age", keys[1]) as plain:
        assert plain.read() == content
    assert stat.S_IMODE((tmp_path / "x.age").stat().st_mode) == 0o600


def test_every_way_of_not_being_whole_is_told(tmp_path, keys):
    sealed = tmp_path / "x.age"
    seal_stream(io.BytesIO(os.urandom(300_000)), sealed, keys[0])
    whole = sealed.read_bytes()
    identity_new(secret=tmp_path / "other.txt", public=tmp_path / "other-public.txt")

    def told(identities=keys[1]):
        # Also where only the beginning was wanted.
        with pytest.raises(NotOpened), opened(sealed, identities) as plain:
            plain.read(10)

    told(identities_read(tmp_path / "other.txt"))
    for altered in (whole[:-1], whole[:70_000], whole[:200_000] + b"x" + whole[200_001:], whole + b"x", b""):
        sealed.write_bytes(altered)
        told()


def test_files_of_keys_that_cannot_be_read(tmp_path):
    for content in ("", "# only a remark\n", "age1nonsense\n"):
        (tmp_path / "public.txt").write_text(content)
        with pytest.raises(RecipientsUnusable):
            recipients_read(tmp_path / "public.txt")
        with pytest.raises(NotOpened):
            identities_read(tmp_path / "public.txt")
    with pytest.raises(RecipientsUnusable):
        recipients_read(tmp_path / "none.txt")


def test_a_writer_that_fails_is_told_by_who_reads():
    def broken(out):
        out.write(b"x" * 10)
        raise ValueError("in the middle")

    with pytest.raises(ValueError, match="in the middle"), written_by(broken) as made:
        assert made.read() == b"x" * 10
