"""A pytest plugin for mutation runs: nothing worked out before a mutant was switched on may answer for it.

mutmut forks each run from a process that has run the tests already, so what the code keeps between calls is there
already; examples that Hypothesis draws are the same in every run, so a verdict does not depend on luck.
"""

import fcntl
import os
import sys
import tomllib
from contextlib import suppress
from importlib import import_module
from itertools import count
from pathlib import Path

import hypothesis
import pytest

KEPT = (
    ("xinheng.rules.selectors", "_kept", "clear"),
    ("xinheng.rules.selectors", "_late", "cache_clear"),
    ("xinheng.publicity.selectors.law", "_kept", "clear"),
    ("xinheng.publicity.selectors.displays", "_compiled", "clear"),
)
"""Where the code under mutation keeps results: module, name, how it is emptied."""

NOTICED = "noticed.tsv"
"""In the part's folder: which test noticed a mutant of which function. It changes the order of the tests, not a verdict."""

hypothesis.settings.register_profile("mutants", deadline=None, derandomize=True, database=None)


_slots: dict[int, int] = {}
"""The slot of each process; a fork finds its parent's here as well, and the parent still holds it."""


def pytest_configure() -> None:
    """Draw the same examples in every run; take a database that no other process uses now, and leave it for the next."""
    hypothesis.settings.load_profile("mutants")
    if "XINHENG_TEST_VAR" in os.environ:
        os.environ["XINHENG_TEST_DATABASE_KEPT"] = f"mutants_{_slot(Path(os.environ['XINHENG_TEST_VAR']))}"


def _slot(folder: Path) -> int:
    if os.getpid() in _slots:
        return _slots[os.getpid()]
    for number in count():
        opened = os.open(folder / f"slot_{number}.lock", os.O_CREAT | os.O_RDWR)
        try:
            fcntl.flock(opened, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(opened)
        else:
            _slots[os.getpid()] = number
            return number
    raise AssertionError("numbers do not end")


def pytest_sessionstart() -> None:
    """Forget what was worked out before."""
    for module, name, empty in KEPT:
        if module in sys.modules:
            getattr(getattr(sys.modules[module], name), empty)()


def pytest_collection_finish(session: pytest.Session) -> None:
    """Read the catalogue in the process that only collects: its forks (mutmut's forkserver) need not read it again.

    Nor need they load pandas, which Arrow does when it first makes a value, where it is installed.
    """
    if session.config.option.collectonly:
        from xinheng.catalogue.selectors import catalogue_current

        catalogue_current()
        with suppress(ImportError):
            import_module("pandas")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Run first the tests that noticed other mutants of the same function, then in the order of the part's list.

    Within a file they stay in their order.
    """
    pyproject = config.rootpath / "pyproject.toml"
    mutmut = tomllib.loads(pyproject.read_text(encoding="utf-8"))["tool"].get("mutmut", {})
    order = mutmut.get("pytest_add_cli_args_test_selection", [])
    noticed = _noticed_before(config.rootpath)
    items.sort(
        key=lambda item: (
            -noticed.get(item.nodeid, -1),
            next((place for place, path in enumerate(order) if item.nodeid.startswith(path)), len(order)),
        )
    )


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    """Write down which test noticed a mutant of which function."""
    if report.failed and _function():
        with Path(NOTICED).open("a", encoding="utf-8") as file:
            file.write(f"{_function()}\t{report.nodeid}\n")


def _function() -> str:
    return os.environ.get("MUTANT_UNDER_TEST", "").rpartition("__mutmut_")[0]


def _noticed_before(folder: Path) -> dict[str, int]:
    """Return the tests that noticed mutants of the function under test, with a number that is higher the later."""
    path = folder / NOTICED
    if not _function() or not path.exists():
        return {}
    lines = (line.rstrip("\n").split("\t") for line in path.read_text(encoding="utf-8").splitlines())
    return {test: number for number, (function, test) in enumerate(lines) if function == _function()}
