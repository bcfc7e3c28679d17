"""``xinheng`` as real processes: started anew, connected to a database of a test, held at a table until all are there."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
from django.conf import settings

from tests.factories import intake_world as world
from tests.factories.interleaving import PATIENCE
from xinheng.adapters.postgres import Server
from xinheng.adapters.postgres.supervisor import APP_ROLE, OWNER_ROLE

PERSONS = ("--organ", world.ORGAN, "--clerk", "演示经办", "--reviewer", "演示审核")


def environment(server: Server, *, database: str, var: Path) -> dict[str, str]:
    """Return the environment in which the command works on this database, as a deployment sets it."""
    urls = {role: f"postgres://{role}@/{server.socket_folder}/{database}" for role in (OWNER_ROLE, APP_ROLE)}
    own = {"DATABASE_URL": urls[OWNER_ROLE], "DATABASE_APP_URL": urls[APP_ROLE], "XINHENG_VAR": str(var)}
    return os.environ | own | {"DJANGO_SETTINGS_MODULE": "xinheng.config.settings"}


def started(*words: str, environment: dict[str, str]) -> "subprocess.Popen[str]":
    """Start ``python -m xinheng`` with these words."""
    command = [sys.executable, "-m", "xinheng", *words]
    return subprocess.Popen(
        command, env=environment, cwd=settings.PROJECT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )


@contextmanager
def held(conninfo: str, *, table: str) -> Iterator[None]:
    """Let nobody read or write a table; at the end everyone who waits for it goes on at once."""
    with psycopg.connect(conninfo) as connection:
        connection.execute(f"LOCK TABLE {table} IN ACCESS EXCLUSIVE MODE")
        yield


def wait_until_all_wait(connection: "psycopg.Connection[Any]", processes: "Sequence[subprocess.Popen[str]]") -> None:
    """Return once each of the processes waits for a lock of this database: for the table, or for one who waits for it."""
    last = time.monotonic() + PATIENCE
    while time.monotonic() < last:
        found = connection.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
        ).fetchone()
        if found is not None and found[0] >= len(processes):
            return
        for process in processes:
            assert process.poll() is None, process.communicate()[0]
    raise AssertionError("not all wait")
