"""What an entry is: the salted hash of an event, so that the log proves and tells nothing.

A leaf's salt is drawn at random and kept in a table of its own. From it come an *opening*, which makes the entry out of the
event, and a *content key*, which makes the event's ``content`` out of the row's own digest. Whoever is shown event and opening
can find the entry in the log; the content key is not shown, so that what a row holds besides what is public cannot be guessed
from it. Once the salt is destroyed nothing connects the entry with anything, and every proof goes on holding.

The database makes entries by the same definition, many at once (migration 0001); tests hold both to each other.
"""

import hashlib
from collections.abc import Mapping
from uuid import UUID

import rfc8785

FORMAT = "xinheng-log/1"
_OPENING = b"xinheng-log opening"
_CONTENT = b"xinheng-log content"

Event = Mapping[str, str | int]


def opening_of(salt: UUID) -> bytes:
    """Return what opens a leaf to whoever is shown its event (32 bytes)."""
    return hashlib.sha256(salt.bytes + _OPENING).digest()


def content_of(salt: UUID, digest: bytes) -> str:
    """Return the event's ``content``: the digest of a row under a key that is not shown, in hexadecimal."""
    key = hashlib.sha256(salt.bytes + _CONTENT).digest()
    return hashlib.sha256(key + digest).hexdigest()


def event_text(event: Event) -> str:
    """Return the event in its canonical form (RFC 8785)."""
    return rfc8785.dumps(dict(event)).decode()


def entry_of(opening: bytes, text: str) -> bytes:
    """Return the entry of an event: what stands in the log."""
    return hashlib.sha256(opening + text.encode()).digest()
