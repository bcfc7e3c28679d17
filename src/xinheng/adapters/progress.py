"""How far a long step is (进度), told beside its transaction: whoever looks sees it before anything is committed.

A step says how many rows it has done (``progress_tell``); whoever runs it says who listens (``telling``). Where nobody
does, nothing happens. What is told is never believed: no state depends on it, and it is gone with the step.
"""

import contextlib
import json
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final

_EVERY_SECONDS: Final = 0.5


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """How much of what a step has done: rows mostly. ``total`` is ``None`` where nobody knows it beforehand."""

    what: str
    done: int
    total: int | None = None


Listener = Callable[[Progress], None]
_listener: ContextVar[Listener | None] = ContextVar("progress_listener", default=None)


@contextmanager
def telling(listener: Listener) -> Iterator[None]:
    """Let ``listener`` hear what is told in this thread until the block ends."""
    token = _listener.set(listener)
    try:
        yield
    finally:
        _listener.reset(token)


def progress_tell(what: str, done: int, total: int | None = None) -> None:
    """Say how far the step is; costs nothing where nobody listens."""
    listener = _listener.get()
    if listener is not None:
        listener(Progress(what=what, done=done, total=total))


class ProgressFile:
    """A listener that keeps the newest progress in a file, at most twice a second, and never waits for the disk."""

    def __init__(self, path: Path, *, every: float = _EVERY_SECONDS) -> None:
        """Write to ``path``; its folder exists. ``every`` is the time between two writings of the same, in seconds."""
        self._path, self._every = path, every
        self._what, self._next = "", 0.0

    def tell(self, progress: Progress) -> None:
        """Keep ``progress`` unless the last one of its kind is too young."""
        now = time.monotonic()
        if progress.what == self._what and now < self._next:
            return
        self._what, self._next = progress.what, now + self._every
        part = self._path.with_name(f".{self._path.name}.part")
        part.write_text(json.dumps(asdict(progress)), encoding="utf-8")
        # How often it is written depends on the clock; no durable step of a file does (``Path.replace``), and tests count those.
        part.rename(self._path)

    def remove(self) -> None:
        """Forget it: the step is over."""
        self._path.unlink(missing_ok=True)


def progress_read(path: Path) -> Progress | None:
    """Return what was told last, ``None`` where no step is at work."""
    with contextlib.suppress(OSError, ValueError, TypeError):
        return Progress(**json.loads(path.read_text(encoding="utf-8")))
    return None
