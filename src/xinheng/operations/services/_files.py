"""The files of a deployment: one state of them for a backup, packed and unpacked, summed up for comparing."""

import contextlib
import hashlib
import os
import shutil
import tarfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import IO, Final

from django.conf import settings

from xinheng.adapters.storage import PLAIN_COPIES, file_sha256, fsync_file

_MADE_ANEW: Final = frozenset({"static", "cache", "practice", "backups", "keys", "test", "demo"})
"""Folders that a deployment makes by itself, that hold other deployments, or that go apart (keys)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FilesMeasure:
    """How many files, how many bytes, and the SHA-256 over the list of their names, sizes and digests."""

    count: int
    size: int
    digest: str


def folders_kept() -> list[Path]:
    """Return the folders of the deployment that a backup holds. New ones are held without being named here."""
    var: Path = settings.XINHENG_VAR
    if not var.exists():
        return []
    skipped = _MADE_ANEW | {settings.EMBEDDED_SERVER.data.name if settings.EMBEDDED_SERVER is not None else ""}
    return [
        path
        for path in sorted(var.iterdir())
        if path.is_dir() and not path.name.startswith((".", "before-restore")) and path.name not in skipped
    ]


def state_linked(stage: Path) -> None:
    """Give every kept file a second name below ``stage``; what has one already keeps it.

    A file of ours is never changed in place: it appears whole under its name, and goes. So the second name holds the bytes of
    this moment, also where the first one goes while the backup is made.
    """
    var: Path = settings.XINHENG_VAR
    for top in folders_kept():
        for path in sorted([top, *top.rglob("*")]):
            # What begins with a dot is half written, or a plain copy in somebody's private folder: neither belongs in a backup.
            if path.is_symlink() or any(part.startswith((".", PLAIN_COPIES)) for part in path.relative_to(var).parts):
                continue
            with contextlib.suppress(FileNotFoundError):  # went while we looked
                _linked(path, stage / path.relative_to(var))


def _linked(path: Path, target: Path) -> None:
    if path.is_dir():
        target.mkdir(parents=True, exist_ok=True)
        target.chmod(path.stat().st_mode)
    elif not target.exists():
        try:
            os.link(path, target)
        except FileNotFoundError:
            raise
        except OSError:  # another disk, or a file system without links
            shutil.copy2(path, target)


def _files_below(folder: Path) -> Iterator[Path]:
    for path in sorted(folder.rglob("*")):
        if path.is_file() and not path.is_symlink():
            yield path


def files_measured(folder: Path) -> FilesMeasure:
    """Return what is below a folder."""
    count, size, digest = 0, 0, hashlib.sha256()
    for path in sorted(_files_below(folder), key=lambda path: path.relative_to(folder).as_posix()):
        length = path.stat().st_size
        digest.update(f"{path.relative_to(folder).as_posix()}\0{length}\0{file_sha256(path)}\n".encode())
        count, size = count + 1, size + length
    return FilesMeasure(count=count, size=size, digest=digest.hexdigest())


def files_packed(folder: Path, out: IO[bytes]) -> None:
    """Write everything below a folder as a tar stream; owners are left out, modes are kept."""
    with tarfile.open(fileobj=out, mode="w|") as archive:
        for path in sorted(folder.rglob("*")):
            if path.is_dir():
                archive.add(path, arcname=path.relative_to(folder).as_posix(), recursive=False, filter=_of_nobody)
                continue
            entry = archive.gettarinfo(path, arcname=path.relative_to(folder).as_posix())
            # Two names of one file are two files in the archive: each must come back by itself.
            entry.type, entry.size, entry.linkname = tarfile.REGTYPE, path.stat().st_size, ""
            with path.open("rb") as content:
                archive.addfile(_of_nobody(entry), content)


def _of_nobody(entry: tarfile.TarInfo) -> tarfile.TarInfo:
    entry.uid = entry.gid = 0
    entry.uname = entry.gname = ""
    return entry


def files_unpacked(source: IO[bytes], folder: Path) -> None:
    """Write a tar stream below a new folder: folders and plain files, nothing else, none of them outside it.

    Raises:
        tarfile.TarError: no archive of ours.
    """
    folder.mkdir(mode=0o700, parents=True)
    with tarfile.open(fileobj=source, mode="r|") as archive:
        for entry in archive:
            name = PurePosixPath(entry.name)
            if name.is_absolute() or ".." in name.parts or not (entry.isfile() or entry.isdir()):
                raise tarfile.TarError(f"not of ours: {entry.name}")
            path = folder / name
            if entry.isdir():
                path.mkdir(parents=True, exist_ok=True)
            else:
                path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
                content = archive.extractfile(entry)
                assert content is not None
                with path.open("xb") as out:
                    shutil.copyfileobj(content, out)
                fsync_file(path)
            path.chmod(entry.mode & 0o755)
