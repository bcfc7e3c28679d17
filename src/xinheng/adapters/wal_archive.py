"""The WAL archive of a production server (连续归档), called by PostgreSQL itself as ``deploy/postgresql/wal``.

A program of its own that imports neither Django nor the rest of the platform: it runs for every 16 MB that the server writes,
under the server's account. Segments are sealed in the age format like backups.
"""

import contextlib
import hashlib
import os
import sys
from pathlib import Path
from typing import Final

import pyrage
from pyrage import x25519

_REFUSED: Final = 1
_MISUSED: Final = 2


def store(archive: Path, recipients: Path, segment: Path, name: str) -> int:
    """Seal ``segment`` into the archive as ``name``, durable before PostgreSQL may forget it; return the exit code.

    Stored again after a crash it must be the same: the digest of its plain content lies beside it.
    """
    content = segment.read_bytes()
    digest = hashlib.sha256(content).hexdigest()
    target, mark = archive / f"{name}.age", archive / f"{name}.sha256"
    if target.exists():
        return (
            0 if mark.exists() and mark.read_text().strip() == digest else _told(f"{name} is in the archive with other content")
        )
    keys = [x25519.Recipient.from_str(line) for line in _lines(recipients)]
    if not keys:
        return _told(f"no public key in {recipients}")
    _written(mark, f"{digest}\n".encode())
    _written(target, pyrage.encrypt(content, keys))
    return 0


def fetch(archive: Path, identity: Path, name: str, path: Path) -> int:
    """Write the segment ``name`` to ``path``; return the exit code: 1 where the archive has none, as PostgreSQL expects."""
    sealed = archive / f"{name}.age"
    if not sealed.exists():
        return _REFUSED
    content = pyrage.decrypt(sealed.read_bytes(), [x25519.Identity.from_str(line) for line in _lines(identity)])
    if hashlib.sha256(content).hexdigest() != (archive / f"{name}.sha256").read_text().strip():
        return _told(f"{name} in the archive is not what was stored")
    path.write_bytes(content)
    return 0


def _lines(path: Path) -> list[str]:
    return [line.strip() for line in path.read_text().splitlines() if line.strip() and not line.startswith("#")]


def _written(path: Path, content: bytes) -> None:
    """Write a file so that it is there whole or not at all, also after a power cut."""
    part = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        with part.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)
    except BaseException:
        with contextlib.suppress(OSError):
            part.unlink()
        raise
    handle = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _told(words: str) -> int:
    sys.stderr.write(f"wal: {words}\n")
    return _REFUSED


def main(arguments: list[str]) -> int:
    """Do what PostgreSQL asks; return the exit code."""
    match arguments:
        case ["store", archive, recipients, segment, name]:
            return store(Path(archive), Path(recipients), Path(segment), name)
        case ["fetch", archive, identity, name, path]:
            return fetch(Path(archive), Path(identity), name, Path(path))
    sys.stderr.write("usage: wal store ARCHIVE RECIPIENTS PATH NAME | wal fetch ARCHIVE IDENTITY NAME PATH\n")
    return _MISUSED


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except (OSError, ValueError, pyrage.DecryptError, pyrage.RecipientError, pyrage.IdentityError) as error:
        sys.exit(_told(f"{type(error).__name__}: {error}"))
