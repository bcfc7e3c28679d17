"""Every line of docs/security.md names a control, and tests that exist or what is missing."""

import ast
import re
from functools import cache
from pathlib import Path

import pytest
from django.conf import settings

PROJECT: Path = settings.PROJECT
LINES = [
    [cell.strip() for cell in line.strip("| ").split("|")]
    for line in (PROJECT / "docs" / "security.md").read_text(encoding="utf-8").splitlines()
    if line.startswith("| ") and not line.startswith("| who |")
]


@cache
def functions_of(path: Path) -> frozenset[str]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return frozenset(node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef))


@pytest.mark.parametrize("cells", LINES, ids=lambda cells: "-".join(cells[:2]))
def test_every_threat_has_a_control_and_a_test_or_says_what_is_missing(cells):
    who, could, *rest = cells
    assert who
    assert could
    control = rest[0]
    named = re.findall(r"`(tests/[^`]+)`", rest[1] if len(rest) > 1 else "")
    assert control
    assert named or "–" in " ".join(rest), "a threat without a test has to say so"
    for name in named:
        path, _, function = name.partition("::")
        assert (PROJECT / path).is_file(), path
        assert not function or function in functions_of(PROJECT / path), name


def test_there_is_a_table():
    assert len(LINES) > 20
