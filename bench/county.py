"""A county a hundred times the synthetic one: 500,000 organisations and 2,000,000 records come in and are read.

Every step is the command a clerk would give, in a process of its own, on a database of its own that is removed
afterwards; then the site is served by its own command and read by several readers at once. Not among the jobs of
``make bench``: ``make bench JOBS=county``. ``quick`` measures ×1 and ×10 instead of ×10 and ×100.
"""

import json
import random
import resource
import shutil
import statistics
import sys
import threading
import time
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote

from bench.harness import Row, command
from bench.server import HOME, BenchServer, Database
from bench.site import page_get, served

SCALES: Final = (10, 100)
READERS: Final = 4
SECONDS_READ: Final = 30
_XINHENG: Final = (sys.executable, "-m", "xinheng")
_ANSWERED: Final = (0, 1)  # 1: some rows were returned or doubtful, as they must be
_MIB: Final = 2**20


@dataclass(slots=True)
class Phase:
    """Seconds, seconds of the processor (the database's not counted) and peak memory (MiB) of the commands of one phase."""

    seconds: float = 0.0
    busy: float = 0.0
    peak_mib: float = 0.0
    commands: int = 0


@dataclass(slots=True)
class Run:
    """What one county cost."""

    scale: int
    phases: dict[str, Phase] = field(default_factory=lambda: defaultdict(Phase))
    reads: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    sizes: dict[str, float] = field(default_factory=dict)

    def add(self, phase: str, *arguments: str, database: Database) -> None:
        """Run one command and count it."""
        before = _busy()
        seconds, peak = command([*_XINHENG, *arguments], env=database.environment, allowed=_ANSWERED)
        found = self.phases[phase]
        found.seconds += seconds
        found.busy += _busy() - before
        found.peak_mib = max(found.peak_mib, peak)
        found.commands += 1
        _tell(
            f"×{self.scale} {phase}: {seconds:.1f} s, busy {_busy() - before:.1f} s, {peak:.0f} MiB ({' '.join(arguments[:3])[-60:]})"
        )


def _busy() -> float:
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def measure(*, quick: bool, repeat: int) -> list[Row]:  # noqa: ARG001 - once: it takes long
    """Measure two counties ten times apart; return how the larger one compares with the smaller."""
    small, large = (_run(scale) for scale in ((1, 10) if quick else SCALES))
    runs, rows = (small, large), []
    for name, phase in large.phases.items():
        rows.append(
            _row(
                name,
                runs,
                phase.seconds,
                small.phases[name].seconds,
                at_most=11,
                peak_mib=phase.peak_mib,
                parts={"busy": phase.busy},
            )
        )
    for name, seconds in large.reads.items():
        ours, peer = statistics.median(seconds), statistics.median(small.reads[name])
        rows.append(_row(name, runs, ours, peer, note=f"p95 {_p95(seconds) * 1000:.0f} ms, {READERS} readers at once"))
    for name, size in large.sizes.items():
        rows.append(_row(name, runs, size, small.sizes[name], unit="MiB"))
    return rows


def _row(name: str, runs: tuple[Run, Run], ours: float, peer: float, **more: Any) -> Row:
    small, large = runs
    return Row(job="county", case=name, size=f"×{large.scale}", ours=ours, peer_name=f"×{small.scale}", peer=peer, **more)


def _run(scale: int) -> Run:
    run = Run(scale)
    server = BenchServer.start()
    folder = HOME / f"county-{scale}"
    shutil.rmtree(folder, ignore_errors=True)
    try:
        with server.empty() as database:
            _fill(run, database, folder)
            _sizes(run, database)
            _read(run, database)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        server.stop()
    return run


def _fill(run: Run, database: Database, folder: Path) -> None:
    run.add("make the county's files", "synth", str(folder), "--scale", str(run.scale), database=database)
    run.sizes["files, on disk"] = _folder_mib(folder)
    truth = json.loads((folder / "truth.json").read_text(encoding="utf-8"))
    marked = folder / "marked"
    marked.mkdir()
    run.add("import the register", "register", "import", str(folder / truth["register"]["path"]), "--demo", database=database)
    for wave in (1, 2):
        for file in truth["files"]:
            if file["wave"] == wave:
                legacy = ["--legacy"] if file["is_legacy"] else []
                run.add("load the files", "intake", "load", *_load(folder, file, marked), *legacy, database=database)
        if wave == 1:
            delta = str(folder / truth["delta"]["path"])
            run.add("import the register's changes", "register", "import", delta, "--demo", database=database)
    for act in truth["acts"]:
        run.add("load the acts", "act", "import", *_load(folder, act, marked), database=database)


def _load(folder: Path, file: Mapping[str, Any], marked: Path) -> list[str]:
    who = ["--organ", file["organ_code"], "--clerk", "经办", "--reviewer", "审核", "--item", file["item_id"]]
    return [str(folder / file["path"]), *who, "--out-dir", str(marked)]


def _sizes(run: Run, database: Database) -> None:
    with database.connect(owner=True) as owner:
        found = owner.execute("SELECT pg_database_size(current_database())").fetchone()
        assert found is not None
        run.sizes["database, on disk"] = int(str(found[0])) / _MIB
        counted = owner.execute(
            "SELECT (SELECT count(*) FROM subjects_subject), (SELECT count(*) FROM records_currentrecord), "
            "(SELECT count(*) FROM records_recordversion)"
        ).fetchone()
    run.sizes["originals and landed files, on disk"] = _folder_mib(database.var)
    _tell(f"×{run.scale} organisations, records, versions: {counted}; {run.sizes}")


def _folder_mib(folder: Path) -> float:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file()) / _MIB


def _read(run: Run, database: Database) -> None:
    paths = _paths(database)
    with served(database) as port:
        for address in (one for of_kind in paths.values() for one in of_kind[:3]):
            page_get(port, address)  # warm: imports, catalogue, plans
        readers = [threading.Thread(target=_reader, args=(run, port, paths, number)) for number in range(READERS)]
        start = time.perf_counter()
        for reader in readers:
            reader.start()
        for reader in readers:
            reader.join()
        answered = sum(map(len, run.reads.values()))
        _tell(f"×{run.scale} {answered / (time.perf_counter() - start):.0f} pages a second")
    for name, seconds in run.reads.items():
        _tell(f"×{run.scale} {name}: {statistics.median(seconds) * 1000:.0f} ms, p95 {_p95(seconds) * 1000:.0f} ms")


def _paths(database: Database) -> dict[str, list[str]]:
    """Return the addresses that are read, by kind: of organisations drawn from all of the register."""
    with database.connect() as connection:
        rows = (
            connection.execute(
                "SELECT s.id, s.name FROM subjects_subject s TABLESAMPLE SYSTEM (1) JOIN records_currentrecord r ON r.subject_id = s.id "
                "LIMIT 300"
            ).fetchall()
            or connection.execute("SELECT id, name FROM subjects_subject LIMIT 300").fetchall()
        )
    draws = random.Random(len(rows))
    draws.shuffle(rows)
    names = [str(name) for _, name in rows]
    fragments = [name[(at := draws.randrange(2, max(3, len(name) - 6))) : at + 2] for name in names]
    return {
        "page: search by full name": [f"/search/?q={quote(name)}" for name in names],
        "page: search by two characters": [f"/search/?q={quote(fragment)}" for fragment in fragments],
        "page: search by common characters": [f"/search/?q={quote(text)}" for text in ("有限公司", "奉节", "食品", "演示")],
        "page: one organisation": [f"/subjects/{number}/?q={quote(str(name))}" for number, name in rows],
        "page: list of licences": ["/lists/licences/"],
        "page: list of penalties": ["/lists/penalties/"],
        "page: front": ["/"],
    }


def _reader(run: Run, port: int, paths: Mapping[str, list[str]], number: int) -> None:
    draws = random.Random(number)
    until = time.perf_counter() + SECONDS_READ
    kinds = list(paths)
    while time.perf_counter() < until:
        kind = draws.choice(kinds)
        start = time.perf_counter()
        page_get(port, draws.choice(paths[kind]))
        run.reads[kind].append(time.perf_counter() - start)


def _p95(seconds: list[float]) -> float:
    return sorted(seconds)[int(len(seconds) * 0.95)]


def _tell(text: str) -> None:
    sys.stderr.write(f"   {time.strftime('%H:%M:%S')} {text}\n")
    sys.stderr.flush()
