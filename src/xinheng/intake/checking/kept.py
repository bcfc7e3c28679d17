"""Compiled checks kept on disk, so that a new process need not compile them again (ADR 0021).

A file is used only if everything that made it is the same: catalogue, sources, engine versions. The folder may be
deleted at any time, and a file that cannot be read or written changes nothing but the time a first check takes.
"""

import contextlib
import hashlib
import inspect
import json
from collections.abc import Callable, Iterable, Iterator
from functools import cache
from importlib.metadata import version
from pathlib import Path
from types import ModuleType

from xinheng.adapters import engine, spark, storage
from xinheng.catalogue import domain as catalogue_domain
from xinheng.intake import domain as intake_domain
from xinheng.intake.checking import rules as rules_package
from xinheng.kernel import text as kernel_text
from xinheng.subjects import domain as subjects_domain

FORMAT = 1
_ENGINES = ("duckdb", "ibis-framework", "sqlglot")
_FEW = 512
"""Files kept (one per item, and per field that was edited); the oldest are removed."""

Texts = dict[str, str]


def sql_kept(*, rule_set: str, part: str, compile_: Callable[[], Texts]) -> Texts:
    """Return named SQL texts from disk, or compile and keep them.

    Args:
        rule_set: the version of the rules (``registry.rule_set_version``).
        part: what of it, an item's identifier and perhaps a field's key.
        compile_: makes the texts where none are kept that are the same in everything.
    """
    key = _digest((str(FORMAT), rule_set, part, _surroundings()))
    try:
        path = storage.folder("cache", "checks") / f"{key}.json"
    except OSError:
        return compile_()
    found = _read(path, key)
    if found is None:
        found = compile_()
        _write(path, key, found)
    return found


def _read(path: Path, key: str) -> Texts | None:
    """Return what a file holds, None where it is missing, of another making, or not whole."""
    try:
        content = json.loads(path.read_bytes())
        texts: Texts = content["sql"]
        is_same = content["key"] == key and content["digest"] == _digest(_flat(texts))
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None
    return texts if is_same else None


def _write(path: Path, key: str, texts: Texts) -> None:
    content = {"key": key, "digest": _digest(_flat(texts)), "sql": texts}
    with contextlib.suppress(OSError):
        storage.write_atomically(path, json.dumps(content, ensure_ascii=False).encode())
        kept = sorted(path.parent.glob("*.json"), key=lambda file: file.stat().st_mtime)
        for old in kept[:-_FEW]:
            old.unlink(missing_ok=True)


def _flat(texts: Texts) -> Iterator[str]:
    for name, text in texts.items():
        yield name
        yield text


def _digest(parts: Iterable[str]) -> str:
    digest = hashlib.sha256()
    for part in parts:
        content = part.encode()
        digest.update(len(content).to_bytes(8, "big") + content)
    return digest.hexdigest()


@cache
def _surroundings() -> str:
    """Return a hash of what an expression is made with besides the rules: engines, and sources of other contexts."""
    sources = [path for module in _modules() for path in _sources(module)]
    engines = [f"{name} {version(name)}" for name in _ENGINES]
    return _digest([*engines, *(path.read_text(encoding="utf-8") for path in sources)])


def _modules() -> tuple[ModuleType, ...]:
    return engine, spark, catalogue_domain, subjects_domain, kernel_text, intake_domain, rules_package


def _sources(module: ModuleType) -> list[Path]:
    """Return the sources of a module; of a package, all of the folder that it lies in.

    For ``subjects.domain`` this is the whole context: ``subjects.expressions`` lies beside it.
    """
    path = Path(inspect.getfile(module))
    return sorted(path.parents[1].rglob("*.py")) if path.name == "__init__.py" else [path]
