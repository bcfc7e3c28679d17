"""Sealing of stored fields and files with AES-256-GCM, under keys that can be destroyed one by one (P16, P17).

Every sealed thing has a key of its own; that key is stored wrapped (RFC 3394) by the deployment's master key. Destroying
the wrapped key destroys the content, wherever copies of the sealed bytes are.
"""

import hmac
import os
import secrets
from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache
from pathlib import Path

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.keywrap import aes_key_unwrap, aes_key_wrap
from django.conf import settings

from xinheng.adapters.storage import folder, write_once

KEY_BYTES = 32
_NONCE_BYTES = 12


@lru_cache(maxsize=4)
def _master_at(path: Path) -> bytes:
    """Return the key in ``path``, made when missing. Read once: bulk sealing asks for it row by row."""
    if not path.exists():
        folder("keys")
        write_once(path, secrets.token_bytes(KEY_BYTES))
    return path.read_bytes()


def _master_key() -> bytes:
    """Return the master key: hexadecimal in ``XINHENG_MASTER_KEY``, else a file made at first use (var/keys)."""
    given = os.environ.get("XINHENG_MASTER_KEY")
    return bytes.fromhex(given) if given else _master_at(settings.XINHENG_VAR / "keys" / "master.key")


def new_key() -> bytes:
    """Return a fresh 256-bit key."""
    return secrets.token_bytes(KEY_BYTES)


def new_keys(count: int) -> list[bytes]:
    """Return so many fresh 256-bit keys, drawn at once."""
    drawn = secrets.token_bytes(KEY_BYTES * count)
    return [drawn[place : place + KEY_BYTES] for place in range(0, len(drawn), KEY_BYTES)]


def wrap_key(key: bytes) -> bytes:
    """Return ``key`` wrapped by the master key (40 bytes)."""
    return aes_key_wrap(_master_key(), key)


def unwrap_key(wrapped: bytes) -> bytes:
    """Return the key inside ``wrapped``.

    Raises:
        cryptography.hazmat.primitives.keywrap.InvalidUnwrap: another master key wrapped it, or it was altered.
    """
    return aes_key_unwrap(_master_key(), wrapped)


def seal(key: bytes, content: bytes, aad: bytes) -> bytes:
    """Return nonce + AES-256-GCM of ``content``; ``aad`` binds it to its place (such as the record's id)."""
    nonce = secrets.token_bytes(_NONCE_BYTES)
    return nonce + AESGCM(key).encrypt(nonce, content, aad)


def seal_each(keys: Iterable[bytes], contents: Sequence[bytes], aads: Iterable[bytes]) -> list[bytes]:
    """Return :func:`seal` of every content under its own key, with the nonces drawn at once."""
    drawn = secrets.token_bytes(_NONCE_BYTES * len(contents))
    nonces = (drawn[place : place + _NONCE_BYTES] for place in range(0, len(drawn), _NONCE_BYTES))
    return [
        nonce + AESGCM(key).encrypt(nonce, content, aad)
        for key, nonce, content, aad in zip(keys, nonces, contents, aads, strict=True)
    ]


def open_sealed(key: bytes, sealed: bytes, aad: bytes) -> bytes:
    """Return the content.

    Raises:
        cryptography.exceptions.InvalidTag: wrong key, wrong place or altered bytes.
    """
    return AESGCM(key).decrypt(sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:], aad)


def keyed_digest(*, purpose: str, content: bytes) -> bytes:
    """Return the HMAC-SHA-256 of ``content`` under the master key, apart for every ``purpose``.

    For telling whether two secrets are the same, and for deriving a key from random material whose destruction then
    destroys the key.
    """
    return keyed_digester(purpose=purpose)(content)


def keyed_digester(*, purpose: str) -> Callable[[bytes], bytes]:
    """Return :func:`keyed_digest` for one purpose, with the master key looked up once, for many values in a row."""
    begun = hmac.new(_master_key(), purpose.encode() + b"\x00", "sha256")

    def digest(content: bytes) -> bytes:
        following = begun.copy()
        following.update(content)
        return following.digest()

    return digest
