"""Every line of docs/hardening.md names what does it, and tests that exist or who has to see to it."""

import ast
import re
from functools import cache
from pathlib import Path

import pytest
from django.conf import settings

PROJECT: Path = settings.PROJECT
PAGE = (PROJECT / "docs" / "hardening.md").read_text(encoding="utf-8")
LINES = [
    [cell.strip() for cell in line.strip("| ").split("|")]
    for line in PAGE.splitlines()
    if line.startswith("| ") and not line.startswith("| control |")
]


@cache
def functions_of(path: Path) -> frozenset[str]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return frozenset(node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef))


@pytest.mark.parametrize("cells", LINES, ids=lambda cells: cells[0])
def test_every_control_is_done_and_tried_or_says_by_whom(cells):
    assert len(cells) == 3, cells
    control, done_by, tried = cells
    assert re.search(r"[\u4e00-\u9fff]|logs", control)
    named = re.findall(r"`(tests/[^`]+)`", tried)
    assert named or tried.startswith("–"), "a control without a test has to say who sees to it"
    assert done_by
    for name in named:
        path, _, function = name.partition("::")
        assert (PROJECT / path).is_file(), path
        assert not function or function in functions_of(PROJECT / path), name
    for path in re.findall(r"`(deploy/[^`]+)`", done_by):
        assert (PROJECT / path).exists(), path


def test_what_is_remembered_and_not_read_is_said_to_be_provisional():
    assert "〔暂定〕 for the whole page" in PAGE
    assert len(LINES) > 25
    assert not re.search(r"\b[1-9]\.\d\.\d", PAGE), "no clause numbers: nobody read them"
