"""Sealing of stored fields and files, under keys that can be destroyed one by one (P16, P17).

Every sealed thing has a key of its own; that key is stored wrapped by a generation of the key ring (``adapters.key_ring``), or is
derived from stored material with it. Destroying what is stored destroys the content, wherever copies of the sealed bytes are.

What is stored as a key says its generation: a byte for the form, two for the number, then the body. What was stored before there
was a ring has neither: 40 bytes wrapped, or 32 bytes of material, are of the first generation with AES, which goes on to write
them so; the release before can read them until the first rotation.
"""

import secrets
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Final

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from xinheng.adapters.key_ring import Generation, Ring, ring_now
from xinheng.adapters.suites import (
    KEY_BYTES,
    NONCE_BYTES,
    SECRET_BYTES,
    Digester,
    NotUnwrapped,
    Suite,
    decrypted,
    digester,
    encrypted,
    unwrapped,
    wrapped,
)

MATERIAL_BYTES: Final = 32
_WRAPPED: Final = 1
_DERIVED: Final = 2
_HEAD_BYTES: Final = 3
_BARE_WRAPPED_BYTES: Final = 40
_AES_BYTES: Final = KEY_BYTES[Suite.AES]
_SHORTEST: Final = _HEAD_BYTES + 24


class GenerationMissing(NotUnwrapped):
    """The ring has not, or no longer, the generation that something was stored under."""


def new_key() -> bytes:
    """Return a fresh key for what the current suite seals."""
    return secrets.token_bytes(KEY_BYTES[ring_now().newest.suite])


def wrap_key(key: bytes, *, ring: Ring | None = None) -> bytes:
    """Return ``key`` wrapped by the current generation; ``ring``: of another ring than is in use."""
    one = (ring or ring_now()).newest
    head = _head_of(_WRAPPED, one)
    return head + wrapped(one.suite, one.secret, key, place=head)


def unwrap_key(stored: bytes, *, ring: Ring | None = None) -> bytes:
    """Return the key inside what :func:`wrap_key` returned; ``ring``: another one than is in use.

    Raises:
        GenerationMissing: the ring has not its generation.
        NotUnwrapped: another secret wrapped it, or it was altered.
    """
    form, number = _head(stored)
    if form != _WRAPPED:
        raise NotUnwrapped
    one = _generation(ring or ring_now(), number)
    if len(stored) == _BARE_WRAPPED_BYTES:
        return unwrapped(one.suite, one.secret, stored, place=b"")
    return unwrapped(one.suite, one.secret, stored[_HEAD_BYTES:], place=stored[:_HEAD_BYTES])


def generation_of(stored: bytes) -> int:
    """Return the number of the generation that something was stored under; 0: it is nothing of ours."""
    if len(stored) in (MATERIAL_BYTES, _BARE_WRAPPED_BYTES):
        return 1
    return int.from_bytes(stored[1:_HEAD_BYTES], "big") if len(stored) >= _SHORTEST else 0


def _head(stored: bytes) -> tuple[int, int]:
    if len(stored) in (MATERIAL_BYTES, _BARE_WRAPPED_BYTES):
        return (_DERIVED if len(stored) == MATERIAL_BYTES else _WRAPPED), 1
    if len(stored) < _SHORTEST:
        raise NotUnwrapped
    return stored[0], generation_of(stored)


def _generation(ring: Ring, number: int) -> Generation:
    try:
        return ring.generations[number]
    except KeyError:
        raise GenerationMissing from None


def _is_bare(one: Generation) -> bool:
    return one.number == 1 and one.suite is Suite.AES


def _head_of(form: int, one: Generation) -> bytes:
    return b"" if _is_bare(one) else bytes([form]) + one.number.to_bytes(2, "big")


def derived_keys(*, purpose: str, count: int) -> tuple[list[bytes], Iterator[bytes]]:
    """Return so many materials to store, and the keys that they are for: a digest each, where a wrap would cost several."""
    one = ring_now().newest
    drawn, head = secrets.token_bytes(MATERIAL_BYTES * count), _head_of(_DERIVED, one)
    randoms = [drawn[place : place + MATERIAL_BYTES] for place in range(0, len(drawn), MATERIAL_BYTES)]
    derive = _deriver(one, purpose)
    return [head + random for random in randoms] if head else randoms, map(derive, randoms)


def derived_key(*, purpose: str, stored: bytes, ring: Ring | None = None) -> bytes:
    """Return the key of a material of :func:`derived_keys`, also after it was exchanged for the key itself, wrapped.

    Raises:
        GenerationMissing, NotUnwrapped: as for :func:`unwrap_key`.
    """
    form, number = _head(stored)
    if form == _WRAPPED:
        return unwrap_key(stored, ring=ring)
    if form != _DERIVED or len(stored) not in (MATERIAL_BYTES, _HEAD_BYTES + MATERIAL_BYTES):
        raise NotUnwrapped
    return _deriver(_generation(ring or ring_now(), number), purpose)(stored[-MATERIAL_BYTES:])


def _deriver(one: Generation, purpose: str) -> Digester:
    digest, length = digester(one.suite, one.secret, purpose=purpose), KEY_BYTES[one.suite]
    return digest if length == SECRET_BYTES else lambda material: digest(material)[:length]


def seal(key: bytes, content: bytes, aad: bytes) -> bytes:
    """Return nonce and ciphertext of ``content``; ``aad`` binds it to its place (such as the record's id)."""
    nonce = secrets.token_bytes(NONCE_BYTES)
    return nonce + encrypted(key, nonce, content, aad)


def seal_each(keys: Iterable[bytes], contents: Sequence[bytes], aads: Iterable[bytes]) -> list[bytes]:
    """Return :func:`seal` of every content under its own key, with the nonces drawn at once."""
    drawn = secrets.token_bytes(NONCE_BYTES * len(contents))
    nonces = (drawn[place : place + NONCE_BYTES] for place in range(0, len(drawn), NONCE_BYTES))
    # A million rows in a load: AES without the way over another function, which costs as much as the digest.
    return [
        nonce + (AESGCM(key).encrypt(nonce, content, aad) if len(key) == _AES_BYTES else encrypted(key, nonce, content, aad))
        for key, nonce, content, aad in zip(keys, nonces, contents, aads, strict=True)
    ]


def open_sealed(key: bytes, sealed: bytes, aad: bytes) -> bytes:
    """Return the content.

    Raises:
        cryptography.exceptions.InvalidTag: wrong key, wrong place or altered bytes.
    """
    return decrypted(key, sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], aad)


def keyed_digest(*, purpose: str, content: bytes) -> bytes:
    """Return the digest of ``content`` under the index key, apart for every ``purpose`` and the same after every rotation.

    For telling whether two secrets are the same, as they are written.
    """
    return keyed_digester(purpose=purpose)(content)


def keyed_digester(*, purpose: str) -> Callable[[bytes], bytes]:
    """Return :func:`keyed_digest` for one purpose, for many values in a row."""
    ring = ring_now()
    return digester(ring.index_suite, ring.index_key, purpose=purpose)


def blind_index(*, purpose: str, value: str) -> bytes:
    """Return by what a sensitive value is found again without being kept: one digest for all ways to write it.

    Full and half width, capitals and small letters, and white space make no difference (``１１０ x`` is ``110X``).
    """
    written = "".join(unicodedata.normalize("NFKC", value).split()).upper()
    return keyed_digest(purpose=purpose, content=written.encode())
