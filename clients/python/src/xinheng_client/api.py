"""Ask the API: addresses, cursors, problems."""

import json
import shutil
import time
import uuid
from collections.abc import Iterator, MutableMapping
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.parse import quote, urlencode
from urllib.request import Request, urlopen

from xinheng_client.snapshot import Snapshot

Json = dict[str, Any]
_ASK_AGAIN = frozenset({429, 503})
_TRIES = 5
_LONGEST_WAIT = 60


class Problem(Exception):
    """A refused request (RFC 9457): a stable ``code``, what is wrong in Chinese (``detail``) and English (``detail_en``)."""

    def __init__(self, body: Json) -> None:
        """Take the body of the answer."""
        self.status: int = body.get("status", 0)
        self.code: str = body.get("code", "")
        self.detail: str = body.get("detail", "")
        self.detail_en: str = body.get("detail_en", "")
        super().__init__(f"{self.status} {self.code}: {self.detail_en or self.detail}")


class CursorGone(Problem):
    """No changes can be told from this place: take the newest snapshot."""


class SnapshotUnavailable(Problem):
    """There is no snapshot to be had just now; the change feed works."""


_KINDS = {
    "opendata.cursor_gone": CursorGone,
    "opendata.no_snapshot": SnapshotUnavailable,
    "opendata.snapshot_overtaken": SnapshotUnavailable,
}


class Client:
    """The open API of one site. Every method raises :class:`Problem` where the site refuses."""

    def __init__(self, site: str, *, timeout: float = 60.0) -> None:
        """Take the site's address (``https://…``) and how many seconds to wait for an answer.

        Raises:
            ValueError: the address is not one of the web.
        """
        if not site.startswith(("https://", "http://")):
            raise ValueError("the site's address begins with https:// or http://")
        self._root = f"{site.rstrip('/')}/api/v1"
        self._timeout = timeout

    def get(self, path: str, **query: str | int) -> Json:
        """Return the answer to ``GET`` of a path below ``/api/v1``."""
        asked = f"?{urlencode(query)}" if query else ""
        with self._open(Request(f"{self._root}{path}{asked}", headers={"Accept": "application/json"})) as answer:
            found: Json = json.load(answer)
        return found

    def search(self, text: str, **narrow: str | int) -> list[Json]:
        """Return organisations by part of a name, former name or code, best match first."""
        found: list[Json] = self.get("/organisations", q=text, **narrow)["organisations"]
        return found

    def organisation(self, code: str) -> Json:
        """Return one organisation by its code."""
        return self.get(f"/organisations/{quote(code)}")

    def records_of(self, code: str) -> list[Json]:
        """Return everything shown of one organisation, newest decision first."""
        found: list[Json] = self.get(f"/organisations/{quote(code)}/records")["records"]
        return found

    def list(self, item: str, **narrow: str | int) -> Iterator[Json]:
        """Yield the records of a public list, newest decision first, through all its pages."""
        cursor: str | None = ""
        while cursor is not None:
            page = self.get(f"/lists/{quote(item)}", **{"limit": 100, **narrow}, cursor=cursor)
            yield from page["records"]
            cursor = page["next"]

    def snapshot(self, folder: Path, *, trust: bytes) -> Snapshot:
        """Download the newest snapshot (manifest, CSV, terms of use) into ``folder`` and return it once it is verified.

        Raises:
            NotGenuine: it was not signed with the key in ``trust`` (PEM), or a file is not what the manifest names.
            SnapshotUnavailable: there is none just now.
        """
        folder.mkdir(parents=True, exist_ok=True)
        for name in ("manifest.json", "LICENCE.txt", "records.csv"):
            part = folder / f".{name}.part"
            with self._open(Request(f"{self._root}/snapshots/newest/{name}")) as answer, part.open("wb") as file:
                shutil.copyfileobj(answer, file, 1 << 20)
            part.replace(folder / name)
        return Snapshot.verified(folder, trust=trust)

    def changes(self, after: str, *, limit: int = 200) -> Iterator[tuple[Json, str]]:
        """Yield every change after a place with the place that may be kept once it is applied, until nothing is left to tell."""
        more = True
        while more:
            page = self.get("/changes", after=after, limit=limit)
            told = page["changes"]
            for number, change in enumerate(told, start=1):
                # Only the end of a page is a place; until then the one before holds, and telling twice does no harm.
                yield change, page["next"] if number == len(told) else after
            after, more = page["next"], page["more"]
        self._reached = after

    def apply_changes(self, copy: MutableMapping[str, Json], after: str, *, limit: int = 200) -> str:
        """Apply every change after a place to a copy (records by id); return the place reached."""
        for change, _ in self.changes(after, limit=limit):
            if change["change"] == "put":
                copy[change["id"]] = change["record"]
            else:
                copy.pop(change["id"], None)
        return self._reached

    def verify_report(self, *, number: str, check_code: str) -> Json:
        """Return what is to be said of a report, by its number and check code."""
        body = json.dumps({"number": number, "check_code": check_code}).encode()
        return self._post("/reports/verification/number", body, "application/json")

    def verify_report_file(self, content: bytes) -> Json:
        """Return what is to be said of a report, by its file (PDF or JSON)."""
        edge = uuid.uuid4().hex
        head = f'--{edge}\r\nContent-Disposition: form-data; name="file"; filename="report"\r\n'
        body = f"{head}Content-Type: application/octet-stream\r\n\r\n".encode() + content + f"\r\n--{edge}--\r\n".encode()
        return self._post("/reports/verification/file", body, f"multipart/form-data; boundary={edge}")

    def _post(self, path: str, body: bytes, kind: str) -> Json:
        with self._open(Request(f"{self._root}{path}", data=body, headers={"Content-Type": kind})) as answer:
            found: Json = json.load(answer)
        return found

    def _open(self, request: Request) -> Any:
        for again in range(_TRIES):
            try:
                return urlopen(request, timeout=self._timeout)
            except HTTPError as error:
                with error:
                    if error.code in _ASK_AGAIN and again < _TRIES - 1:
                        wait = error.headers.get("Retry-After", "1")
                        time.sleep(min(int(wait) if wait.isdigit() else 1, _LONGEST_WAIT))
                        continue
                    raise _problem(error) from error
        raise AssertionError("not reached")


def _problem(error: HTTPError) -> Problem:
    try:
        body = json.load(error)
    except ValueError:
        body = {"detail": str(error.reason)}
    body.setdefault("status", error.code)
    return _KINDS.get(body.get("code", ""), Problem)(body)
