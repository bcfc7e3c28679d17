"""Checkpoints as signed notes (C2SP tlog-checkpoint, signed-note), and proofs to carry away (C2SP tlog-proof)."""

import base64
import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from xinheng.tlog.domain.merkle import HASH_BYTES

_ED25519 = b"\x01"
PROOF_HEADER = "c2sp.org/tlog-proof@v1"
_SIZE = re.compile(r"0|[1-9][0-9]{0,18}")
_NAME = re.compile(r"[^\s+]+")


class NoteNotBelieved(ValueError):
    """A checkpoint is not written as one, or not signed by the key it should be signed by."""


@dataclass(frozen=True, slots=True)
class TreeHead:
    """What a checkpoint says: whose log, how many entries, and the root over them."""

    origin: str
    size: int
    root: bytes

    @property
    def text(self) -> str:
        """The note's text, with its last newline."""
        return f"{self.origin}\n{self.size}\n{base64.b64encode(self.root).decode()}\n"


@dataclass(frozen=True, slots=True)
class LogKey:
    """The key of a log as others know it: its name (the log's origin) and 32 bytes of Ed25519."""

    name: str
    public: bytes

    @property
    def key_id(self) -> bytes:
        """Four bytes that tell keys apart."""
        return hashlib.sha256(self.name.encode() + b"\n" + _ED25519 + self.public).digest()[:4]

    @property
    def text(self) -> str:
        """The key in one line, as tools of the ecosystem take it: name, id, and type with key."""
        return f"{self.name}+{self.key_id.hex()}+{base64.b64encode(_ED25519 + self.public).decode()}"

    @classmethod
    def read(cls, text: str) -> "LogKey":
        """Return the key that a line names.

        Raises:
            NoteNotBelieved: it is no Ed25519 key, or its parts do not belong together.
        """
        # The last part is base 64, which has plus signs of its own.
        name, _, rest = text.strip().partition("+")
        key_id, _, encoded = rest.partition("+")
        try:
            content = base64.b64decode(encoded, validate=True)
        except ValueError as error:
            raise NoteNotBelieved("the key is not written in base 64") from error
        key = cls(name, content[1:])
        if not _NAME.fullmatch(name) or content[:1] != _ED25519 or len(content) != 33 or key.key_id.hex() != key_id:
            raise NoteNotBelieved("this is no Ed25519 key of a log")
        return key


def checkpoint_sign(head: TreeHead, key: Ed25519PrivateKey) -> bytes:
    """Return the signed checkpoint; the same head and key give the same bytes."""
    known = LogKey(head.origin, key.public_key().public_bytes_raw())
    signature = base64.b64encode(known.key_id + key.sign(head.text.encode())).decode()
    return f"{head.text}\n— {known.name} {signature}\n".encode()


def checkpoint_read(note: bytes, key: LogKey) -> TreeHead:
    """Return what a checkpoint says, if ``key`` signed it. Signatures of others (witnesses) may stand beside.

    Raises:
        NoteNotBelieved: it is not written as a checkpoint, of another log, or not signed by ``key``.
    """
    try:
        content = note.decode()
    except UnicodeDecodeError as error:
        raise NoteNotBelieved("the checkpoint is no text") from error
    text, gap, lines = content.rpartition("\n\n")
    parts = text.split("\n")
    if not gap or len(parts) != 3 or not lines.endswith("\n") or not _SIZE.fullmatch(parts[1]):
        raise NoteNotBelieved("this is not written as a checkpoint")
    head = TreeHead(parts[0], int(parts[1]), _hash_of(parts[2]))
    if head.origin != key.name:
        raise NoteNotBelieved("the checkpoint is of another log")
    if not _is_signed(head.text.encode(), lines[:-1].split("\n"), key):
        raise NoteNotBelieved("the checkpoint is not signed by this log")
    return head


def _is_signed(text: bytes, lines: Sequence[str], key: LogKey) -> bool:
    found = False
    for line in lines:
        if not line.startswith("— ") or line.count(" ") != 2:
            raise NoteNotBelieved("a line of signature is not written as one")
        _, name, encoded = line.split(" ")
        signature = _decoded(encoded)
        if name != key.name or signature[:4] != key.key_id:
            continue
        try:
            Ed25519PublicKey.from_public_bytes(key.public).verify(signature[4:], text)
        except InvalidSignature as error:
            raise NoteNotBelieved("the signature is not of this text") from error
        found = True
    return found


def _hash_of(text: str) -> bytes:
    found = _decoded(text)
    if len(found) != HASH_BYTES:
        raise NoteNotBelieved("the root is no SHA-256")
    return found


def _decoded(text: str) -> bytes:
    """Return what base 64 says, written the one way it is written (its last letter has bits to spare)."""
    try:
        found = base64.b64decode(text, validate=True)
    except ValueError as error:
        raise NoteNotBelieved("not base 64") from error
    if base64.b64encode(found).decode() != text:
        raise NoteNotBelieved("not written as base 64 is")
    return found


def proof_text(*, index: int, proof: Sequence[bytes], checkpoint: bytes, extra: bytes) -> str:
    """Return a proof that can be carried away: the place, the audit path, the checkpoint, and what opens the entry."""
    lines = [PROOF_HEADER, f"extra {base64.b64encode(extra).decode()}", f"index {index}"]
    lines += [base64.b64encode(one).decode() for one in proof]
    return "\n".join(lines) + "\n\n" + checkpoint.decode()
