"""``python -m bench.uploads``: clerks upload at once through the site, and one large file; from the upload to its findings.

The site runs as ``xinheng serve`` does, with its worker, against 10⁵ organisations. Every clerk signs in (a session is made
in the database), fetches the form, posts a file of its own and asks every quarter of a second whether the check is over.
Told are the seconds from the first byte of the upload to the findings, whether each file is stored once, and the highest
resident memory of the site's processes and of its worker.
"""

import argparse
import http.client
import json
import os
import re
import statistics
import threading
import time
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Final
from zoneinfo import ZoneInfo

from bench.server import BenchServer, Database, django_ready

django_ready()  # the catalogue, from which the files are made, is kept in a table

from bench.data import FOLDER, ITEM, organ, penalty_file  # noqa: E402 - after the set-up
from bench.load import ORGANISATIONS, prepare  # noqa: E402
from bench.site import served  # noqa: E402

CLERKS: Final = 48
ROWS: Final = 1_000
LARGE_BYTES: Final = 300 * 1024 * 1024
_EVERY: Final = 0.25
_AT_MOST: Final = 1_800
_PIECE: Final = 1024 * 1024


@dataclass
class Uploaded:
    """What one upload came to: seconds until it was received, and until its findings were there."""

    received: float = 0.0
    found: float = 0.0
    number: str = ""
    problem: str = ""


@dataclass
class Memory:
    """Highest resident memory by process, in MiB, looked at while the site runs."""

    peaks: dict[int, float] = field(default_factory=dict)

    def look(self) -> None:
        """Look at every process below this one."""
        for pid in _below(os.getpid()):
            status = Path(f"/proc/{pid}/status")
            try:
                found = re.search(r"VmHWM:\s+(\d+) kB", status.read_text())
            except OSError:
                continue
            if found is not None:
                self.peaks[pid] = int(found[1]) / 1024


def _below(root: int) -> Iterator[int]:
    parents: dict[int, int] = {}
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            text = path.read_text()
        except OSError:
            continue
        parents[int(path.parent.name)] = int(text.rpartition(")")[2].split()[1])
    for pid in parents:
        above = pid
        while above in parents and above != root:
            above = parents[above]
        if above == root and pid != root:
            yield pid


def main() -> None:
    """Measure and print the figures as JSON."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--clerks", type=int, default=CLERKS)
    asked.add_argument("--no-large", action="store_true")
    options = asked.parse_args()
    server = BenchServer.start()
    try:
        prepare(server)
        with server.copy(f"county_register_{ORGANISATIONS}") as database:
            cookies = _sessions(database, options.clerks)
            with served(database, jobs=2) as port:
                figures = {"at once": _at_once(port, cookies, database)}
                if not options.no_large:
                    figures["large"] = _large(port, cookies[0], database)
        print(json.dumps(figures, ensure_ascii=False, indent=2))
    finally:
        server.stop()


def _sessions(database: Database, clerks: int) -> list[str]:
    """Make the clerks of the organ and return the cookie of a session of each."""
    from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
    from django.conf import settings
    from django.test import Client

    from xinheng.accounts.domain import Role
    from xinheng.accounts.services import invitation_accept, invitation_send_from_server

    now = datetime.now(tz=ZoneInfo("Asia/Shanghai"))
    cookies = []
    with database.in_django():
        for number in range(clerks):
            letter = invitation_send_from_server(
                login_name=f"bench.clerk{number}",
                display_name=f"演示经办{number}",
                role=Role.CLERK,
                organ_code=organ().code,
                ground="测量",
                person="测量",
                now=now,
            )
            account = invitation_accept(secret=letter.secret, password=uuid.uuid4().hex, now=now)
            TOTP.activate(account, generate_totp_secret())
            client = Client()
            client.force_login(account)
            cookies.append(f"{settings.SESSION_COOKIE_NAME}={client.cookies[settings.SESSION_COOKIE_NAME].value}")
    return cookies


def _at_once(port: int, cookies: list[str], database: Database) -> dict[str, object]:
    lines = penalty_file(ROWS * len(cookies), count=ORGANISATIONS).read_text(encoding="utf-8-sig").splitlines(keepends=True)
    head, rows = lines[0], lines[1:]
    each = len(rows) // len(cookies)
    files = []
    for number in range(len(cookies)):
        path = FOLDER / f"upload-{number}.csv"
        path.write_text(head + "".join(rows[number * each : (number + 1) * each]), encoding="utf-8")
        files.append(path)
    results = [Uploaded() for _ in cookies]
    gate = threading.Barrier(len(cookies))

    def clerk(number: int) -> None:
        gate.wait()
        _upload(port, cookies[number], files[number], results[number])

    threads = [threading.Thread(target=clerk, args=(number,)) for number in range(len(cookies))]
    memory, began = Memory(), time.perf_counter()
    for thread in threads:
        thread.start()
    while any(thread.is_alive() for thread in threads):
        memory.look()
        time.sleep(_EVERY)
    found = sorted(result.found for result in results)
    received = sorted(result.received for result in results)
    return {
        "clerks": len(cookies),
        "rows each": each,
        "received, s: p50, p95": [round(statistics.median(received), 2), round(_share(received, 0.95), 2)],
        "to findings, s: p50, p95, last": [
            round(statistics.median(found), 2), round(_share(found, 0.95), 2), round(found[-1], 2),
        ],
        "all, s": round(time.perf_counter() - began, 2),
        "problems": [result.problem for result in results if result.problem],
        "stored": _stored(database),
        "peak MiB by process": sorted((round(peak) for peak in memory.peaks.values()), reverse=True)[:6],
    }  # fmt: skip


def _share(ordered: list[float], share: float) -> float:
    return ordered[min(len(ordered) - 1, round(share * len(ordered) + 0.5) - 1)]


def _stored(database: Database) -> dict[str, int]:
    """Return how many submissions are in each state, and how many different files they are of."""
    with database.connect(owner=True) as connection:
        states = connection.execute("SELECT state, count(*) FROM intake_submission GROUP BY state").fetchall()
        files = connection.execute("SELECT count(DISTINCT file_sha256) FROM intake_submission").fetchone()
    assert files is not None
    return {str(state): int(str(count)) for state, count in states} | {"different files": int(str(files[0]))}


def _large(port: int, cookie: str, database: Database) -> dict[str, object]:
    sample = penalty_file(100_000, count=ORGANISATIONS)
    rows = int(LARGE_BYTES / (sample.stat().st_size / 100_000)) // 10_000 * 10_000
    path = penalty_file(rows, count=ORGANISATIONS)
    result, memory = Uploaded(), Memory()
    thread = threading.Thread(target=_upload, args=(port, cookie, path, result))
    thread.start()
    while thread.is_alive():
        memory.look()
        time.sleep(_EVERY)
    return {
        "MiB": round(path.stat().st_size / 1024 / 1024, 1),
        "rows": rows,
        "received, s": round(result.received, 2),
        "to findings, s": round(result.found, 2),
        "problem": result.problem,
        "stored": _stored(database),
        "peak MiB by process": sorted((round(peak) for peak in memory.peaks.values()), reverse=True)[:6],
    }


def _upload(port: int, cookie: str, path: Path, result: Uploaded) -> None:
    """Upload a file as a browser does, then ask until its findings are there."""
    try:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=_AT_MOST)
        connection.request("GET", "/workbench/submissions/new/", headers={"Cookie": cookie})
        answer = connection.getresponse()
        page = answer.read().decode()
        token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)
        given = re.search(r"csrftoken=([^;]+)", answer.headers.get("Set-Cookie", ""))
        if token is None or given is None:
            result.problem = f"no form: {answer.status}"
            return
        cookie = f"{cookie}; csrftoken={given[1]}"
        began = time.perf_counter()
        fields = {"csrfmiddlewaretoken": token[1], "organ_code": organ().code, "item_id": ITEM, "is_secret_free": "on"}
        status, where = _post(connection, fields, path, cookie)
        result.received = time.perf_counter() - began
        if status != http.client.FOUND:
            result.problem = f"not received: {status}"
            return
        result.number = where.rstrip("/").rpartition("/")[2]
        while time.perf_counter() - began < _AT_MOST:
            connection.request("GET", f"{where}progress/?seen=", headers={"Cookie": cookie})
            answer = connection.getresponse()
            answer.read()
            if answer.headers.get("HX-Refresh"):
                result.found = time.perf_counter() - began
                return
            time.sleep(_EVERY)
        result.problem = "never found"
    except OSError as error:
        result.problem = f"{type(error).__name__}: {error}"


def _post(connection: http.client.HTTPConnection, fields: dict[str, str], path: Path, cookie: str) -> tuple[int, str]:
    mark = uuid.uuid4().hex
    head = "".join(
        f'--{mark}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n' for name, value in fields.items()
    )
    head += f'--{mark}\r\nContent-Disposition: form-data; name="file"; filename="{path.name}"\r\n'
    head += "Content-Type: text/csv\r\n\r\n"
    tail = f"\r\n--{mark}--\r\n"
    connection.putrequest("POST", "/workbench/submissions/new/")
    connection.putheader("Cookie", cookie)
    connection.putheader("Content-Type", f"multipart/form-data; boundary={mark}")
    connection.putheader("Content-Length", str(len(head.encode()) + path.stat().st_size + len(tail)))
    connection.endheaders()
    connection.send(head.encode())
    with path.open("rb") as file:
        while piece := file.read(_PIECE):
            connection.send(piece)
    connection.send(tail.encode())
    answer = connection.getresponse()
    answer.read()
    return answer.status, answer.headers.get("Location", "")


if __name__ == "__main__":
    main()
