"""``make test-all`` leaves nothing out: every leg selects tests, and an empty, skipped or failed leg is told."""

import re
import subprocess
import sys
import tomllib

import pytest
from tests.legs import LEGS, ROOT, main, told

PYTEST = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["pytest"]["ini_options"]
MARKED = [leg for leg in LEGS if leg.marker]


def test_make_test_leaves_out_the_marked_legs_and_nothing_else():
    expression = PYTEST["addopts"][PYTEST["addopts"].index("-m") + 1]

    assert set(re.findall(r"\w+", expression)) - {"not", "or"} == {leg.marker for leg in MARKED}
    assert {leg.marker for leg in MARKED} <= {marker.partition(":")[0] for marker in PYTEST["markers"]}


def test_every_leg_has_tests():
    assert all((ROOT / path).exists() for leg in LEGS for path in leg.paths)
    # One collection for all of them: it takes longer than everything else here.
    chosen = ["-m", " or ".join(leg.marker for leg in MARKED), *(path for leg in MARKED for path in leg.paths)]
    # Several folders have a conftest of their own and are no packages: importlib tells these apart.
    command = [sys.executable, "-m", "pytest", "--collect-only", "-q", "--import-mode=importlib", *chosen]
    found = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert found.returncode == 0, found.stdout[-2000:] + found.stderr[-2000:]
    without = [leg.name for leg in MARKED if not re.search(rf"^({'|'.join(leg.paths)})\S*::test_", found.stdout, re.MULTILINE)]
    assert without == []


def test_tests_of_a_marked_leg_are_run_by_it():
    for leg in MARKED:
        marked = {
            path.relative_to(ROOT).as_posix()
            for path in (ROOT / "tests").rglob("test_*.py")
            if f"pytest.mark.{leg.marker}" in path.read_text() and path.parent.name != "architecture"
        }
        assert marked
        assert not {path for path in marked if not path.startswith(tuple(leg.paths))}


@pytest.mark.parametrize(
    ("counts", "exit_code", "good"),
    [
        ('tests="3" failures="0" errors="0" skipped="0"', 0, True),
        ('tests="3" failures="1" errors="0" skipped="0"', 1, False),
        ('tests="3" failures="0" errors="1" skipped="0"', 1, False),
        ('tests="3" failures="0" errors="0" skipped="1"', 0, False),
        ('tests="0" failures="0" errors="0" skipped="0"', 5, False),
        ('tests="3" failures="0" errors="0" skipped="0"', -9, False),
    ],
)
def test_a_leg_is_good_only_if_every_test_of_it_ran_and_passed(counts, exit_code, good, tmp_path):
    report = tmp_path / "report.xml"
    report.write_text(f"<testsuites><testsuite {counts}/></testsuites>")

    assert told(report, exit_code=exit_code).is_good is good
    assert not told(tmp_path / "missing.xml", exit_code=0).is_good


def test_a_leg_that_does_not_exist_is_refused(capsys):
    assert main(["fuzzy"]) == 2
    assert "postgresql-15" in capsys.readouterr().out
