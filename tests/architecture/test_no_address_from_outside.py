"""Nothing of ours opens a connection to an address that came from a request: there are no webhooks, and few modules that connect.

Whoever adds one of these imports says here where its address comes from, and nowhere may it come from a reader.
"""

import ast
from pathlib import Path

from django.conf import settings

SOURCE = Path(settings.PROJECT) / "src" / "xinheng"
CONNECTS = {
    "socket",
    "ssl",
    "http.client",
    "urllib.request",
    "requests",
    "httpx",
    "aiohttp",
    "smtplib",
    "ftplib",
    "urllib3",
    "paramiko",
}
ALLOWED = {
    "adapters/signing.py": "time stamps, of the authority that a setting names (pyhanko's HTTPTimeStamper)",
    "recheck/services/doors.py": "the site's own doors, of the address on the operator's command line",
    "config/commands/demo.py": "the demonstration's own port on this machine",
    "config/commands/serve.py": "the port that the operator names, to listen on",
}


def imported(path: Path) -> set[str]:
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
    return found


def connecting() -> dict[str, set[str]]:
    """Return the modules that could open a connection, and by what."""
    told = {}
    for path in sorted(SOURCE.rglob("*.py")):
        names = {
            name for name in imported(path) if name in CONNECTS or name.split(".")[0] in CONNECTS or "HTTPTimeStamper" in name
        }
        if names:
            told[path.relative_to(SOURCE).as_posix()] = names
    return told


def test_only_these_modules_connect():
    found = connecting()
    assert {path: names for path, names in found.items() if path not in ALLOWED} == {}
    assert "adapters/signing.py" in found, "the search finds something"


def test_no_form_and_no_body_takes_an_address_to_call():
    """No model, form or schema of ours holds an address of another machine that the platform would call."""
    fields = {
        f"{path.relative_to(SOURCE)}:{node.lineno}"
        for path in SOURCE.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Attribute) and node.attr in {"URLField", "HttpUrl", "AnyUrl"}
    }
    assert fields == set()
