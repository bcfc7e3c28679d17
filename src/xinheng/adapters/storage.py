"""Where files live: one folder, ``var/`` unless ``XINHENG_VAR`` says otherwise."""

import contextlib
import errno
import fcntl
import hashlib
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings

_FULL = frozenset({errno.ENOSPC, errno.EFBIG, errno.EDQUOT})
PLAIN_COPIES = "open-"
"""How a private folder begins that holds something in plain while somebody works at it; no backup takes it."""


def var_dir() -> Path:
    """Return the folder for everything the platform writes; made when missing, readable by its owner only."""
    path: Path = settings.XINHENG_VAR
    path.mkdir(mode=0o711, parents=True, exist_ok=True)
    return path


def folder(*parts: str) -> Path:
    """Return a folder below :func:`var_dir`, made when missing."""
    path = var_dir().joinpath(*parts)
    path.mkdir(mode=0o700, parents=True, exist_ok=True)
    return path


@contextmanager
def whole_file(path: Path, *, by_several: bool = False) -> Iterator[Path]:
    """Give a temporary path to write to; on leaving it becomes ``path``, complete and durable, or vanishes with the error.

    A killed process leaves at most the temporary file; nobody takes that for the real one, and the next try overwrites it.
    Where ``by_several`` processes may write at once each has a temporary file of its own, and the last one's stays, whole.
    """
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    part = path.with_name(f".{secrets.token_hex(8)}.part" if by_several else f".{path.name}.part")
    part.unlink(missing_ok=True)
    try:
        yield part
        fsync_file(part)
        part.replace(path)
    except BaseException:
        part.unlink(missing_ok=True)
        raise
    fsync_folder(path.parent)


def write_atomically(path: Path, content: bytes) -> None:
    """Write ``content``, readable by its owner only, so that ``path`` holds all of it or does not exist, also after a crash."""
    with whole_file(path) as part:
        part.touch(mode=0o600)
        part.write_bytes(content)


@contextmanager
def held_alone(path: Path, *, busy: Exception) -> Iterator[None]:
    """Hold a lock file, so that one process at a time does something; a killed one loses it.

    Raises:
        Exception: ``busy``, where another process holds it.
    """
    handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise busy from error
        yield
    finally:
        os.close(handle)


def fsync_file(path: Path) -> None:
    """Make what was written into a file durable."""
    _fsync(path, os.O_RDONLY)


def fsync_folder(path: Path) -> None:
    """Make a rename in ``path`` durable."""
    _fsync(path, os.O_RDONLY | os.O_DIRECTORY)


def _fsync(path: Path, flags: int) -> None:
    handle = os.open(path, flags)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def is_of_a_full_disk(error: BaseException) -> bool:
    """Return whether an error came of a disk that is full, or of a quota: libraries that write files tell it in words only."""
    found: BaseException | None = error
    while found is not None:
        if isinstance(found, OSError) and found.errno in _FULL:
            return True
        if any(os.strerror(code) in str(found) for code in _FULL):
            return True
        found = found.__cause__ or found.__context__
    return False


def write_once(path: Path, content: bytes) -> None:
    """Write ``content`` unless ``path`` exists: whole or not at all, and of two that race the first one's stays."""
    candidate = path.parent / f".{path.name}.{secrets.token_hex(8)}"
    write_atomically(candidate, content)
    # A link never overwrites, a rename would.
    with contextlib.suppress(FileExistsError):
        os.link(candidate, path)
    candidate.unlink()
    fsync_folder(path.parent)


def file_sha256(path: Path) -> str:
    """Return the SHA-256 of a file, in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
