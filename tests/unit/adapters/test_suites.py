"""Both suites compute what their standards say, and neither takes anything that was altered."""

import pytest
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.hashes import SM3, Hash

from xinheng.adapters.suites import (
    KEY_BYTES,
    NotUnwrapped,
    Suite,
    decrypted,
    digester,
    encrypted,
    is_available,
    unwrapped,
    wrapped,
)

SM4_KEY = bytes.fromhex("0123456789abcdeffedcba9876543210")


def sm3(content: bytes) -> bytes:
    digest = Hash(SM3())
    digest.update(content)
    return digest.finalize()


def test_the_block_cipher_is_that_of_gb_t_32907():
    """Appendix A, example 1."""
    block = Cipher(algorithms.SM4(SM4_KEY), modes.ECB()).encryptor()
    assert block.update(SM4_KEY).hex() == "681edf34d206965e86b3e94f536e4246"


def test_sealing_with_sm4_is_that_of_rfc_8998():
    """Appendix A.1: SM4-GCM with 64 bytes of text and 20 of additional data."""
    content = bytes.fromhex(
        "aaaaaaaaaaaaaaaabbbbbbbbbbbbbbbbccccccccccccccccddddddddddddddddeeeeeeeeeeeeeeeeffffffffffffffffeeeeeeeeeeeeeeeeaaaaaaaaaaaaaaaa"
    )
    nonce, aad = bytes.fromhex("00001234567800000000abcd"), bytes.fromhex("feedfacedeadbeeffeedfacedeadbeefabaddad2")
    sealed = encrypted(SM4_KEY, nonce, content, aad)
    assert sealed.hex() == (
        "17f399f08c67d5ee19d0dc9969c4bb7d5fd46fd3756489069157b282bb200735d82710ca5c22f0ccfa7cbf93d496ac15a56834cbcf98c397b4024a2691233b8d"
        "83de3541e4c2b58177e065a9bf7b62ec"
    )
    assert decrypted(SM4_KEY, nonce, sealed, aad) == content


def test_the_digest_is_hmac_over_the_hash_of_gb_t_32905():
    assert sm3(b"abc").hex() == "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0"
    padded = b"\x07" * 32 + bytes(32)
    inner, outer = bytes(byte ^ 0x36 for byte in padded), bytes(byte ^ 0x5C for byte in padded)
    wanted = sm3(outer + sm3(inner + b"purpose\x00value"))
    assert digester(Suite.SM, b"\x07" * 32, purpose="purpose")(b"value") == wanted


def test_wrapping_with_aes_is_that_of_rfc_3394():
    """Section 4.6: 256 bits of key data under a 256-bit key. This is how keys were stored before there was a ring."""
    secret = bytes(range(32))
    key = bytes.fromhex("00112233445566778899aabbccddeeff000102030405060708090a0b0c0d0e0f")
    body = wrapped(Suite.AES, secret, key, place=b"")
    assert body.hex() == "28c9f404c4b810f4cbccb35cfb87f8263f5786e2d80ed326cbc7f0e71a99f43bfb988b9b7a02dd21"
    assert unwrapped(Suite.AES, secret, body, place=b"") == key


@pytest.mark.parametrize("suite", Suite)
@pytest.mark.parametrize("length", sorted(KEY_BYTES.values()))
def test_a_wrapped_key_opens_with_its_secret_only_and_not_when_altered(suite, length):
    secret, key = b"\x01" * 32, bytes(range(length))
    body = wrapped(suite, secret, key, place=b"p")
    assert unwrapped(suite, secret, body, place=b"p") == key
    with pytest.raises(NotUnwrapped):
        unwrapped(suite, b"\x02" * 32, body, place=b"p")
    for place in range(len(body)):
        altered = body[:place] + bytes([body[place] ^ 1]) + body[place + 1 :]
        with pytest.raises(NotUnwrapped):
            unwrapped(suite, secret, altered, place=b"p")
    for short in (b"", body[:8], body[:-1]):
        with pytest.raises(NotUnwrapped):
            unwrapped(suite, secret, short, place=b"p")


@pytest.mark.parametrize("suite", Suite)
def test_what_was_sealed_opens_in_its_place_and_unaltered_only(suite):
    key, nonce = b"\x03" * KEY_BYTES[suite], b"\x04" * 12
    sealed = encrypted(key, nonce, "演示".encode(), b"place")
    assert decrypted(key, nonce, sealed, b"place") == "演示".encode()
    for wrong in (
        (b"\x05" * len(key), nonce, sealed, b"place"),
        (key, b"\x06" * 12, sealed, b"place"),
        (key, nonce, sealed[:-1] + bytes([sealed[-1] ^ 1]), b"place"),
        (key, nonce, sealed[:3], b"place"),
        (key, nonce, sealed, b"elsewhere"),
    ):
        with pytest.raises(InvalidTag):
            decrypted(*wrong)


@pytest.mark.parametrize("suite", Suite)
def test_digests_of_purposes_are_apart(suite):
    digest = digester(suite, b"\x01" * 32, purpose="a")
    assert digest(b"x") == digest(b"x") == digester(suite, b"\x01" * 32, purpose="a")(b"x")
    assert (
        len(
            {
                digest(b"x"),
                digest(b"y"),
                digester(suite, b"\x01" * 32, purpose="b")(b"x"),
                digester(suite, b"\x02" * 32, purpose="a")(b"x"),
            }
        )
        == 4
    )


def test_the_installed_library_has_both(monkeypatch):
    assert all(map(is_available, Suite))
    monkeypatch.setattr("xinheng.adapters.suites.algorithms.SM4", algorithms.AES)
    assert not is_available(Suite.SM), "a library that computes something else is found out"
