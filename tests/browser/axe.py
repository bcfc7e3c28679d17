"""axe-core in a page: what keeps somebody from reading it, as far as a program can tell.

All rules for WCAG 2.0, 2.1 and 2.2 on levels A and AA and axe's own best practices; the library comes from the npm lock.
"""

import json
from pathlib import Path
from typing import Any, Final

from django.conf import settings
from playwright.sync_api import Page

_LIBRARY: Final = Path(settings.PROJECT) / "node_modules" / "axe-core" / "axe.min.js"
_TAGS: Final = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice")
# axe leaves the rule of WCAG 2.2 out unless it is asked for.
_OPTIONS: Final = {"runOnly": {"type": "tag", "values": _TAGS}, "rules": {"target-size": {"enabled": True}}}
_RUN: Final = f"""async () => {{
    const found = await axe.run(document, {json.dumps(_OPTIONS | {"resultTypes": ["violations"]})});
    return {{violations: found.violations, ran: found.passes.map(rule => rule.id)}};
}}"""


def axe_results(page: Page) -> dict[str, Any]:
    """Return axe's violations in the page as it stands, and the rules that found something to look at and passed."""
    if not page.evaluate("typeof axe === 'object'"):
        page.evaluate(_LIBRARY.read_text(encoding="utf-8"))
    found: dict[str, Any] = page.evaluate(_RUN)
    return found


def axe_violations(page: Page) -> list[str]:
    """Return one line for each element that violates a rule: rule, what is wrong, where."""
    return [
        f"{rule['id']}: {rule['help']}: {' '.join(map(str, node['target']))}: {node['failureSummary']}"
        for rule in axe_results(page)["violations"]
        for node in rule["nodes"]
    ]
