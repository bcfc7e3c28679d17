"""Files a submission needs between its steps: one folder each, written whole or not at all, gone when it is finished."""

import contextlib
import fcntl
import os
import shutil
import uuid
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

from xinheng.adapters.storage import PLAIN_COPIES, folder, var_dir, whole_file

LANDED = "landed.parquet"
VERDICTS = "verdicts.parquet"
MATCHES = "matches.parquet"
_ARRIVALS = "arrivals"


def artefact(number: str, name: str) -> Path:
    """Return where a submission keeps an artefact; its folder is made when missing."""
    return folder("intake", number) / name


@contextmanager
def artefact_written(number: str, name: str) -> Iterator[Path]:
    """Give a temporary path to write to; on leaving it becomes the artefact, durably, in one rename.

    A killed process leaves at most the temporary file, which the next try overwrites.
    """
    with whole_file(artefact(number, name)) as part:
        yield part


@contextmanager
def workplace(number: str) -> Iterator[Path]:
    """Give an empty private folder for plain copies, this call's own; it is removed afterwards, whatever happens.

    A lock says that it is in use. A killed process loses the lock and leaves the folder to :func:`workplaces_remove`.
    """
    with _alone():
        place = folder("intake", number)
        _abandoned_remove(place)
        path = place / f"{PLAIN_COPIES}{uuid.uuid4().hex}"
        path.mkdir(mode=0o700)
        handle = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
        fcntl.flock(handle, fcntl.LOCK_EX)
    try:
        yield path
    finally:
        shutil.rmtree(path, ignore_errors=True)
        os.close(handle)


def arrival_place() -> AbstractContextManager[Path]:
    """Give a private folder for a file that is just arriving, before it is sealed; it is gone afterwards, whatever happens.

    What a killed process leaves goes with the next arrival, or with the daily purge (P16).
    """
    return workplace(_ARRIVALS)


def workplaces_remove(number: str) -> None:
    """Remove the private folders that killed processes left; those in use stay."""
    with _alone():
        _abandoned_remove(var_dir() / "intake" / number)


def artefacts_remove(number: str) -> None:
    """Remove everything that the submission kept between its steps, but no workplace in use. May be repeated."""
    with _alone():
        place = var_dir() / "intake" / number
        for path in place.glob("*"):
            if not path.name.startswith(PLAIN_COPIES):
                path.unlink(missing_ok=True)
        for path in place.glob(".*.part"):
            path.unlink(missing_ok=True)
        _abandoned_remove(place)
        with contextlib.suppress(OSError):  # gone already, or a workplace is in use: who uses it comes by here again
            place.rmdir()


def numbers_with_artefacts() -> list[str]:
    """Return the numbers of the submissions of which anything is kept here."""
    return sorted(path.name for path in folder("intake").iterdir() if path.is_dir())


@contextmanager
def _alone() -> Iterator[None]:
    """Let one process at a time make or remove folders here, so that none is removed before it is locked."""
    handle = os.open(folder("intake"), os.O_RDONLY | os.O_DIRECTORY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


def _abandoned_remove(place: Path) -> None:
    for path in place.glob(f"{PLAIN_COPIES}*"):
        try:
            handle = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
        except FileNotFoundError:  # whoever used it is through with it, and removes it without asking anybody
            continue
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            continue
        else:
            shutil.rmtree(path, ignore_errors=True)
        finally:
            os.close(handle)
