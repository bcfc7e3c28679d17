"""Generated reference pages say what the code says."""

import pytest
from django.conf import settings

from xinheng.config.commands.docs import pages


@pytest.mark.parametrize("relative", sorted(pages()), ids=str)
def test_page_is_fresh(relative):
    assert (settings.PROJECT / relative).read_text() == pages()[relative](), "run `make docs`"


def test_every_setting_is_documented():
    source = (settings.PROJECT / "src/xinheng/config/settings.py").read_text()
    import re

    operations = (settings.PROJECT / "docs/operations.md").read_text()
    names = set(re.findall(r'env\.\w+\(\s*"([A-Z_]+)"', source))
    for name in sorted(names):
        short = name.replace("XINHENG_SITE", "…")
        assert name in operations or short in operations, name
