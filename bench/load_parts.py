"""One load or register import in a process of its own: ``python -m bench.load_parts <job> <file> <parts.json>``.

The parts are measured from outside, by wrapping the functions that the real command calls: production code knows nothing
of it. Each part has its own seconds only, without those of the parts inside it, so that they add up to the whole.
"""

import functools
import importlib
import inspect
import json
import os
import re
import sys
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

_SERVICES = "xinheng.intake.services"
_MATCHING = "xinheng.subjects.services.matching"
_FUNCTIONS = {
    "receive: hash the file": ((f"{_SERVICES}.receive", "file_sha256"),),
    "receive: seal the original": ((f"{_SERVICES}.receive", "original_seal"),),
    "land: open the original": ((f"{_SERVICES}.originals", "_open_to"),),
    "land": ((f"{_SERVICES}.step_land", "land"),),
    "check": ((f"{_SERVICES}.step_check", "check"),),
    "match": tuple((_MATCHING, name) for name in ("_judge", "_verdicts", "_candidates", "_answer")),
    "convert to drafts": ((f"{_SERVICES}._publication", "draft_tables"),),
    "seal person fields": (("xinheng.records.services.publish", "seal_column"),),
    "receipt": ((f"{_SERVICES}.load", "receipt_of"),),
    "other steps of matching": ((f"{_SERVICES}.advance", "step_match"),),
    "other steps of publishing": ((f"{_SERVICES}.advance", "step_publish"),),
}
_COPIES = (
    f"{_SERVICES}._findings", f"{_SERVICES}._doubts", f"{_SERVICES}._row_outcomes", "xinheng.records.services.publish",
    _MATCHING,
)  # fmt: skip
_COPY_PARTS = {
    "intake_submissionfinding": "store findings",
    "intake_doubt": "store doubts",
    "intake_submissionrow": "store row outcomes",
    "records_stage": "COPY to staging",
    "match_query": "match",
}
_STATEMENTS = (
    ("records_publication_lock", "take the lock"),
    ("INSERT INTO records_recordversion", "insert versions, projection, indexes"),
    ("INSERT INTO records_recordkey", "insert keys"),
    ("records_analyze", "statistics"),
    ("TABLE records_hashed", "hash rows"),
    ("TABLE records_outcome", "outcome of rows"),
)


class Parts:
    """Seconds by part; what runs inside a part counts for the inner one only.

    What another thread does beside the main one is told apart: it costs time only where the main thread waits for it.
    """

    def __init__(self) -> None:
        self.seconds: dict[str, float] = defaultdict(float)
        self.beside: dict[str, float] = defaultdict(float)
        self.peaks: dict[str, float] = defaultdict(float)
        self._own = threading.local()
        self._main = threading.get_ident()

    def _turn(self) -> None:
        now = time.perf_counter()
        if self._own.open:
            kept = self.seconds if threading.get_ident() == self._main else self.beside
            kept[self._own.open[-1]] += now - self._own.since
        self._own.since = now

    @property
    def inside(self) -> str:
        """Return the part that this thread is in."""
        opened = getattr(self._own, "open", [])
        return opened[-1] if opened else ""

    @contextmanager
    def part(self, name: str) -> Iterator[None]:
        """Count the time inside for ``name``."""
        if not hasattr(self._own, "open"):
            self._own.open = []
        self._turn()
        self._own.open.append(name)
        try:
            yield
        finally:
            self._turn()
            self._own.open.pop()

    def watch_memory(self) -> None:
        """Keep the highest resident memory (MiB) seen in every part of the main thread, looked at fifty times a second."""
        opened = self._own.open
        pages = Path("/proc/self/statm")

        def look() -> None:
            while opened:
                name = opened[-1] if opened else ""
                resident = int(pages.read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 2**20
                self.peaks[name] = max(self.peaks[name], resident)
                time.sleep(0.02)

        threading.Thread(target=look, daemon=True).start()

    def wrapped(self, name: str, call: Callable[..., Any]) -> Callable[..., Any]:
        """Return ``call`` counted as ``name``; of a generator every step is counted."""
        if inspect.isgeneratorfunction(call):

            @functools.wraps(call)
            def generator(*args: Any, **kwargs: Any) -> Iterator[Any]:
                steps = call(*args, **kwargs)
                while True:
                    with self.part(name):
                        try:
                            found = next(steps)
                        except StopIteration:
                            return
                    yield found

            return generator

        @functools.wraps(call)
        def function(*args: Any, **kwargs: Any) -> Any:
            with self.part(name):
                return call(*args, **kwargs)

        return function

    def copying(self, call: Callable[..., Any]) -> Callable[..., Any]:
        """Return ``copy_bytes`` counted by its table."""

        def copy(*, table: str, **kwargs: Any) -> None:
            with self.part(_COPY_PARTS.get(table, f"COPY {table}")):
                call(table=table, **kwargs)

        return copy

    def statement(self, execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:  # noqa: FBT001
        """Count one statement (Django's ``execute_wrapper``); small ones stay with the part around them."""
        text = str(sql)
        name = next((part for words, part in _STATEMENTS if words in text), None)
        if name is None and re.search(r"\b(match_|register_|subjects_)", text) and self.inside != "match":
            name = "register: " + " ".join(text.split())[:60]
        if name is None:
            return execute(sql, params, many, context)
        with self.part(name):
            return execute(sql, params, many, context)


def _watch(parts: Parts) -> None:
    from django.db import connection

    for name, places in _FUNCTIONS.items():
        for module_name, attribute in places:
            module = importlib.import_module(module_name)
            setattr(module, attribute, parts.wrapped(name, getattr(module, attribute)))
    # Production code has no hook for measuring, so its own names are replaced here.
    advance = importlib.import_module(f"{_SERVICES}.advance")
    advance._STEPS = {state: getattr(advance, step.__name__) for state, step in advance._STEPS.items()}  # type: ignore[attr-defined] # noqa: SLF001 - replaced to be timed
    for module_name in _COPIES:
        module = importlib.import_module(module_name)
        module.copy_bytes = parts.copying(module.copy_bytes)  # type: ignore[attr-defined]
    connection._commit = parts.wrapped("commit", connection._commit)  # type: ignore[attr-defined] # noqa: SLF001 - replaced to be timed


def _admit_large_files() -> None:
    """Let files of more than 300 MB in: a county splits them, the measurement does not."""
    from xinheng.intake.domain import Limits

    for module_name in ("receive", "step_land"):
        module = importlib.import_module(f"{_SERVICES}.{module_name}")
        module.Limits = functools.partial(Limits, csv_bytes=1 << 30)  # type: ignore[attr-defined]


def load(path: Path, out_dir: Path | None = None) -> dict[str, Any]:
    """Load one file as ``xinheng intake load`` does and return the receipt."""
    from bench.data import ITEM, organ
    from xinheng.adapters import clock
    from xinheng.intake.services import Declarations
    from xinheng.intake.services.load import submission_load

    _admit_large_files()
    result = submission_load(
        path=path,
        organ_code=organ().code,
        clerk="甲",
        reviewer="乙",
        now=clock.now(),
        item_id=ITEM,
        declarations=Declarations(is_desensitised=True),
        out_dir=out_dir,
    )
    return result.receipt.as_dict()


def register(path: Path) -> dict[str, Any]:
    """Import one register as ``xinheng register import`` does and return its counts."""
    from xinheng.adapters import clock
    from xinheng.subjects.services import register_import

    return register_import(path=path, actor="甲", now=clock.now(), is_demo=True).counts


_JOBS: dict[str, Callable[[Path], dict[str, Any]]] = {"load": load, "register": register}


def main(job: str, source: str, out: str) -> None:
    """Run a job and write what it answered and the seconds of its parts."""
    started = time.perf_counter()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "xinheng.config.settings")
    from xinheng.adapters.memory import heaps_bound

    heaps_bound()  # as the command line does
    import django

    django.setup()
    from django.db import connection

    parts = Parts()
    with parts.part("start"):
        _watch(parts)
        parts.watch_memory()
        connection.ensure_connection()
        with parts.part("all else"), connection.execute_wrapper(parts.statement):
            answer = _JOBS[job](Path(source))
    parts.seconds["start"] = time.perf_counter() - started - sum(parts.seconds.values()) + parts.seconds["start"]
    Path(out).write_text(
        json.dumps(
            {"answer": answer, "parts": parts.seconds, "beside": parts.beside, "peaks": parts.peaks}, ensure_ascii=False
        ),
        encoding="utf-8",
    )


if __name__ == "__main__":
    main(*sys.argv[1:4])
