"""Pages and answers of the served site against the plainest page in the same frame, and fifty readers at once.

The site is served by its own command. Every kind of address is asked for in turn with the plain page, by one reader and by
sixteen, on connections that are kept; p95 of the ones is divided by p95 of the other. Then fifty readers read everything
at once: an answer that is not 200 ends the job.
"""

import http.client
import random
import re
import sys
import threading
import time
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Final
from urllib.parse import quote

from bench.harness import Measured, Row
from bench.pages_rows import pages_database
from bench.register_rows import PLACES
from bench.server import BenchServer, Database
from bench.site import PLAIN, page_get, served

SIZES: Final = (100_000, 1_000_000)
READERS: Final = (1, 16)
CROWD: Final = 50
ASKED: Final = 320
_DRAWN: Final = 400
_AT_MOST: Final = 4
_PLAIN_NAME: Final = "a page of the same frame with SELECT 1"


def measure(*, quick: bool, repeat: int) -> list[Row]:
    """Measure at 10⁵ and 10⁶ organisations with three records each (``quick``: 10⁵)."""
    server = BenchServer.start()
    rows: list[Row] = []
    for count in SIZES[:1] if quick else SIZES:
        database = pages_database(server, count)
        asked = _addresses(database, count)
        with served(database) as port:
            for of_kind in asked.values():
                for address in of_kind[:8]:
                    page_get(port, address)  # both workers warm: imports, catalogue, plans
            for readers in READERS:
                rows += _against_plain(port, asked, readers=readers, repeat=repeat, size=f"{count:,}")
            rows.append(_crowd(port, asked, size=f"{count:,}"))
    server.stop()
    return rows


def _addresses(database: Database, count: int) -> dict[str, list[str]]:
    """Return the addresses that are asked for, by kind: of organisations drawn from all of the register."""
    draws = random.Random(count)
    with database.connect() as connection:
        rows = connection.execute(
            "SELECT id, name, uscc FROM subjects_subject WHERE id = ANY(%s) AND kind <> 'SOLE_TRADER'",
            [draws.sample(range(1, count + 1), _DRAWN)],
        ).fetchall()
    names = [str(name) for _, name, _ in rows]
    brands = [re.sub(PLACES, "", name) for name in names]
    return {
        "organisation page": [f"/subjects/{number}/" for number, _, _ in rows],
        "API, organisation": [f"/api/v1/organisations/{code}" for _, _, code in rows],
        "API, its records": [f"/api/v1/organisations/{code}/records" for _, _, code in rows],
        "search page, 2 characters of a brand": [f"/search/?q={quote(brand[:2])}" for brand in brands],
        "search page, 4 characters": [f"/search/?q={quote(brand[:4])}" for brand in brands],
        "search page, full name": [f"/search/?q={quote(name)}" for name in names],
        "plain": [PLAIN],
    }


def _against_plain(port: int, asked: Mapping[str, Sequence[str]], *, readers: int, repeat: int, size: str) -> list[Row]:
    seconds: dict[str, list[float]] = {kind: [] for kind in asked}
    for turn in range(repeat):
        for kind, addresses in asked.items():
            seconds[kind] += _read(port, addresses, readers=readers, seed=turn)
    plain = Measured(tuple(seconds.pop("plain")))
    rows = []
    for kind, spent in seconds.items():
        found = Measured(tuple(spent))
        who = "1 reader" if readers == 1 else f"{readers} readers"
        rows.append(
            Row(
                job="pages",
                case=f"{kind}, {who}, p95",
                size=size,
                ours=found.percentile(0.95),
                peer_name=_PLAIN_NAME,
                peer=plain.percentile(0.95),
                at_most=_AT_MOST,
                note=f"medians {found.median * 1000:.1f} and {plain.median * 1000:.1f} ms",
            )
        )
        sys.stderr.write(f"   {rows[-1].case}: {rows[-1].ratio:.2f}\n")
    return rows


def _read(port: int, addresses: Sequence[str], *, readers: int, seed: int) -> list[float]:
    """Let several readers ask together for ``ASKED`` addresses; return the seconds of every answer."""
    together = threading.Barrier(readers)

    def reader(number: int) -> list[float]:
        draws = random.Random(f"{seed} {number}")
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        spent = []
        together.wait()
        for _ in range(max(1, ASKED // readers)):
            address = draws.choice(addresses)
            start = time.perf_counter()
            page_get(port, address, connection)
            spent.append(time.perf_counter() - start)
        connection.close()
        return spent

    with ThreadPoolExecutor(readers) as pool:
        return [seconds for spent in pool.map(reader, range(readers)) for seconds in spent]


def _crowd(port: int, asked: Mapping[str, Sequence[str]], *, size: str) -> Row:
    """Let fifty readers read everything at once, against one alone."""
    more = [
        "/",
        "/lists/licences/",
        "/lists/penalties/",
        "/law/",
        "/law/administrative_penalty/",
        "/help/",
        "/sources/",
        "/verify/",
    ]
    everything = [address for of_kind in asked.values() for address in of_kind[:50]] + more * 5
    alone = Measured(tuple(_read(port, everything, readers=1, seed=0)))
    start = time.perf_counter()
    crowd = Measured(tuple(second for turn in range(3) for second in _read(port, everything, readers=CROWD, seed=turn)))
    spent = time.perf_counter() - start
    return Row(
        job="pages",
        case=f"{CROWD} readers at once on all kinds of pages, p95",
        size=size,
        ours=crowd.percentile(0.95),
        peer_name="one reader, p95",
        peer=alone.percentile(0.95),
        note=f"{len(crowd.seconds)} answers, no error, {len(crowd.seconds) / spent:.0f} a second",
    )
