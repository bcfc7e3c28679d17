"""Files a submission needs between its steps: one folder each, written whole or not at all, gone when it is finished."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from xinheng.adapters.storage import folder, whole_file

LANDED = "landed.parquet"
VERDICTS = "verdicts.parquet"
MATCHES = "matches.parquet"


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
    """Give an empty private folder for plain copies; it is emptied before and removed after, whatever happens."""
    path = folder("intake", number) / "open"
    shutil.rmtree(path, ignore_errors=True)
    path.mkdir(mode=0o700)
    try:
        yield path
    finally:
        shutil.rmtree(path, ignore_errors=True)


def artefacts_remove(number: str) -> None:
    """Remove everything that the submission kept between its steps. Does nothing a second time."""
    shutil.rmtree(folder("intake", number), ignore_errors=True)
