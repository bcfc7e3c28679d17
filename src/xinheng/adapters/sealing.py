"""Files that leave the machine (备份), encrypted to public keys in the age format: whoever makes one cannot open it.

The format is public (age-encryption.org/v1): the Debian program ``age`` opens these files without the platform.
"""

import contextlib
import errno
import os
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any, Final

import pyrage
from pyrage import x25519

from xinheng.adapters.storage import fsync_file, write_once

_PUBLIC: Final = "age1"
_SECRET: Final = "AGE-SECRET-KEY-"  # noqa: S105 - how such a key begins
_DRAINED_BYTES: Final = 1 << 20


class RecipientsUnusable(Exception):
    """There is no file of public keys, or none in it that can be read; the message says which."""


class NotOpened(Exception):
    """Another key sealed it, or bytes of it were altered or cut off."""


def identity_new(*, secret: Path, public: Path) -> str:
    """Make a pair of keys: the secret one into a new file (0600), the public one added to ``public``; return the public one.

    Raises:
        FileExistsError: ``secret`` is there; nothing overwrites a key.
    """
    if secret.exists():
        raise FileExistsError(secret)
    identity = x25519.Identity.generate()
    write_once(secret, f"{identity}\n".encode())
    lines = public.read_text().splitlines() if public.exists() else []
    public.parent.mkdir(mode=0o711, parents=True, exist_ok=True)
    public.write_text("\n".join([*lines, str(identity.to_public())]) + "\n")
    fsync_file(public)
    return str(identity.to_public())


def recipients_read(path: Path) -> list[Any]:
    """Return the public keys in a file, one a line (``age1…``); lines that begin with # are remarks.

    Raises:
        RecipientsUnusable: no file, no key, or a line that is none.
    """
    try:
        found = [x25519.Recipient.from_str(line) for line in _lines(path)]
    except (OSError, ValueError, pyrage.RecipientError) as error:
        raise RecipientsUnusable(str(path)) from error
    if not found:
        raise RecipientsUnusable(str(path))
    return found


def identities_read(path: Path) -> list[Any]:
    """Return the secret keys in a file.

    Raises:
        NotOpened: no file, or no key in it.
    """
    try:
        found = [x25519.Identity.from_str(line) for line in _lines(path)]
    except (OSError, ValueError, pyrage.IdentityError) as error:
        raise NotOpened(str(path)) from error
    if not found:
        raise NotOpened(str(path))
    return found


def _lines(path: Path) -> list[str]:
    return [line.strip() for line in path.read_text().splitlines() if line.strip() and not line.startswith("#")]


def seal_stream(source: IO[bytes], path: Path, recipients: Sequence[Any]) -> None:
    """Encrypt everything that ``source`` gives into ``path`` (0600, durable).

    Raises:
        OSError: it could not be written.
    """
    path.touch(mode=0o600)
    try:
        with path.open("wb") as out:
            pyrage.encrypt_io(source, out, recipients)
    except pyrage.EncryptError as error:  # how it tells that a file could not be written
        raise OSError(errno.EIO, str(error)) from error
    fsync_file(path)


@contextmanager
def opened(path: Path, identities: Sequence[Any]) -> Iterator[IO[bytes]]:
    """Give what is sealed in ``path`` as a stream; nothing is written to a disk.

    Raises:
        NotOpened: at the latest on leaving: the keys do not fit, or it is not the whole file as it was sealed.
    """
    read, write = os.pipe()
    failed: list[BaseException] = []
    thread = threading.Thread(target=_decrypt, args=(path, write, identities, failed), name="unsealing")
    thread.start()
    try:
        with os.fdopen(read, "rb") as plain:
            yield plain
            # To the last byte: what was cut off after the part that somebody needed is told too.
            while plain.read(_DRAINED_BYTES):
                pass
    finally:
        thread.join()
    if failed:
        raise NotOpened(path.name) from failed[0]


def _decrypt(path: Path, write: int, identities: Sequence[Any], failed: list[BaseException]) -> None:
    try:
        with os.fdopen(write, "wb") as out, path.open("rb") as sealed:
            pyrage.decrypt_io(sealed, out, identities)
    except BaseException as error:  # noqa: BLE001 - told by the thread that asked
        failed.append(error)


@contextmanager
def written_by(write: "Any") -> Iterator[IO[bytes]]:
    """Give as a stream what ``write(file)`` writes, while it writes it; its failure is raised on leaving."""
    read, end = os.pipe()
    failed: list[BaseException] = []

    def work() -> None:
        try:
            with os.fdopen(end, "wb") as out:
                write(out)
        except BaseException as error:  # noqa: BLE001 - raised below, by the thread that asked
            failed.append(error)

    thread = threading.Thread(target=work, name="writing")
    thread.start()
    try:
        with os.fdopen(read, "rb") as made:
            yield made
    finally:
        thread.join()
    with contextlib.suppress(IndexError):
        raise failed[0]
