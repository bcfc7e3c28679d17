"""Ask the doors as anybody would: by HTTP, or by handing a request to the site within this process."""

import io
import json
import logging
import sys
import urllib.error
import urllib.request
import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from http import HTTPStatus
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import urlsplit

import pyarrow as pa
import pyarrow.compute as pc
from django.conf import settings
from django.core.handlers.wsgi import WSGIRequest
from django.core.wsgi import get_wsgi_application
from pyarrow import parquet

from xinheng.adapters.storage import var_dir

_TIMEOUT_SECONDS = 30


@dataclass(frozen=True, slots=True)
class Answer:
    """What a door answered."""

    status: int
    content: bytes


class Site(Protocol):
    """Whoever answers requests."""

    def get(self, path: str) -> Answer:
        """Return the answer to a GET."""


class OverHttp:
    """The site at an address."""

    def __init__(self, url: str) -> None:
        """Take the address.

        Raises:
            ValueError: it is no http or https address.
        """
        if urlsplit(url).scheme not in ("http", "https"):
            raise ValueError(f"no address of a site: {url}")
        self._url = url.rstrip("/")

    def get(self, path: str) -> Answer:
        """Return the answer to a GET."""
        try:
            with urllib.request.urlopen(self._url + path, timeout=_TIMEOUT_SECONDS) as response:  # noqa: S310 - see above
                return Answer(response.status, response.read())
        except urllib.error.HTTPError as error:
            return Answer(error.code, b"")


@contextmanager
def _refusals_are_answers() -> Iterator[None]:
    """Keep "404" of a door that was asked to find it shut out of the log; errors of the server stay in it."""
    log = logging.getLogger("django.request")
    log.addFilter(_is_error)
    try:
        yield
    finally:
        log.removeFilter(_is_error)


def _is_error(record: logging.LogRecord) -> bool:
    return record.levelno >= logging.ERROR


class InProcess:
    """The site's own application, given requests of its own in this process; the middleware closes them as any other."""

    def __init__(self) -> None:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", UserWarning)  # nobody asks for styles and pictures here
            self._handler = get_wsgi_application()
        named = [host.lstrip(".") for host in settings.ALLOWED_HOSTS if host != "*"]
        self._host = named[0] if named else "localhost"

    def get(self, path: str) -> Answer:
        """Return the answer to a GET."""
        environ = {
            "REQUEST_METHOD": "GET",
            "SCRIPT_NAME": "",
            "PATH_INFO": path,
            "QUERY_STRING": "",
            "SERVER_NAME": self._host,
            "SERVER_PORT": "80",
            "SERVER_PROTOCOL": "HTTP/1.1",
            "HTTP_HOST": self._host,
            "REMOTE_ADDR": "127.0.0.1",
            "wsgi.version": (1, 0),
            "wsgi.url_scheme": "http",
            "wsgi.input": io.BytesIO(),
            "wsgi.errors": sys.stderr,
            "wsgi.multithread": False,
            "wsgi.multiprocess": True,
            "wsgi.run_once": False,
        }
        # Past the signals of a request's beginning and end: they would close the connections of the work that asks.
        with _refusals_are_answers():
            response = self._handler.get_response(WSGIRequest(environ))
        return Answer(response.status_code, b"".join(response))


@dataclass(frozen=True, slots=True)
class Told:
    """What the doors tell of a record: by page, by API with the last day shown, in the snapshot with its last day."""

    page: bool
    api: bool
    api_until: date | None
    mistake: str = ""


def told_of(site: Site, record_id: str) -> Told:
    """Return what page and API tell of one record now."""
    page, api = site.get(f"/records/{record_id}/"), site.get(f"/api/v1/records/{record_id}")
    for answer in (page, api):
        if answer.status not in (HTTPStatus.OK, HTTPStatus.NOT_FOUND):
            return Told(False, False, None, f"答复{answer.status}")
    until = None
    if api.status == HTTPStatus.OK:
        text = json.loads(api.content)["record"]["display"]["until"]
        until = date.fromisoformat(text) if text else None
    return Told(page.status == HTTPStatus.OK, api.status == HTTPStatus.OK, until)


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The newest snapshot that may be had now: up to which publication, and the last day shown of the asked records."""

    seq: int
    until: Mapping[str, date | None]


def snapshot_now(site: Site, records: list[str]) -> Snapshot | None:
    """Return what the snapshot that anybody can download now says of these records, ``None`` where there is none to be had."""
    answer = site.get("/api/v1/snapshots")
    newest: Any = json.loads(answer.content)["newest"] if answer.status == HTTPStatus.OK else None
    pointer = var_dir() / "opendata" / "newest"
    if newest is None or not pointer.is_file():
        return None
    path: Path = pointer.parent / pointer.read_text(encoding="ascii") / "records.parquet"
    found: dict[str, date | None] = {}
    file = parquet.ParquetFile(path)
    for batch in file.iter_batches(columns=["id", "display.until"]):
        few = batch.filter(pc.is_in(batch.column("id"), value_set=pa.array(records, pa.string())))
        found |= dict(zip(few.column("id").to_pylist(), few.column("display.until").to_pylist(), strict=True))
    return Snapshot(int(newest["sequence"]), found)
