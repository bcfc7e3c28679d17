"""Run many mutants: in forked processes, two at a time, each under a bound of time and memory; tell what came of them."""

import multiprocessing
import os
import time
from collections import Counter, deque
from collections.abc import Sequence
from dataclasses import dataclass, field
from multiprocessing.connection import wait
from pathlib import Path
from typing import Any

from tests.fuzz.doors import Verdict
from tests.fuzz.mutants import Mutant, kind_of, mutant_make
from tests.fuzz.worker import Judged

SECONDS = 60
"""More of its own time than this is a hang, whatever else the machine does."""

WAITING = 300
"""More time on the clock than this is one too: it waits for what never comes."""

MEMORY_MB = 1_500
"""The most that a whole process may take, its 300 MB of code included, whatever the file is."""

_PAGE_MB = 4096 / 1_048_576


@dataclass(slots=True)
class Report:
    """What came of a run."""

    judged: list[Judged] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)

    @property
    def failed(self) -> list[Judged]:
        """Return the mutants for which something was not allowed."""
        return [one for one in self.judged if one.verdict.problem]

    def text(self) -> str:
        """Return the numbers: by kind, by reason, the slowest, the largest."""
        kinds = sorted({one.kind for one in self.judged})
        lines = [f"{'kind':<12}{'made':>6}{'accepted':>10}{'refused':>9}{'failed':>8}"]
        for kind in kinds:
            outcomes = Counter(one.verdict.outcome for one in self.judged if one.kind == kind)
            lines.append(
                f"{kind:<12}{outcomes.total():>6}{outcomes['accepted']:>10}{outcomes['refused']:>9}{outcomes['failed']:>8}"
            )
        lines.append(
            "by door: " + ", ".join(f"{door} {count}" for door, count in Counter(one.door for one in self.judged).most_common())
        )
        reasons = Counter(one.verdict.reason for one in self.judged if one.verdict.outcome == "refused")
        lines += [f"  {count:>5}  {reason}" for reason, count in reasons.most_common()]
        lines += [
            f"slowest {one.seconds:.1f} s, {one.peak_mb} MB, {one.size:,} bytes: {one.number} {one.kind}, {one.door}, {one.story[:90]}"
            for one in sorted(self.judged, key=lambda one: -one.seconds)[:5]
        ]
        lines += [
            f"largest {one.peak_mb} MB, {one.seconds:.1f} s, {one.size:,} bytes: {one.number} {one.kind}, {one.door}, {one.story[:90]}"
            for one in sorted(self.judged, key=lambda one: -one.peak_mb)[:5]
        ]
        return "\n".join(lines)


class _Batch:
    """One running process and what it has still to judge."""

    def __init__(self, forks: Any, cases: Sequence[int | Mutant], arguments: dict[str, Any]) -> None:
        from tests.fuzz import worker

        self.left, self.since = deque(cases), time.monotonic()
        self.pipe, there = forks.Pipe(duplex=False)
        self.process = forks.Process(target=worker.batch, kwargs=arguments | {"cases": list(cases), "pipe": there}, daemon=True)
        self.process.start()
        there.close()
        self.killed_for = ""
        self.used_before: float | None = None

    def watch(self) -> None:
        """Kill the process if its mutant takes too long or the process too much memory."""
        if not self.process.is_alive() or self.killed_for:
            return
        try:
            resident = int(Path(f"/proc/{self.process.pid}/statm").read_text().split()[1]) * _PAGE_MB
            ticks = Path(f"/proc/{self.process.pid}/stat").read_text().rpartition(")")[2].split()[11:13]
        except (OSError, IndexError):
            return
        used = sum(map(int, ticks)) / os.sysconf("SC_CLK_TCK")
        if self.used_before is None:
            self.used_before = used
        if resident > MEMORY_MB * 2:
            self.killed_for = f"more than {MEMORY_MB * 2} MB"
        elif used - self.used_before > SECONDS:
            self.killed_for = f"no answer after {SECONDS} s of its own time"
        elif time.monotonic() - self.since > WAITING:
            self.killed_for = f"no answer after {WAITING} s"
        if self.killed_for:
            self.process.kill()


def run(cases: Sequence[int | Mutant], *, seed: str, worlds: Sequence[tuple[str, Path]], batch: int = 25) -> Report:
    """Judge ``cases`` (numbers, or mutants made elsewhere), one process for each of ``worlds`` (database, folder) at a time."""
    forks = multiprocessing.get_context("forkserver")
    forks.set_forkserver_preload(["tests.fuzz.worker"])
    report, waiting, free, running = Report(), deque(cases), deque(worlds), {}
    while waiting or running:
        while free and waiting:
            place = free.popleft()
            mine = [waiting.popleft() for _ in range(min(batch, len(waiting)))]
            started = _Batch(forks, mine, {"seed": seed, "database_name": place[0], "var": place[1]})
            running[started.pipe] = (started, place)
        for pipe in wait(list(running), timeout=0.05):
            started, place = running[pipe]
            if not _hear(started, report):
                del running[pipe]
                free.append(place)
                waiting.extendleft(reversed(started.left))
        for started, _ in running.values():
            started.watch()
    return report


def _hear(started: _Batch, report: Report) -> bool:
    """Take one message; return False when the process has ended."""
    try:
        said = started.pipe.recv()
    except EOFError:
        started.process.join()
        if started.left:
            _died(started, report)
        return False
    if isinstance(said, int):
        started.since, started.used_before = time.monotonic(), None
    elif isinstance(said, Judged):
        started.left.popleft()
        if said.peak_mb > MEMORY_MB and not said.verdict.problem:
            report.problems.append(f"mutant {said.number} took {said.peak_mb} MB: {said.kind}, {said.story[:100]}")
        report.judged.append(said)
    else:
        report.problems += said
    return True


def _died(started: _Batch, report: Report) -> None:
    """Note the mutant on which a process died; the rest of its batch goes to another process."""
    case = started.left.popleft()
    number = case if isinstance(case, int) else case.number
    why = started.killed_for or f"the process ended with {started.process.exitcode}"
    verdict = Verdict("failed", problem=why)
    seconds = time.monotonic() - started.since
    kind = kind_of(number) if isinstance(case, int) else case.kind
    report.judged.append(Judged(number, kind, "?", why, 0, verdict, seconds, 0))


def failures_save(report: Report, *, seed: str, folder: Path) -> list[str]:
    """Write the files of the mutants that failed into ``folder`` and return what to tell about each."""
    told = []
    for one in report.failed:
        mutant = mutant_make(one.number, seed=seed)
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / f"{mutant.door.replace(' ', '_')}.{one.number}.{mutant.made.name.rpartition('.')[2][-8:]}"
        path.write_bytes(mutant.made.content)
        told.append(
            f"mutant {one.number} ({one.kind}, {mutant.door}; {mutant.made.story[:200]}), kept as {path}\n{one.verdict.problem[-1800:]}"
        )
    return told
