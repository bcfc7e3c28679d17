"""``make test-all``: the long legs one after the other; ``python -m tests.legs fuzz`` runs one.

A leg that failed, skipped a test or found none fails the run; the last line counts all of them.
"""

import os
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from xml.etree import ElementTree as ET

ROOT = Path(__file__).resolve().parents[1]
NO_TESTS_FOUND = 5
WORKERS = ("-n", os.environ.get("WORKERS", "2"), "--dist", "loadgroup")
POSTGRESQL_15 = "/usr/lib/postgresql/15/bin"


@dataclass(frozen=True, slots=True, kw_only=True)
class Leg:
    """A run of pytest: the tests with ``marker``, or where that is empty those of ``paths`` that carry no leg's marker."""

    name: str
    paths: Sequence[str]
    marker: str = ""
    options: Sequence[str] = ()
    environment: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What a leg ended with."""

    passed: int
    failed: int
    skipped: int
    exit_code: int

    @property
    def is_good(self) -> bool:
        """Return whether every test of the leg ran and passed, and there was one."""
        return self.exit_code == 0 and self.passed > 0 and not self.failed and not self.skipped


LONG = ("fuzz", "spark", "unbreakable", "doors", "personal_data")
"""Legs that PostgreSQL 15 does not run again."""
KILLED_ELSEWHERE = (
    "tests/integration/intake/test_connection_cut.py",
    "tests/integration/intake/test_two_processes.py",
    "tests/integration/intake/test_worker.py",
    "tests/integration/reports/test_report_batch.py",
)
"""Tests of kills that need the worlds of their contexts."""
LEGS = (
    # In this order, as the killed county takes the connections of its process to a server of its own until the end.
    Leg(name="unbreakable", marker="unbreakable", paths=[*KILLED_ELSEWHERE, "tests/unbreakable"]),
    Leg(
        name="operations",
        marker="operations",
        paths=["tests/integration/operations", "tests/integration/migrations"],
        options=WORKERS,
    ),
    Leg(name="fuzz", marker="fuzz", paths=["tests/fuzz"]),
    Leg(name="doors", marker="doors", paths=["tests/doors"]),
    Leg(name="personal-data", marker="personal_data", paths=["tests/integration/personal_data"]),
    Leg(name="spark", marker="spark", paths=["tests/spark"]),
    Leg(
        name="postgresql-15",
        paths=["tests/integration", "tests/real"],
        # The leg of deployments once more: a backup of the server that a deployment has.
        options=("-m", f"not ({' or '.join(LONG)})", *WORKERS),
        environment={"XINHENG_PG": POSTGRESQL_15, "XINHENG_TEST_VAR": str(ROOT / "var/test-pg15"), "XINHENG_EXPECT_PG": "15"},
    ),
)


def leg_run(leg: Leg) -> Told:
    """Run one leg with its output on the terminal, and tell how it ended."""
    report = ROOT / "build" / f"leg-{leg.name}.xml"
    report.parent.mkdir(exist_ok=True)
    report.unlink(missing_ok=True)
    marked = ["-m", leg.marker] if leg.marker else []
    # The older form of the report takes the figures that tests record.
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-q",
        f"--junitxml={report}",
        "-o",
        "junit_family=xunit1",
        *marked,
        *leg.options,
        *leg.paths,
    ]
    ended = subprocess.run(command, cwd=ROOT, env=os.environ | leg.environment, check=False)
    return told(report, exit_code=ended.returncode)


def told(report: Path, *, exit_code: int) -> Told:
    """Return what pytest's report says; no report counts as a failure."""
    if not report.exists():
        return Told(passed=0, failed=1, skipped=0, exit_code=exit_code)
    suites = list(ET.parse(report).getroot().iter("testsuite"))
    total, failures, errors, skipped = (
        sum(int(suite.get(name, 0)) for suite in suites) for name in ("tests", "failures", "errors", "skipped")
    )
    return Told(passed=total - failures - errors - skipped, failed=failures + errors, skipped=skipped, exit_code=exit_code)


def main(names: Sequence[str]) -> int:
    """Run the legs with these names, all of them where none is named; return 1 if one of them is not good."""
    unknown = set(names) - {leg.name for leg in LEGS}
    if unknown:
        print(f"no such leg: {', '.join(sorted(unknown))}; there are {', '.join(leg.name for leg in LEGS)}")
        return 2
    ends: dict[str, Told] = {}
    lines: list[str] = []
    for leg in LEGS:
        if names and leg.name not in names:
            continue
        print(f"== {leg.name} ==", flush=True)
        began = time.monotonic()
        end = ends[leg.name] = leg_run(leg)
        nothing = ", no test found" if end.exit_code == NO_TESTS_FOUND else ""
        lines.append(
            f"{leg.name}: {end.passed} passed, {end.failed} failed, {end.skipped} skipped{nothing}, "
            f"{time.monotonic() - began:.0f} s{'' if end.is_good else ' — NOT GOOD'}"
        )
        print(lines[-1], flush=True)
    print("\n== legs ==", *lines, sep="\n")
    passed, failed, skipped = (sum(getattr(end, name) for end in ends.values()) for name in ("passed", "failed", "skipped"))
    print(f"test-all: {passed} passed, {failed} failed, {skipped} skipped")
    return 0 if all(end.is_good for end in ends.values()) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
