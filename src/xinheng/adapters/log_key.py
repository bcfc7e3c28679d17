"""The key that signs the transparency log: Ed25519, made at first use under ``var/keys``, with the log's name in it for ever.

The name (the log's origin) is written beside the key, because a log whose name changed would be another log to everybody who
follows it. The file is one line, in the form that tools of C2SP signed notes read.
"""

import base64
import hashlib
import secrets
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from urllib.parse import urlsplit

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.conf import settings

from xinheng.adapters.storage import folder, write_once

NAME = "log.key"
_ED25519 = b"\x01"
_HEAD = "PRIVATE+KEY+"


@dataclass(frozen=True, slots=True)
class SigningKey:
    """Whose log it is, and what signs it."""

    origin: str
    key: Ed25519PrivateKey


def log_key() -> SigningKey:
    """Return the key of this deployment's log; made when missing.

    Raises:
        ValueError: the file was altered.
    """
    path = folder("keys") / NAME
    if not path.exists():
        write_once(path, _new(_origin()))
    return _kept(path)


@lru_cache(maxsize=2)
def _kept(path: Path) -> SigningKey:
    return log_key_read(path)


def log_key_read(path: Path) -> SigningKey:
    """Return the key in a file.

    Raises:
        FileNotFoundError: there is none.
        ValueError: the file was altered.
    """
    head, _, rest = path.read_text().strip().partition(_HEAD)
    name, _, tail = rest.partition("+")
    key_id, _, encoded = tail.partition("+")
    content = base64.b64decode(encoded, validate=True)
    if head or content[:1] != _ED25519:
        raise ValueError(f"{path.name} holds no key of a log")
    key = Ed25519PrivateKey.from_private_bytes(content[1:])
    if _id(name, key) != key_id:
        raise ValueError(f"{path.name} was altered")
    return SigningKey(name, key)


def _origin() -> str:
    """Return the name of a new log: as set, else of the site's address, else one that leads nowhere and is nobody else's."""
    if settings.XINHENG_LOG_ORIGIN:
        return str(settings.XINHENG_LOG_ORIGIN)
    host = urlsplit(settings.XINHENG_SITE_URL).netloc
    return f"{host}/log" if host else f"xinheng-{secrets.token_hex(6)}.invalid/log"


def _new(origin: str) -> bytes:
    key = Ed25519PrivateKey.generate()
    secret = base64.b64encode(_ED25519 + key.private_bytes_raw()).decode()
    return f"{_HEAD}{origin}+{_id(origin, key)}+{secret}\n".encode()


def _id(origin: str, key: Ed25519PrivateKey) -> str:
    public = key.public_key().public_bytes_raw()
    return hashlib.sha256(origin.encode() + b"\n" + _ED25519 + public).hexdigest()[:8]
