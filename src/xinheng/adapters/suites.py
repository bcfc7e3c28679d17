"""What a generation of keys works with (算法套件): AES-256-GCM and HMAC-SHA-256, or SM4-GCM and HMAC-SM3.

An item's key tells by its length which cipher opens what it sealed: 32 bytes are AES-256, 16 bytes are SM4 (GB/T 32907).
"""

import hmac
import secrets
from collections.abc import Callable
from enum import StrEnum
from typing import Final

from cryptography.exceptions import InvalidTag, UnsupportedAlgorithm
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SM3
from cryptography.hazmat.primitives.hmac import HMAC
from cryptography.hazmat.primitives.keywrap import InvalidUnwrap, aes_key_unwrap, aes_key_wrap

NONCE_BYTES: Final = 12
TAG_BYTES: Final = 16
SECRET_BYTES: Final = 32
"""Length of a generation's secret, in either suite."""
_WRAPPING: Final = "xinheng.keys.wrapping"

Digester = Callable[[bytes], bytes]


class Suite(StrEnum):
    """Algorithms that belong together."""

    AES = "aes"
    SM = "sm"


SUITE_LABELS: Final = {Suite.AES: "AES-256-GCM 和 HMAC-SHA-256", Suite.SM: "SM4-GCM 和 HMAC-SM3"}
KEY_BYTES: Final = {Suite.AES: 32, Suite.SM: 16}


class NotUnwrapped(Exception):
    """What is stored as a key was wrapped by another ring, or was altered."""


def digester(suite: Suite, secret: bytes, *, purpose: str) -> Digester:
    """Return the keyed digest (32 bytes) for one purpose, begun once for many values in a row."""
    beginning = purpose.encode() + b"\x00"
    if suite is Suite.SM:
        begun_sm = HMAC(secret, SM3())
        begun_sm.update(beginning)

        def digest_sm(content: bytes) -> bytes:
            following = begun_sm.copy()
            following.update(content)
            return following.finalize()

        return digest_sm
    begun = hmac.new(secret, beginning, "sha256")

    def digest(content: bytes) -> bytes:
        following = begun.copy()
        following.update(content)
        return following.digest()

    return digest


def encrypted(key: bytes, nonce: bytes, content: bytes, aad: bytes) -> bytes:
    """Return ciphertext and tag; the length of ``key`` says by which cipher."""
    if len(key) == KEY_BYTES[Suite.AES]:
        return AESGCM(key).encrypt(nonce, content, aad)
    encryptor = Cipher(algorithms.SM4(key), modes.GCM(nonce)).encryptor()
    encryptor.authenticate_additional_data(aad)
    return encryptor.update(content) + encryptor.finalize() + encryptor.tag


def decrypted(key: bytes, nonce: bytes, sealed: bytes, aad: bytes) -> bytes:
    """Return the content of :func:`encrypted`.

    Raises:
        cryptography.exceptions.InvalidTag: wrong key, wrong place or altered bytes.
    """
    if len(key) == KEY_BYTES[Suite.AES]:
        return AESGCM(key).decrypt(nonce, sealed, aad)
    if len(sealed) < TAG_BYTES:
        raise InvalidTag
    decryptor = Cipher(algorithms.SM4(key), modes.GCM(nonce, sealed[-TAG_BYTES:])).decryptor()
    decryptor.authenticate_additional_data(aad)
    return decryptor.update(sealed[:-TAG_BYTES]) + decryptor.finalize()


def wrapped(suite: Suite, secret: bytes, key: bytes, *, place: bytes) -> bytes:
    """Return ``key`` wrapped: RFC 3394 with AES; with SM4, for which no key wrap is standardised, SM4-GCM bound to ``place``."""
    if suite is Suite.AES:
        return aes_key_wrap(secret, key)
    nonce = secrets.token_bytes(NONCE_BYTES)
    return nonce + encrypted(_wrapping_key(secret), nonce, key, place)


def unwrapped(suite: Suite, secret: bytes, body: bytes, *, place: bytes) -> bytes:
    """Return the key inside :func:`wrapped`.

    Raises:
        NotUnwrapped: another secret wrapped it, or it was altered.
    """
    try:
        if suite is Suite.AES:
            return aes_key_unwrap(secret, body)
        return decrypted(_wrapping_key(secret), body[:NONCE_BYTES], body[NONCE_BYTES:], place)
    except (InvalidUnwrap, InvalidTag, ValueError) as error:
        raise NotUnwrapped from error


def _wrapping_key(secret: bytes) -> bytes:
    """Return the SM4 key that wraps: apart from the secret, which keys digests."""
    return digester(Suite.SM, secret, purpose=_WRAPPING)(b"")[: KEY_BYTES[Suite.SM]]


def is_available(suite: Suite) -> bool:
    """Return whether the installed cryptographic library has the suite and computes it right (RFC 8998, GB/T 32905)."""
    if suite is Suite.AES:
        return True
    try:
        key, nonce = bytes.fromhex("0123456789abcdeffedcba9876543210"), bytes.fromhex("00001234567800000000abcd")
        aad = bytes.fromhex("feedfacedeadbeeffeedfacedeadbeefabaddad2")
        content = b"".join(bytes([byte]) * 8 for byte in bytes.fromhex("aabbccddeeffeeaa"))
        answer = encrypted(key, nonce, content, aad)
        digest = digester(suite, key, purpose="")(b"")
    except UnsupportedAlgorithm:
        return False
    return answer[-TAG_BYTES:].hex() == "83de3541e4c2b58177e065a9bf7b62ec" and len(digest) == SECRET_BYTES
