"""Read law cases: a Chinese sentence as name, input, output."""

from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from django.conf import settings

from xinheng.catalogue.domain.assembly import Assembly
from xinheng.catalogue.selectors import CASES_FOLDER, assembly_load_from

HERE = Path(__file__).parent
BESIDE_THE_LAW = Path(settings.XINHENG_CATALOGUE_DIR) / CASES_FOLDER
"""The cases that the law pages show as examples lie with the catalogue; those of checks and refusals with these tests."""


def cases_in(folder: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield each case of ``folder`` with its name; what a file says once for all its cases is filled in."""
    found = BESIDE_THE_LAW / folder
    for path in sorted((found if found.is_dir() else HERE / folder).glob("*.yaml")):
        content = yaml.safe_load(path.read_text(encoding="utf-8"))
        shared = {key: value for key, value in content.items() if key != "cases"}
        for case in content["cases"]:
            yield f"{path.stem}：{case['name']}", shared | case


@cache
def assembly_present() -> Assembly:
    """Return the present catalogue with the place of every entry, read once."""
    return assembly_load_from(path=Path(settings.XINHENG_CATALOGUE_DIR))
