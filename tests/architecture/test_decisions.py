"""Decisions have one form, and the tests by which each would be noticed to be wrong exist."""

import re

import pytest
from django.conf import settings

DECISIONS = sorted((settings.PROJECT / "docs" / "adr").glob("*.md"))


@pytest.mark.parametrize("path", DECISIONS, ids=lambda path: path.name)
def test_a_decision_has_the_form_and_names_tests_that_exist(path):
    text = path.read_text()
    assert re.match(rf"# {path.name[:4]} .+\n\nDate: \d{{4}}-\d\d-\d\d · Status: \w+ · Areas: .+\n", text)
    for part in ("**Context.**", "**Decision.**", "**Check.**"):
        assert part in text
    for named in re.findall(r"`(tests/[^`*:]+)", text):
        target = settings.PROJECT / named
        assert target.exists(), named
