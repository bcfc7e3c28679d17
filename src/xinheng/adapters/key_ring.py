"""The key ring (密钥环): generations of secrets that wrap every other key, one current for new things, older ones for reading.

It is one file (``var/keys/ring.json``) that appears whole under its name, or the environment. Every process looks whether it
changed before it uses it, so that nothing has to be started anew when a generation is added. A deployment of before the ring has
one key (``master.key``, or 64 hexadecimal digits in the environment): that is its first generation, and its index key.
"""

import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Final, Literal

from django.conf import settings
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from xinheng.adapters.storage import folder, write_atomically, write_once
from xinheng.adapters.suites import SECRET_BYTES, NotUnwrapped, Suite, unwrapped, wrapped

RING_FILE: Final = "ring.json"
MASTER_FILE: Final = "master.key"
"""The one key of before the ring; goes with the first change of the ring."""
_FORMAT: Final = "xinheng-key-ring/1"
_INDEX_PLACE: Final = b"xinheng.keys.index"
_LAST_NUMBER: Final = 0xFFFF


class RingUnreadable(Exception):
    """The ring is no ring, or was altered."""


@dataclass(frozen=True, slots=True)
class Generation:
    """One secret. ``superseded``: when a later one became current."""

    number: int
    suite: Suite
    secret: bytes
    made: datetime | None = None
    superseded: datetime | None = None


@dataclass(frozen=True, slots=True)
class Ring:
    """All generations, which is current, and the index key, which outlives them: digests must be the same for ever."""

    generations: Mapping[int, Generation]
    current: int
    index_suite: Suite
    index_key: bytes

    @property
    def newest(self) -> Generation:
        """Return the generation for new things."""
        return self.generations[self.current]


class _GenerationText(BaseModel):
    model_config = ConfigDict(extra="forbid")
    suite: Suite
    secret: str = Field(pattern=rf"^[0-9a-f]{{{SECRET_BYTES * 2}}}$")
    made: datetime | None = None
    superseded: datetime | None = None


class _IndexText(BaseModel):
    model_config = ConfigDict(extra="forbid")
    suite: Suite
    wrapped: str = Field(pattern=r"^[0-9a-f]+$")


class _RingText(BaseModel):
    model_config = ConfigDict(extra="forbid")
    format: Literal["xinheng-key-ring/1"]
    current: int
    generations: dict[int, _GenerationText]
    index: _IndexText


def ring_text(ring: Ring) -> str:
    """Return the ring as it is kept: JSON, the index key wrapped by the current generation."""
    newest = ring.newest
    text = _RingText(
        format=_FORMAT,
        current=ring.current,
        generations={
            number: _GenerationText(suite=one.suite, secret=one.secret.hex(), made=one.made, superseded=one.superseded)
            for number, one in sorted(ring.generations.items())
        },
        index=_IndexText(
            suite=ring.index_suite,
            wrapped=wrapped(newest.suite, newest.secret, ring.index_key, place=_INDEX_PLACE).hex(),
        ),
    )
    return text.model_dump_json(exclude_none=True) + "\n"


@lru_cache(maxsize=4)
def ring_read(text: str) -> Ring:
    """Return the ring of a text: of :func:`ring_text`, or the 64 hexadecimal digits of a single key.

    Raises:
        RingUnreadable: it is neither, or was altered.
    """
    text = text.strip()
    if not text.startswith("{"):
        try:
            return _of_one_key(bytes.fromhex(text))
        except ValueError:
            raise RingUnreadable("neither a ring nor 64 hexadecimal digits") from None
    try:
        read = _RingText.model_validate_json(text)
        generations = {
            number: Generation(number, one.suite, bytes.fromhex(one.secret), one.made, one.superseded)
            for number, one in read.generations.items()
        }
        newest = generations[read.current]
        index_key = unwrapped(newest.suite, newest.secret, bytes.fromhex(read.index.wrapped), place=_INDEX_PLACE)
    except (ValidationError, KeyError, ValueError, NotUnwrapped):
        # The error itself would tell what stands in the ring.
        raise RingUnreadable("the ring was altered") from None
    if any(not 0 < number <= read.current for number in generations):
        raise RingUnreadable("a generation after the current one")
    return Ring(generations, read.current, read.index.suite, index_key)


def _of_one_key(key: bytes) -> Ring:
    if len(key) != SECRET_BYTES:
        raise RingUnreadable(f"a key of {len(key)} bytes")
    return Ring({1: Generation(1, Suite.AES, key)}, 1, Suite.AES, key)


def is_given() -> bool:
    """Return whether the environment gives the ring: then nothing here can change it."""
    return bool(os.environ.get("XINHENG_MASTER_KEY"))


def is_there() -> bool:
    """Return whether there is a ring already; a new deployment makes it at first use."""
    keys = settings.XINHENG_VAR / "keys"
    return is_given() or (keys / RING_FILE).exists() or (keys / MASTER_FILE).exists()


def ring_now() -> Ring:
    """Return the ring as it is at this moment; made when there is none.

    Raises:
        RingUnreadable: what is there is no ring.
    """
    given = os.environ.get("XINHENG_MASTER_KEY")
    if given:
        return ring_read(given)
    keys: Path = settings.XINHENG_VAR / "keys"
    found = _kept(keys)
    if found is None:
        ring_begin(Suite.AES, now=None)
        found = _kept(keys)
        assert found is not None, "just written"
    return found


def ring_in(keys: Path) -> Ring | None:
    """Return the ring that would be used with this folder of keys: the environment's before the folder's.

    Raises:
        RingUnreadable: what is there is no ring.
    """
    given = os.environ.get("XINHENG_MASTER_KEY")
    return ring_read(given) if given else _kept(keys)


def _kept(keys: Path) -> Ring | None:
    for name in (RING_FILE, MASTER_FILE):
        try:
            state = (keys / name).stat()
            return _read_at(keys / name, state.st_ino, state.st_mtime_ns, state.st_size)
        except FileNotFoundError:
            continue
    return None


@lru_cache(maxsize=8)
def _read_at(path: Path, *_state: int) -> Ring:
    """Return the ring of a file; asked again where the file is another than it was."""
    content = path.read_bytes()
    if path.name == MASTER_FILE:
        return _of_one_key(content)
    try:
        return ring_read(content.decode())
    except UnicodeDecodeError:
        raise RingUnreadable("the ring was altered") from None


def ring_begin(suite: Suite, *, now: datetime | None) -> None:
    """Write the ring of a new deployment, with an index key of its own; of two that race the first one's stays."""
    secret, index_key = secrets.token_bytes(SECRET_BYTES), secrets.token_bytes(SECRET_BYTES)
    ring = Ring({1: Generation(1, suite, secret, made=now)}, 1, suite, index_key)
    write_once(folder("keys") / RING_FILE, ring_text(ring).encode())


def with_generation(ring: Ring, suite: Suite, *, now: datetime) -> Ring:
    """Return the ring with a new current generation, whose number no generation had before."""
    number = ring.current + 1
    if number > _LAST_NUMBER:
        raise RingUnreadable("no number is left")
    former = replace(ring.newest, superseded=now)
    added = Generation(number, suite, secrets.token_bytes(SECRET_BYTES), made=now)
    return replace(ring, generations={**ring.generations, ring.current: former, number: added}, current=number)


def without_generation(ring: Ring, number: int) -> Ring:
    """Return the ring without a generation that is not the current one."""
    assert number != ring.current, "the current generation stays"
    return replace(ring, generations={key: one for key, one in ring.generations.items() if key != number})


def ring_write(ring: Ring) -> None:
    """Put the ring in the place of the one that is kept, whole and durable; the single key of before it goes."""
    keys = folder("keys")
    write_atomically(keys / RING_FILE, ring_text(ring).encode())
    (keys / MASTER_FILE).unlink(missing_ok=True)
