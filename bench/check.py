"""``intake check`` of penalty files, all rules, every finding written as CSV, against reading alone and two validators.

Everything runs in a process of its own, start-up included: ours is the command as it is typed. Ours checks all rules of the
item over the file as the synthetic county dirties it; most rows are late, so that most rows have a finding. ``legacy`` is
the same file declared as an old site's: one row in ten has a finding. The validators check the shared rules only.
"""

import json
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path

from bench.data import penalty_file
from bench.harness import Measured, Row, command, growth, in_turn
from xinheng.synth.services.files import FileFormat

SIZES = (100_000, 1_000_000)
_RUN = Callable[[], tuple[float, float]]


def measure(*, quick: bool, repeat: int) -> list[Row]:
    """Return the lines of both sizes, and the growth."""
    rows = [_measured(size, repeat=repeat) for size in (SIZES[:1] if quick else SIZES)]
    lines = [line for of_size in rows for line in of_size]
    if len(rows) == len(SIZES):
        small, large = rows[0][0], rows[1][0]
        lines.append(growth(job="check", case="UTF-8", small=small, large=large, at_most=11))
    return lines


def ours(file: Path, *options: str) -> tuple[float, float]:
    """Run the command on a file; return seconds and peak MiB. Rows that must be corrected make it end with 1."""
    out = file.with_suffix(".findings.csv")
    argv = [
        sys.executable,
        "-m",
        "xinheng",
        "intake",
        "check",
        str(file),
        "--no-register",
        "--format",
        "csv",
        "--out",
        str(out),
    ]
    return command([*argv, *options], allowed=(0, 1))


def peer(name: str, file: Path) -> tuple[float, float]:
    """Run a peer on a file; return seconds and peak MiB."""
    return command([sys.executable, "-m", "bench.check_peers", name, str(file)])


def parts(file: Path) -> dict[str, float]:
    """Return the seconds of each step of the check, in a process of its own."""
    argv = [sys.executable, "-m", "bench.check_parts", str(file)]
    found: dict[str, float] = json.loads(subprocess.run(argv, check=True, capture_output=True, text=True).stdout)
    return found


def _measured(size: int, *, repeat: int) -> list[Row]:
    utf8, gb18030 = penalty_file(size), penalty_file(size, form=FileFormat.CSV_GB18030)
    ours(penalty_file(SIZES[0]))  # the first check of an installation compiles the rules; every later one finds them
    small = size == SIZES[0]
    things: dict[str, _RUN] = {
        "ours": partial(ours, utf8),
        "raw": partial(peer, "raw", utf8),
        "raw, kept": partial(peer, "raw_kept", utf8),
        "ours, legacy": partial(ours, utf8, "--legacy"),
        "ours, GB18030": partial(ours, gb18030),
        "pandera": partial(peer, "pandera", utf8),
    }
    measured = in_turn(things, repeat=repeat if small else min(repeat, 2))
    if small:
        # Minutes for a million rows, and no faster per row.
        measured |= in_turn({"frictionless": partial(peer, "frictionless", utf8)}, repeat=1)
    return _lines(size, measured, parts(utf8))


def _lines(size: int, measured: dict[str, Measured], told: dict[str, float]) -> list[Row]:
    raw = "DuckDB read_csv, all columns counted"
    lines = [
        replace(_line(size, measured, "UTF-8", ("ours", "raw"), raw), at_most=6, aim=3, parts=told),
        _line(size, measured, "UTF-8", ("ours", "raw, kept"), "DuckDB read_csv into a table"),
        _line(size, measured, "UTF-8, declared legacy", ("ours, legacy", "raw"), raw),
        _line(size, measured, "GB18030", ("ours, GB18030", "raw"), f"{raw}, UTF-8"),
        _line(size, measured, "UTF-8", ("ours", "pandera"), "pandera(polars), shared rules"),
    ]
    if "frictionless" in measured:
        line = _line(size, measured, "UTF-8", ("ours", "frictionless"), "frictionless, shared rules")
        lines.append(replace(line, at_least=20))
    return lines


def _line(size: int, measured: dict[str, Measured], case: str, names: tuple[str, str], peer_name: str) -> Row:
    our, other = (measured[name] for name in names)
    return Row(
        job="check",
        case=case,
        size=f"{size:,} rows",
        ours=our.median,
        peer_name=peer_name,
        peer=other.median,
        peak_mib=our.peak_mib,
    )
