"""The site as its own command serves it, with one page more: the plainest there is, to compare with."""

import http.client
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from django.conf import settings

from bench.server import Database

PLAIN: Final = "/bench/plain/"
"""A page in the site's frame that asks the database for 1."""

_SERVE: Final = (sys.executable, "-m", "xinheng", "serve", "--port")
_SECONDS_TO_COME_UP: Final = 60


@contextmanager
def served(database: Database, *, jobs: int = 0) -> Iterator[int]:
    """Serve the site from a database on a free port of 127.0.0.1; return the port. ``jobs`` of 0: nobody works at a queue."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = int(free.getsockname()[1])
    # All readers come from one address here; how often it may ask is not what is measured.
    unlimited = {f"XINHENG_{cost}_LIMIT": "1000000/s" for cost in ("READ", "SEARCH", "TYPING", "DOWNLOAD", "REPORT", "API")}
    # Sessions that this process made are the site's too.
    own = {"DJANGO_SETTINGS_MODULE": "bench.site.settings", "XINHENG_SECRET_KEY": settings.SECRET_KEY}
    environment = dict(os.environ) | database.environment | unlimited | own
    with subprocess.Popen(
        [*_SERVE, str(port), "--jobs", str(jobs)], env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.STDOUT
    ) as process:
        try:
            _wait(port, process)
            yield port
        finally:
            process.terminate()
            process.wait(timeout=30)


def page_get(port: int, address: str, connection: http.client.HTTPConnection | None = None) -> bytes:
    """Return a page; anything but 200 is an error.

    Raises:
        RuntimeError: it was answered with something else.
    """
    asked = connection or http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    asked.request("GET", address)
    response = asked.getresponse()
    content = response.read()
    if connection is None:
        asked.close()
    if response.status != http.client.OK:
        raise RuntimeError(f"{address} was answered with {response.status}")
    return content


def _wait(port: int, process: "subprocess.Popen[bytes]") -> None:
    until = time.monotonic() + _SECONDS_TO_COME_UP
    while time.monotonic() < until and process.poll() is None:
        try:
            page_get(port, "/robots.txt")
        except OSError:
            time.sleep(0.2)
        else:
            return
    raise RuntimeError("the site did not come up")
