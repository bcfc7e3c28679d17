"""Measure commands and calls: seconds (median of several), peak memory, and ratios between what ran in one run.

A whole command runs in a process of its own, so that its peak memory is its own; what is compared is measured in turn
(ours, peer, ours, peer …), so that a slow minute of the machine hits both.
"""

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

_LAUNCH = Path(__file__).with_name("launch.py")


@dataclass(frozen=True, slots=True)
class Measured:
    """Seconds of every run, in the order measured, and the highest resident memory of any (MiB; 0 is not measured)."""

    seconds: tuple[float, ...]
    peak_mib: float = 0.0

    @property
    def median(self) -> float:
        """Return the median of the seconds."""
        return statistics.median(self.seconds)

    def percentile(self, share: float) -> float:
        """Return the time that ``share`` of the runs stay within (nearest rank)."""
        ordered = sorted(self.seconds)
        return ordered[min(len(ordered) - 1, max(0, round(share * len(ordered) + 0.5) - 1))]


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One line of the table: a job at a size, against a peer measured in the same run.

    ``ratio`` is ours ÷ peer (for growth: large ÷ small); ``at_most`` and ``at_least`` are what the ratio must reach,
    None where it is only told. ``aim`` is what we would like.
    """

    job: str
    case: str
    size: str
    ours: float
    peer_name: str
    peer: float
    at_most: float | None = None
    at_least: float | None = None
    aim: float | None = None
    unit: str = "s"
    peak_mib: float = 0.0
    note: str = ""
    parts: Mapping[str, float] = field(default_factory=dict)

    @property
    def ratio(self) -> float:
        """Return ours ÷ peer."""
        return self.ours / self.peer

    @property
    def speedup(self) -> float:
        """Return peer ÷ ours: how many times faster than the peer."""
        return self.peer / self.ours

    @property
    def reached(self) -> bool | None:
        """Return whether the ratio reaches what it must; None where nothing is asked."""
        if self.at_most is not None:
            return self.ratio <= self.at_most
        if self.at_least is not None:
            return self.speedup >= self.at_least
        return None


def command(
    argv: Sequence[str], *, env: Mapping[str, str] | None = None, allowed: tuple[int, ...] = (0,)
) -> tuple[float, float]:
    """Run a command to its end; return its seconds and its peak resident memory in MiB (children included, the largest).

    Raises:
        RuntimeError: it ended with another code than ``allowed``; its error output is told.
    """
    environment = dict(os.environ) | dict(env or {})
    # Installed programs have their bytecode; an environment that forbids it would have every start compile a hundred files.
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "cost.json"
        launched = [sys.executable, "-S", "-E", str(_LAUNCH), str(out), *argv]
        process = subprocess.run(launched, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, check=False)
        cost = json.loads(out.read_text(encoding="utf-8")) if out.exists() else {"code": process.returncode}
    if cost["code"] not in allowed:
        raise RuntimeError(f"{argv[:4]}… ended with {cost['code']}: {process.stderr.decode(errors='replace')[-2000:]}")
    return cost["seconds"], cost["peak_kib"] / 1024


def in_turn(things: Mapping[str, Callable[[], tuple[float, float] | float]], *, repeat: int) -> dict[str, Measured]:
    """Measure things in turn, ``repeat`` times each; each returns its seconds, or seconds and peak MiB."""
    seconds: dict[str, list[float]] = {name: [] for name in things}
    peaks: dict[str, float] = dict.fromkeys(things, 0.0)
    for _ in range(repeat):
        for name, thing in things.items():
            found = thing()
            spent, peak = found if isinstance(found, tuple) else (found, 0.0)
            seconds[name].append(spent)
            peaks[name] = max(peaks[name], peak)
            sys.stderr.write(f"   {name}: {spent:.3f} s\n")
    return {name: Measured(tuple(seconds[name]), peaks[name]) for name in things}


def timed(call: Callable[[], object]) -> float:
    """Return the seconds that one call takes."""
    start = time.perf_counter()
    call()
    return time.perf_counter() - start


def growth(*, job: str, case: str, small: Row, large: Row, at_most: float | None = None) -> Row:
    """Return the line that says how a job grows from one size to the next."""
    return Row(
        job=job,
        case=f"{case}: growth",
        size=f"{small.size} → {large.size}",
        ours=large.ours,
        peer_name=f"itself at {small.size}",
        peer=small.ours,
        at_most=at_most,
        unit=large.unit,
    )


def results_merge(path: Path, *, job: str, rows: Sequence[Row], machine: Mapping[str, str]) -> None:
    """Replace what is kept of one job; other jobs keep their last run."""
    kept = results_read(path)
    kept[job] = {"machine": dict(machine), "rows": [asdict(row) | {"parts": dict(row.parts)} for row in rows]}
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(kept, ensure_ascii=False, indent=1), encoding="utf-8")


def results_read(path: Path) -> dict[str, Any]:
    """Return what was kept of every job, empty before the first run."""
    if not path.exists():
        return {}
    found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return found
