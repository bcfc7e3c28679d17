"""A pytest plugin for mutation runs: nothing worked out before a mutant was switched on may answer for it.

mutmut forks each run from a process that has run the tests already, so what the code keeps between calls is there
already; examples that Hypothesis draws are the same in every run, so a verdict does not depend on luck.
"""

import fcntl
import os
import sys
import tomllib
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


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Run the tests in the order of the part's list, the sharpest first; within a file they stay in their order."""
    pyproject = config.rootpath / "pyproject.toml"
    mutmut = tomllib.loads(pyproject.read_text(encoding="utf-8"))["tool"].get("mutmut", {})
    order = mutmut.get("pytest_add_cli_args_test_selection", [])
    items.sort(key=lambda item: next((place for place, path in enumerate(order) if item.nodeid.startswith(path)), len(order)))
