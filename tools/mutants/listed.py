"""Mutations that are listed by hand in ``listed.yaml``: SQL texts, constants, properties, which mutmut does not change.

Each is tried in a fork of a process that has loaded everything: there the changed text is run in its module once more. What
no test notices there is tried again in a fork of a process that has loaded the libraries but none of our modules: that fork
reads the one module from the changed text, and whatever others make of it when they are loaded is changed as well.
"""

import hashlib
import importlib
import json
import os
import signal
import sys
from collections.abc import Callable, Iterator
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
    left = [mutation for mutation in mutations if known.get(mutation.key) != "killed"]
    texts = {mutation: mutation.changed() for mutation in left}
    if not left:
        return
    for library in LIBRARIES:
        importlib.import_module(library)
    for file in dict.fromkeys(mutation.file for mutation in left):
        for mutation, verdict in _quickly([one for one in left if one.file == file], texts, children):
            if verdict != "survived":
                left.remove(mutation)
                yield _keep(known, mutation, verdict)
    for tests in dict.fromkeys(mutation.tests for mutation in left):
        if _verdict(os.waitpid(_started(tests), 0)[1]) != "survived":
            raise ValueError(f"the tests fail without any change: {' '.join(tests)}")
    for mutation, verdict in _tried(left, lambda one: _started(one.tests, file=one.file, text=texts[one]), children):
        yield _keep(known, mutation, verdict)


def _keep(known: dict[str, str], mutation: Listed, verdict: str) -> tuple[Listed, str]:
    known[mutation.key] = verdict
    KEPT.parent.mkdir(exist_ok=True)
    KEPT.write_text(json.dumps(known, indent=1), encoding="utf-8")
    return mutation, verdict


def _tried(mutations: list[Listed], start: Callable[[Listed], int], children: int) -> Iterator[tuple[Listed, str]]:
    """Start one process for each, so many at a time, and yield each verdict as it comes."""
    waiting, running = list(mutations), dict[int, Listed]()
    while waiting or running:
        while waiting and len(running) < children:
            mutation = waiting.pop(0)
            running[start(mutation)] = mutation
        process, status = os.wait()
        yield running.pop(process), _verdict(status)


def _quickly(mutations: list[Listed], texts: dict[Listed, str], children: int) -> Iterator[tuple[Listed, str]]:
    """Try the mutations of one file in forks of a process that has loaded everything and read its tests.

    The changed text is run in the module that is there already, which takes a tenth of loading everything anew. What others
    made of the original when they were loaded stays as it was: ``survived`` is no verdict here, but no change must survive.
    """
    reading, writing = os.pipe()
    host = os.fork()
    if host == 0:
        os.close(reading)
        _silenced()
        tests = mutations[0].tests
        _pytest("--collect-only", *tests)
        unchanged = Path(mutations[0].file).read_text(encoding="utf-8")
        if _verdict(os.waitpid(_replaced(mutations[0], unchanged), 0)[1]) == "survived":
            for mutation, verdict in _tried(mutations, lambda one: _replaced(one, texts[one]), children):
                os.write(writing, f"{mutations.index(mutation)} {verdict}\n".encode())
        os._exit(0)
    os.close(writing)
    with os.fdopen(reading, encoding="utf-8") as lines:
        for line in lines:
            number, verdict = line.split()
            yield mutations[int(number)], verdict
    os.waitpid(host, 0)


def _replaced(mutation: Listed, text: str) -> int:
    """Fork; run the text in the loaded module, hand its new things to those who imported the old ones, and test."""
    process = os.fork()
    if process == 0:
        signal.alarm(SECONDS)
        module = sys.modules[module_of(mutation.file)]
        before = dict(vars(module))
        try:
            exec(compile(text, mutation.file, "exec", dont_inherit=True), vars(module))  # noqa: S102 - the module's own text
        except Exception:  # noqa: BLE001 - a module that does not load is noticed
            os._exit(1)
        for other in [other for name, other in sys.modules.items() if name.startswith(("xinheng", "tests"))]:
            for name, old in before.items():
                if not name.startswith("__") and vars(other).get(name) is old:
                    setattr(other, name, vars(module)[name])
        os._exit(_pytest("-x", *mutation.tests))
    return process


def _started(tests: tuple[str, ...], *, file: str = "", text: str = "") -> int:
    process = os.fork()
    if process == 0:
        signal.alarm(SECONDS)
        if file:
            _silenced()
            sys.meta_path.insert(0, _Changed(file, text))
        os._exit(_pytest("-x", *tests))
    return process


def _verdict(status: int) -> str:
    return {0: "survived", -signal.SIGALRM: "timeout"}.get(os.waitstatus_to_exitcode(status), "killed")


def _silenced() -> None:
    null = os.open(os.devnull, os.O_WRONLY)
    os.dup2(null, 1)
    os.dup2(null, 2)


def _pytest(*arguments: str) -> int:
    import pytest

    plugins = ("no:unraisableexception", "no:cacheprovider", "no:xdist", "tools.mutants.fresh")
    return int(pytest.main(["-q", *(word for plugin in plugins for word in ("-p", plugin)), *arguments]))


def module_of(file: str) -> str:
    """Return the module's name: ``src/a/b/__init__.py`` is ``a.b``."""
    return ".".join(Path(file).with_suffix("").parts[1:]).removesuffix(".__init__")


class _Changed:
    """Finds one module in a changed text, everything else where it always is."""

    def __init__(self, file: str, text: str) -> None:
        self.path = Path(file).resolve()
        self.module = module_of(file)
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
