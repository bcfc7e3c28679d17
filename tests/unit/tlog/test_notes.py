"""Checkpoints, keys and proofs are written the one way they are written, and nothing else is believed."""

import base64

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from xinheng.tlog import offline_verifier
from xinheng.tlog.domain import LogKey, NoteNotBelieved, TreeHead, checkpoint_read, checkpoint_sign

SIGNER = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
KEY = LogKey("credit.example/log", SIGNER.public_key().public_bytes_raw())
HEAD = TreeHead("credit.example/log", 20852163, bytes(range(32)))
NOTE = checkpoint_sign(HEAD, SIGNER)


def test_the_example_of_the_go_checksum_database_is_believed():
    """The key and a signed head of sum.golang.org, as its clients have them."""
    key = LogKey.read("sum.golang.org+033de0ae+Ac4zctda0e5eza+HJyk9SxEdh+s3Ux18htTTAD8OuAn8")
    assert key.name == "sum.golang.org"
    assert key.key_id.hex() == "033de0ae"


def test_a_checkpoint_is_written_as_the_specification_has_it():
    text = NOTE.decode()
    root = base64.b64encode(HEAD.root).decode()
    assert text.startswith(f"credit.example/log\n20852163\n{root}\n\n— credit.example/log ")
    assert text.endswith("\n")
    assert checkpoint_sign(HEAD, SIGNER) == NOTE, "the same head is signed to the same bytes"
    assert checkpoint_read(NOTE, KEY) == HEAD
    assert LogKey.read(KEY.text + "\n") == KEY
    told = offline_verifier.checkpoint_read(NOTE, offline_verifier.key_read(KEY.text))
    assert (told.size, told.root) == (HEAD.size, HEAD.root)


@given(at=st.integers(0, len(NOTE) - 1), bit=st.integers(0, 7))
def test_any_flipped_bit_of_a_checkpoint_is_refused_by_both(at, bit):
    altered = bytearray(NOTE)
    altered[at] ^= 1 << bit
    with pytest.raises(NoteNotBelieved):
        checkpoint_read(bytes(altered), KEY)
    with pytest.raises(offline_verifier.Refused):
        offline_verifier.checkpoint_read(bytes(altered), offline_verifier.key_read(KEY.text))


@pytest.mark.parametrize(
    "note",
    [
        b"",
        NOTE[:-1],
        NOTE + b"\n",
        NOTE + f"— {KEY.name} {base64.b64encode(KEY.key_id + bytes(64)).decode()}\n".encode(),
        NOTE.replace(b"20852163", b"020852163"),
        NOTE.partition(b"\n\n")[0] + b"\n\n",
        checkpoint_sign(TreeHead("credit.example/log2", 1, HEAD.root), SIGNER),
        checkpoint_sign(HEAD, Ed25519PrivateKey.from_private_bytes(bytes(32))),
    ],
)
def test_what_is_no_checkpoint_of_this_log_is_refused_by_both(note):
    with pytest.raises(NoteNotBelieved):
        checkpoint_read(note, KEY)
    with pytest.raises(offline_verifier.Refused):
        offline_verifier.checkpoint_read(note, offline_verifier.key_read(KEY.text))


def test_signatures_of_witnesses_may_stand_beside():
    witness = "— witness.example " + base64.b64encode(b"\x00" * 76).decode() + "\n"
    assert checkpoint_read(NOTE + witness.encode(), KEY) == HEAD
    assert offline_verifier.checkpoint_read(NOTE + witness.encode(), offline_verifier.key_read(KEY.text)).size == HEAD.size


@pytest.mark.parametrize(
    "text",
    [
        "",
        "credit.example/log",
        KEY.text.replace("credit", "kredit"),
        KEY.text[:-4],
        KEY.text.replace("+A", "+B"),
        "+" + KEY.text,
    ],
)
def test_what_is_no_key_is_refused_by_both(text):
    with pytest.raises(NoteNotBelieved):
        LogKey.read(text)
    with pytest.raises(offline_verifier.Refused):
        offline_verifier.key_read(text)
