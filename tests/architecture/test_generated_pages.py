"""Generated reference pages say what the code says."""

import re

import pytest
from django.conf import settings

from xinheng.config.commands.docs import pages


@pytest.mark.parametrize("relative", sorted(pages()), ids=str)
def test_page_is_fresh(relative):
    assert (settings.PROJECT / relative).read_text() == pages()[relative](), "run `make docs`"


def test_every_setting_is_documented():
    """Wherever it is read: in the settings, or by an adapter that no settings reach."""
    operations = (settings.PROJECT / "docs/operations.md").read_text()
    names = set()
    for path in (settings.PROJECT / "src").rglob("*.py"):
        names |= set(re.findall(r'(?:env\.\w+|environ(?:\.get)?)[(\[]\s*"((?:XINHENG|DATABASE)_[A-Z_]+)"', path.read_text()))
    assert {"XINHENG_VAR", "XINHENG_MASTER_KEY", "XINHENG_ENGINE_MEMORY", "DATABASE_APP_URL"} <= names
    missing = [name for name in sorted(names) if name not in operations and name.replace("XINHENG_SITE", "…") not in operations]
    assert missing == []
