"""Every protection has a row in docs/protections.md, and every test named there exists."""

import re

from django.conf import settings

PAGE = (settings.PROJECT / "docs" / "protections.md").read_text()


def test_every_protection_has_a_row():
    named = {int(number) for row in re.findall(r"^\| (P[^|]+) \|", PAGE, re.MULTILINE) for number in re.findall(r"P(\d+)", row)}
    assert named == set(range(1, 18))


def test_every_named_test_exists():
    paths = re.findall(r"`(tests/[^`]+)`", PAGE)
    assert paths
    for path in paths:
        target = settings.PROJECT / path
        assert target.exists(), path
        assert target.is_file() or any(target.rglob("test_*.py")) or any(target.rglob("*.yaml")), path
