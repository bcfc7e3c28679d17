"""What the trail costs: the same page with and without its line, the same loads with and without the triggers.

Pages are asked for in this process, by somebody who is signed in, on the bench's server with the settings of production; with
and without take turns, request by request, and the one without differs by the line and its confirmation alone. Loads are
commands of their own on a fresh copy each; without, the owner has switched the trail's triggers off.
"""

import sys
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any, Final
from unittest.mock import patch
from zoneinfo import ZoneInfo

from django.conf import settings
from django.test import Client

from bench.data import FOLDER, organ, penalty_file, register_file
from bench.harness import Measured, Row, command, in_turn, timed
from bench.load import ORGANISATIONS, prepare
from bench.server import BenchServer, Database
from xinheng.accounts.domain import Role
from xinheng.accounts.services import invitation_accept, invitation_send_from_server
from xinheng.adapters.database import copy_bytes, statements_unbounded
from xinheng.intake.models import Submission

REQUESTS: Final = 400
OUTCOMES: Final = 1_000_000
_GATE: Final = "xinheng.workbench.views.gate.request_read"
_PAGES: Final = {"list of submissions": "/workbench/submissions/", "first page": "/workbench/"}
_ROWS_A_PIECE: Final = 10_000
_COLUMNS: Final = ("submission_id", "sheet", "row", "outcome", "how", "late_workdays", "is_not_shown")


def measure(*, quick: bool, repeat: int) -> list[Row]:
    """Measure pages, a COPY of a million rows, and the register's import and a file's load (``quick``: 10⁵ rows each)."""
    server = BenchServer.start()
    try:
        prepare(server)
        rows = []
        with server.copy(f"county_register_{ORGANISATIONS}") as database:
            rows += _pages(database)
            rows.append(_copy(database, count=OUTCOMES // 10 if quick else OUTCOMES, repeat=repeat))
        for count in (100_000,) if quick else (100_000, 1_000_000):
            source = register_file(count)
            line = ["register", "import", str(source), "--by", "测量", "--demo"]
            rows.append(_load(server, "register import", line, template="empty", count=count, repeat=repeat))
        source = penalty_file(100_000, count=ORGANISATIONS)
        line = ["intake", "load", str(source), "--organ", organ().code, "--clerk", "测量甲", "--reviewer", "测量乙"]
        line += ["--out-dir", str(FOLDER)]
        template = f"county_register_{ORGANISATIONS}"
        rows.append(_load(server, "check to published", line, template=template, count=100_000, repeat=repeat))
    finally:
        server.stop()
    return rows


def _pages(database: Database) -> list[Row]:
    rows = []
    # What the address may ask is not what is measured, and a host must be one of ours.
    unlimited = patch.dict(settings.XINHENG_LIMITS, dict.fromkeys(settings.XINHENG_LIMITS, "1000000/s"))
    with database.in_django(), unlimited:
        client = _clerk()
        for name, address in _PAGES.items():
            spent: dict[bool, list[float]] = {True: [], False: []}
            for turn in range(2 * REQUESTS + 40):
                is_logged = turn % 2 == 0
                with _as_it_is() if is_logged else patch(_GATE, lambda *_arguments, **_named: None):
                    seconds = timed(lambda address=address: _asked(client, address))  # type: ignore[misc]
                if turn >= 40:
                    spent[is_logged].append(seconds)
            ours, peer = Measured(tuple(spent[True])), Measured(tuple(spent[False]))
            note = f"p95 {ours.percentile(0.95) * 1000:.1f} and {peer.percentile(0.95) * 1000:.1f} ms"
            rows.append(
                Row(
                    job="trail", case=f"{name}, median", size=f"{REQUESTS} requests", ours=ours.median,
                    peer_name="the same without the trail", peer=peer.median, note=note,
                )
            )  # fmt: skip
    return rows


@contextmanager
def _as_it_is() -> Iterator[None]:
    yield


def _asked(client: Client, address: str) -> None:
    response = client.get(address)
    if response.status_code != 200:
        raise RuntimeError(f"{address} was answered with {response.status_code}")


def _clerk() -> Client:
    from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret

    now = datetime.now(tz=ZoneInfo("Asia/Shanghai"))
    letter = invitation_send_from_server(
        login_name="bench.trail", display_name="演示经办", role=Role.CLERK, organ_code=organ().code, ground="测量",
        person="测量", now=now,
    )  # fmt: skip
    account = invitation_accept(secret=letter.secret, password=uuid.uuid4().hex, now=now)
    TOTP.activate(account, generate_totp_secret())
    client = Client()
    client.force_login(account)
    return client


def _copy(database: Database, *, count: int, repeat: int) -> Row:
    """Copy so many row outcomes, as a submission's step does, and roll them back: with the trigger and without."""
    from django.db import transaction

    with database.in_django():
        now = datetime.now(tz=ZoneInfo("Asia/Shanghai"))
        submission = Submission.objects.create(
            number="FJ-BENCH", organ_code=organ().code, organ_name="演示", clerk="测量", file_name="x", file_sha256="0" * 64,
            file_size=1, received_at=now, reported_date=now.date(),
        )  # fmt: skip

        def pieces() -> Iterator[bytes]:
            for first in range(0, count, _ROWS_A_PIECE):
                rows = range(first, first + _ROWS_A_PIECE)
                yield "".join(f'{submission.pk},"x",{row},NEW,"",0,f\n' for row in rows).encode()

        def copied() -> None:
            with transaction.atomic():
                statements_unbounded()
                copy_bytes(table="intake_submissionrow", columns=_COLUMNS, chunks=pieces(), walled=True)
                transaction.set_rollback(True)

        def without() -> float:
            with _switched_off(database, "intake_submissionrow"):
                return timed(copied)

        found = in_turn({"with": lambda: timed(copied), "without": without}, repeat=repeat)
    return _row("COPY of row outcomes", f"{count:,} rows", found)


def _load(server: BenchServer, case: str, line: list[str], *, template: str, count: int, repeat: int) -> Row:
    def run(*, is_recorded: bool) -> float:
        with server.copy(template) as database:
            argv = [sys.executable, "-m", "xinheng", *line]
            if is_recorded:
                return command(argv, env=database.environment, allowed=(0, 1))[0]
            with _switched_off(database, *_tables(database)):
                return command(argv, env=database.environment, allowed=(0, 1))[0]

    found = in_turn(
        {"with": lambda: run(is_recorded=True), "without": lambda: run(is_recorded=False)},
        repeat=1 if count > 100_000 else repeat,
    )
    return _row(case, f"{count:,} rows", found)


def _row(case: str, size: str, found: dict[str, Measured]) -> Row:
    ours, peer = found["with"].median, found["without"].median
    return Row(job="trail", case=case, size=size, ours=ours, peer_name="the same without the triggers", peer=peer, at_most=1.05)


def _tables(database: Database) -> list[str]:
    with database.connect(owner=True) as owner:
        rows = owner.execute("SELECT tgrelid::regclass::text FROM pg_trigger WHERE tgname = 'trail_insert'").fetchall()
    return [str(name) for (name,) in rows]


@contextmanager
def _switched_off(database: Database, *tables: str) -> Iterator[None]:
    events = ("insert", "update", "delete", "truncate")
    with database.connect(owner=True) as owner:
        connection: Any = owner
        for what in ("DISABLE", "ENABLE"):
            for table in tables:
                connection.execute(f"ALTER TABLE {table} " + ", ".join(f"{what} TRIGGER trail_{event}" for event in events))
            if what == "DISABLE":
                yield
