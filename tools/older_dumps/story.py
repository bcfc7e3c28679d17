"""Run inside an earlier tree: a small county by its own commands, then the dump. Uses only what those trees have."""

# ruff: noqa: E402 - after the set-up

import json
import subprocess
import sys
from itertools import islice
from pathlib import Path

import django

django.setup()

from click.testing import CliRunner
from django.conf import settings
from django.db import connections
from django.test import Client
from tests.factories import intake_world as world
from tests.unbreakable import journeys

from xinheng.adapters import clock, database
from xinheng.adapters.postgres.binaries import locate
from xinheng.config.cli import cli
from xinheng.records.models import CurrentRecord

ASKED = (
    "/api/v1/statistics",
    "/api/v1/lists/administrative_penalty",
    f"/api/v1/organisations/{world.code(8)}",
    f"/api/v1/organisations/{world.code(8)}/records",
)


def main() -> None:
    """Make the county, ask its doors, write the dump."""
    dump, told = map(Path, sys.argv[1:])
    journeys.ORGANISATIONS, journeys.GOOD = 40, 130
    again = journeys._again  # noqa: SLF001 - of a tree that is over
    journeys._again = lambda: islice(again(), 60)  # noqa: SLF001
    server = settings.EMBEDDED_SERVER.acquire()
    try:
        database.database_prepare(verbosity=0)
        files = settings.XINHENG_VAR / "files"
        journeys.files_write(files)
        with clock.fixed(world.NOW):
            _run("catalogue", "load")
            for command in (journeys.BASE, *journeys.COMMANDS):
                _run(*command.line(files=files, out=settings.XINHENG_VAR / "out"))
            record = CurrentRecord.objects.filter(revoked_date=None, item_id="administrative_penalty").order_by("seq").first()
            marks = ("--ground", "演示依据", "--by", "演示经办", "--date", "2026-04-18")
            _run("record", "dispute", str(record.pk), *marks)
            answers = {path: json.loads(Client().get(path).content) for path in ASKED}
        connections.close_all()
        where = server.conninfo(dbname=str(connections["default"].settings_dict["NAME"]))
        subprocess.run([locate(server.choice)["pg_dump"], "--no-owner", "-f", dump, "-d", where], check=True)
        told.write_text(json.dumps(answers, ensure_ascii=False, indent=1, sort_keys=True) + "\n", encoding="utf-8")
    finally:
        server.release()


def _run(*words: str) -> None:
    done = CliRunner().invoke(cli, [str(word) for word in words])
    if done.exit_code not in (0, 1) or (done.exception and not isinstance(done.exception, SystemExit)):
        raise SystemExit(f"{words}: {done.output} {done.exception!r}")


main()
