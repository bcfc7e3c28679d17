"""A real browser: Debian's Chromium, driven by Playwright, never downloaded by it."""

import os
import shutil
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import transaction
from playwright.sync_api import Browser, Page, expect

from tests.factories.portal import TODAY, County, make_county
from xinheng.adapters import clock

# Playwright's synchronous interface runs an event loop in this thread, which Django would take for asynchronous code.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")

expect.set_options(timeout=20_000)  # no test fails because the machine is busy

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


WIDE = {"width": 1280, "height": 800}
NARROW = {"width": 360, "height": 740}


@pytest.fixture
def county(live_site: str) -> Iterator[County]:
    """Put the small county of the pages' tests behind the site, on its day."""
    with clock.fixed(TODAY):
        with transaction.atomic():
            county = make_county()
        yield county


@pytest.fixture(params=["wide, script", "wide, no script", "narrow, script", "narrow, no script"])
def reader(request: pytest.FixtureRequest, browser: Browser) -> Iterator[Page]:
    """Give a page as each kind of reader has it."""
    width, _, script = request.param.partition(", ")
    context = browser.new_context(
        java_script_enabled=script == "script", viewport=NARROW if width == "narrow" else WIDE, locale="zh-CN"
    )
    context.set_default_timeout(8_000)
    yield context.new_page()
    context.close()
