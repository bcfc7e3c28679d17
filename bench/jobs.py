"""The jobs that are measured, in the order of the table; each takes ``quick`` and ``repeat`` and returns its lines.

A job is a module of its own, imported when it runs: peers are heavy.
"""

import importlib
from collections.abc import Callable

from bench.harness import Row
from bench.server import django_ready

Job = Callable[..., list[Row]]


def _job(module: str) -> Job:
    def run(*, quick: bool, repeat: int) -> list[Row]:
        django_ready()  # the catalogue, from which every job's data are made, is kept in a table
        found: list[Row] = importlib.import_module(f"bench.{module}").measure(quick=quick, repeat=repeat)
        return found

    return run


JOBS: dict[str, Job] = {
    "check": _job("check"),
    "workbook": _job("workbook"),
    "load": _job("load"),
    "search": _job("search"),
    "as_of": _job("as_of"),
    "snapshot": _job("snapshot"),
    "log": _job("log"),
    "pages": _job("pages"),
    "reports": _job("reports"),
    "trail": _job("trail"),
    "county": _job("county"),
}
ASKED_ONLY = frozenset({"county"})
"""Jobs that run only when they are named: an hour and ten gigabytes."""
