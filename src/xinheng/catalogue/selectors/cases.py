"""The law cases that lie beside the catalogue, read once per change of its folder."""

from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

import yaml
from django.conf import settings

from xinheng.catalogue.domain.cases import CaseKind, LawCase

CASES_FOLDER: Final = "_cases"


def law_cases() -> tuple[LawCase, ...]:
    """Return the cases of the catalogue in use, in the order of their files; none where the folder has none."""
    folder = Path(settings.XINHENG_CATALOGUE_DIR) / CASES_FOLDER
    files = tuple(path for kind in CaseKind for path in sorted((folder / kind.value).glob("*.yaml")))
    return _read(tuple((path, path.stat().st_mtime_ns) for path in files))


@lru_cache(2)
def _read(files: tuple[tuple[Path, int], ...]) -> tuple[LawCase, ...]:
    return tuple(case for path, _ in files for case in _cases_in(path))


def _cases_in(path: Path) -> Iterator[LawCase]:
    kind = CaseKind(path.parent.name)
    content = yaml.safe_load(path.read_text(encoding="utf-8"))
    shared = {key: value for key, value in content.items() if key != "cases"}
    for case in content["cases"]:
        whole = shared | case
        given = whole.get("input", {})
        yield LawCase(kind, whole["name"], _about(whole, given), given, whole.get("output", {}))


def _about(whole: dict[str, Any], given: dict[str, Any]) -> frozenset[str]:
    named = (whole.get("item"), whole.get("clock"), whole.get("of"), given.get("list_type"), *whole.get("items", ()))
    return frozenset(name for name in named if name)
