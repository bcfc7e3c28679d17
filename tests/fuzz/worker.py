"""The process that judges: forked from a server that has everything imported, so a crash ends one batch and nothing else."""

import os
import resource
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import django
from django.conf import settings
from django.db import connections

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
django.setup()

from tests.fuzz import doors  # noqa: E402 - after the set-up
from tests.fuzz.doors import Verdict  # noqa: E402
from tests.fuzz.mutants import Mutant, mutant_make  # noqa: E402

from xinheng.catalogue.selectors import catalogue_current  # noqa: E402
from xinheng.intake.checking.compiler import compiled_for  # noqa: E402

# Built once, before the fork: neither starts a thread.
compiled_for(item=catalogue_current().item("administrative_penalty"), catalogue=catalogue_current())


@dataclass(frozen=True, slots=True)
class Judged:
    """One verdict with what it cost: seconds of the process's own time, and the highest memory of the process in MB while it was judged."""

    number: int
    kind: str
    door: str
    story: str
    size: int
    verdict: Verdict
    seconds: float
    peak_mb: int


def _peak_reset() -> None:
    Path("/proc/self/clear_refs").write_text("5")


def _peak_mb() -> int:
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith("VmHWM:"):
            return int(line.split()[1]) // 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


def batch(*, cases: Sequence[int | Mutant], seed: str, database_name: str, var: Path, pipe: Any) -> None:
    """Judge ``cases``; tell before each which one it is, after each what came of it, and at the end what the stores hold."""
    settings.XINHENG_VAR = var
    for connection in connections.all():
        connection.settings_dict["NAME"] = database_name
    for case in cases:
        number = case if isinstance(case, int) else case.number
        pipe.send(number)
        mutant = mutant_make(case, seed=seed) if isinstance(case, int) else case
        # What making the file took is not the reader's.
        _peak_reset()
        start = time.process_time()
        verdict = doors.judge(mutant)
        seconds = time.process_time() - start
        size = len(mutant.made.content)
        pipe.send(Judged(number, mutant.kind, mutant.door, mutant.made.story, size, verdict, seconds, _peak_mb()))
        del mutant
    pipe.send(doors.stores_check())
    connections.close_all()
