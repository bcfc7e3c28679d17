"""Mutations that are listed by hand in ``listed.yaml``: SQL texts, constants, properties, which mutmut does not change.

Each is run in a fork of a process that has loaded the libraries but none of our modules: the fork reads the one module
from a changed text and runs the tests named beside it. One fork takes about as long as its tests.
"""

import hashlib
import importlib
import json
import os
import signal
import sys
from collections.abc import Iterator
from importlib.machinery import ModuleSpec, PathFinder, SourceFileLoader
from pathlib import Path
from types import CodeType

import yaml
from pydantic import BaseModel, ConfigDict

HERE = Path(__file__).parent
KEPT = Path("mutants/listed.json")
SECONDS = 300
"""How long the tests of one mutation may take; on a machine with nothing else to do they take five to ten."""

LIBRARIES = ("django.db.models", "psycopg", "pyarrow.csv", "pydantic", "yaml")
"""What every fork needs; pytest's plugins are not among them, pytest wants to load them itself."""


class Listed(BaseModel):
    """One change of one text: what stands there, what stands there instead, and what would be wrong then."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    file: str
    was: str
    becomes: str
    wrong: str
    tests: tuple[str, ...]

    @property
    def key(self) -> str:
        """What the verdict depends on, the tests aside."""
        source = Path(self.file).read_text(encoding="utf-8")
        return hashlib.sha256(f"{source}\0{self.was}\0{self.becomes}".encode()).hexdigest()[:16]

    def changed(self) -> str:
        """Return the file's text with the change.

        Raises:
            ValueError: the text does not stand there exactly once.
        """
        source = Path(self.file).read_text(encoding="utf-8")
        if source.count(self.was) != 1:
            raise ValueError(f"{self.file}: stands there {source.count(self.was)} times, not once: {self.was!r}")
        return source.replace(self.was, self.becomes)


def listed_mutations() -> tuple[Listed, ...]:
    """Return the mutations of ``listed.yaml``; tests named for a file hold for all its mutations."""
    content = yaml.safe_load((HERE / "listed.yaml").read_text(encoding="utf-8"))
    return tuple(
        Listed(file=entry["file"], tests=tuple(entry["tests"]), **change) for entry in content for change in entry["changes"]
    )


def verdicts() -> dict[str, str]:
    """Return the kept verdicts by key."""
    return json.loads(KEPT.read_text(encoding="utf-8")) if KEPT.exists() else {}


def run_listed(mutations: list[Listed], *, children: int) -> Iterator[tuple[Listed, str]]:
    """Run what has not been killed yet; yield each mutation with its verdict (``killed``, ``timeout``, ``survived``).

    Raises:
        ValueError: a text to be changed does not stand where it is said to, or the tests fail without any change.
    """
    known = verdicts()
    open_ones = [mutation for mutation in mutations if known.get(mutation.key) != "killed"]
    texts = {mutation: mutation.changed() for mutation in open_ones}
    if not open_ones:
        return
    for library in LIBRARIES:
        importlib.import_module(library)
    for tests in dict.fromkeys(mutation.tests for mutation in open_ones):
        if _verdict(os.waitpid(_started(tests), 0)[1]) != "survived":
            raise ValueError(f"the tests fail without any change: {' '.join(tests)}")
    running: dict[int, Listed] = {}
    while open_ones or running:
        while open_ones and len(running) < children:
            mutation = open_ones.pop(0)
            running[_started(mutation.tests, file=mutation.file, text=texts[mutation])] = mutation
        process, status = os.wait()
        mutation = running.pop(process)
        known[mutation.key] = _verdict(status)
        KEPT.parent.mkdir(exist_ok=True)
        KEPT.write_text(json.dumps(known, indent=1), encoding="utf-8")
        yield mutation, known[mutation.key]


def _started(tests: tuple[str, ...], *, file: str = "", text: str = "") -> int:
    process = os.fork()
    if process == 0:
        signal.alarm(SECONDS)
        os._exit(_tested(tests, file, text))
    return process


def _verdict(status: int) -> str:
    return {0: "survived", -signal.SIGALRM: "timeout"}.get(os.waitstatus_to_exitcode(status), "killed")


def _tested(tests: tuple[str, ...], file: str, text: str) -> int:
    import pytest

    if file:
        null = os.open(os.devnull, os.O_WRONLY)
        os.dup2(null, 1)
        os.dup2(null, 2)
        sys.meta_path.insert(0, _Changed(file, text))
    plugins = ("no:unraisableexception", "no:cacheprovider", "no:xdist", "tools.mutants.fresh")
    return int(pytest.main(["-x", "-q", *(word for plugin in plugins for word in ("-p", plugin)), *tests]))


class _Changed:
    """Finds one module in a changed text, everything else where it always is."""

    def __init__(self, file: str, text: str) -> None:
        self.path = Path(file).resolve()
        self.module = ".".join(Path(file).with_suffix("").parts[1:]).removesuffix(".__init__")
        self.text = text

    def find_spec(self, name: str, path: object = None, target: object = None) -> ModuleSpec | None:
        """Return the module's specification with a loader of the changed text."""
        if name != self.module:
            return None
        spec = PathFinder.find_spec(name, path, target)  # type: ignore[arg-type]
        if spec is not None:
            spec.loader = _Loader(name, str(self.path), self.text)
        return spec


class _Loader(SourceFileLoader):
    def __init__(self, name: str, path: str, text: str) -> None:
        super().__init__(name, path)
        self.text = text

    def get_code(self, fullname: str) -> CodeType:
        """Compile the changed text, past every cache."""
        return compile(self.text, self.get_filename(fullname), "exec", dont_inherit=True)
