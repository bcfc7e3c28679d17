"""Web processes killed under load: whatever a reader was answered is in the trail; what did not leave the process is unconfirmed."""

import http.client
import os
import random
import signal
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path

import psycopg
import pytest
from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from django.db import connections

from tests.factories.accounts import make_account, set_up_totp
from xinheng.accounts.domain import Role
from xinheng.adapters import database
from xinheng.adapters.postgres.supervisor import APP_ROLE, OWNER_ROLE

pytestmark = pytest.mark.unbreakable

READERS = 8
KILLS = 6
SOURCE = Path(__file__).resolve().parents[2]


@pytest.fixture
def site_database(durable_server, django_db_blocker):
    """Give a migrated database on a server that keeps what it commits."""
    name = "reads"
    before = {alias: dict(connections[alias].settings_dict) for alias in connections}
    embedded = settings.EMBEDDED_SERVER
    with django_db_blocker.unblock():
        connections.close_all()
        settings.EMBEDDED_SERVER = durable_server
        for connection in connections.all():
            connection.settings_dict |= {"NAME": name, "HOST": str(durable_server.socket_folder)}
        with psycopg.connect(durable_server.conninfo(dbname="postgres"), autocommit=True) as admin:
            admin.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
            admin.execute(f"CREATE DATABASE {name} OWNER {OWNER_ROLE}")
            database.database_prepare(verbosity=0)
            yield name
            connections.close_all()
            admin.execute(f"DROP DATABASE {name} WITH (FORCE)")
        settings.EMBEDDED_SERVER = embedded
        for alias, values in before.items():
            connections[alias].settings_dict |= values


def _session(account):
    session = SessionStore()
    session[SESSION_KEY] = str(account.pk)
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[-1]
    session[HASH_SESSION_KEY] = account.get_session_auth_hash()
    session.create()
    return session.session_key


def _free_port():
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return free.getsockname()[1]


def _environment(server, name, var):
    place = f"@:5432/{server.socket_folder}/{name}"
    return os.environ | {
        "DATABASE_URL": f"postgres://{OWNER_ROLE}{place}",
        "DATABASE_APP_URL": f"postgres://{APP_ROLE}{place}",
        "XINHENG_VAR": str(var),
        "XINHENG_SECRET_KEY": settings.SECRET_KEY,
        "DJANGO_SETTINGS_MODULE": "xinheng.config.settings",
        "XINHENG_READ_LIMIT": "1000000/s",
    }


class Reader(threading.Thread):
    """Asks for pages as somebody who is signed in, again and again; remembers what was answered whole."""

    def __init__(self, port, key, number, stop):
        super().__init__(daemon=True)
        self.port, self.key, self.number, self.stop = port, key, number, stop
        self.asked, self.answered, self.cut = 0, [], []

    def run(self):
        while not self.stop.is_set():
            self.asked += 1
            # What was asked is found again by the page that it names: nobody else asks for this one.
            mark = f"R{self.number}-{self.asked}"
            try:
                connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
                connection.request(
                    "GET",
                    f"/workbench/submissions/?page={mark}",
                    headers={"Cookie": f"{settings.SESSION_COOKIE_NAME}={self.key}"},
                )
                response = connection.getresponse()
                content = response.read()
                assert response.status == 200, (response.status, content[:200])
                self.answered.append(mark)
            except (OSError, http.client.HTTPException):
                self.cut.append(mark)
            finally:
                connection.close()


def test_every_read_that_was_answered_is_in_the_trail(durable_server, site_database, tmp_path, seed, report):
    draws = random.Random(seed)
    account = make_account("demo.clerk", Role.CLERK)
    set_up_totp(account)
    keys = [_session(account) for _ in range(READERS)]
    environment = _environment(durable_server, site_database, tmp_path / "var")
    answered, cut = [], []
    for starts in range(1, KILLS + 1):
        port, stop = _free_port(), threading.Event()
        server = subprocess.Popen(
            [sys.executable, "-m", "xinheng", "serve", "--port", str(port), "--workers", "2", "--jobs", "0"],
            env=environment, cwd=SOURCE, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
            start_new_session=True,
        )  # fmt: skip
        try:
            _wait_for(port, server)
            readers = [Reader(port, key, f"{starts}.{number}", stop) for number, key in enumerate(keys)]
            for reader in readers:
                reader.start()
            wanted = draws.randint(40, 160)
            while sum(len(reader.answered) for reader in readers) < wanted and server.poll() is None:
                stop.wait(0.005)
            # The server and both of its web processes, in the middle of whatever they are at; no farewell.
            os.killpg(server.pid, signal.SIGKILL)
            stop.set()
            for reader in readers:
                reader.join(timeout=30)
                answered += reader.answered
                cut += reader.cut
        finally:
            stop.set()
            if server.poll() is None:
                os.killpg(server.pid, signal.SIGKILL)
            server.wait()
    with connections["default"].cursor() as cursor:
        cursor.execute(
            "SELECT asked ->> 'page', EXISTS (SELECT FROM audit_readsent s WHERE s.id = r.id AND s.at = r.at) FROM audit_read r"
        )
        logged = dict(cursor.fetchall())
    report(
        f"{KILLS} web servers killed under {READERS} readers: {len(answered)} answers, all in the trail; {len(cut)} cut off, "
        f"{len(set(cut) & set(logged))} of them in the trail, {sum(not sent for sent in logged.values())} lines unconfirmed"
    )
    assert len(answered) > 40 * KILLS
    assert set(answered) <= set(logged), f"XINHENG_SEED={seed} brings it back"
    # Confirmed means handed to the server process whole (ADR 0060): what it still had in hand when it was killed is confirmed and
    # did not arrive. That is one answer at a kill, now and then; confirmed too early it would be all that were cut off.
    surplus = set(logged) - set(answered)
    assert len({mark for mark in surplus if logged[mark]}) <= KILLS, f"XINHENG_SEED={seed} brings it back"
    assert len({mark for mark in surplus if not logged[mark]}) > KILLS // 2


def _wait_for(port, process):
    until = time.monotonic() + 60
    while time.monotonic() < until:
        assert process.poll() is None
        try:
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
            connection.request("GET", "/robots.txt")
            if connection.getresponse().read() is not None:
                return
        except OSError:
            threading.Event().wait(0.1)
        finally:
            connection.close()
    pytest.fail("the site did not come up")
