"""A real browser: Debian's Chromium, driven by Playwright, never downloaded by it."""

import os
import shutil
from typing import Any

import pytest

# Playwright's synchronous interface runs an event loop in this thread, which Django would take for asynchronous code.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")

_CANDIDATES = ("chromium", "chromium-browser", "google-chrome")
_FLAGS = [
    "--no-sandbox",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-quic",
    "--no-first-run",
]


def _browser_path() -> str | None:
    named = os.environ.get("XINHENG_CHROMIUM")
    return named or next((path for name in _CANDIDATES if (path := shutil.which(name))), None)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Skip with a message where there is no browser; in CI a missing browser fails instead."""
    if _browser_path() is not None or os.environ.get("CI"):
        return
    skip = pytest.mark.skip(reason="no Chromium found: install Debian's package chromium or set XINHENG_CHROMIUM")
    for item in items:
        if "/browser/" in item.nodeid:
            item.add_marker(skip)


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    """Launch the machine's own browser, without background traffic."""
    path = _browser_path()
    assert path is not None, "no Chromium found: install Debian's package chromium or set XINHENG_CHROMIUM"
    return {**browser_type_launch_args, "executable_path": path, "args": _FLAGS}


@pytest.fixture(scope="session")
def browser_context_args(browser_context_args: dict[str, Any]) -> dict[str, Any]:
    """Read as a person in the county would."""
    return {**browser_context_args, "locale": "zh-CN", "timezone_id": "Asia/Shanghai"}
