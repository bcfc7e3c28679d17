"""The embedded server's supervisor: shared, crash-safe, stopped by the last one."""

import os
import select
import shutil
import signal
import subprocess
import sys

import psycopg
import pytest
from django.db import connections

from xinheng.adapters.postgres import Server, ServerNotStarted, supervisor
from xinheng.adapters.postgres.backend.base import DatabaseWrapper

HOLD = """
import sys
from pathlib import Path
from xinheng.adapters.postgres import Server
server = Server(Path(sys.argv[1]), sys.argv[2], fast_and_unsafe=True).acquire()
print("held", flush=True)
sys.stdin.readline()
"""


@pytest.fixture
def home(tmp_path):
    """A data home in a path with spaces and Chinese characters; whatever the server put elsewhere is removed."""
    path = tmp_path / "信用 奉节" / "var"
    yield path
    server = Server(path, _choice())
    server._stop()
    for folder in (server.data.parent, server.socket_folder):
        shutil.rmtree(folder, ignore_errors=True)


def _choice():
    return os.environ.get("XINHENG_PG", "wheel")


def _server(home):
    return Server(home, _choice(), fast_and_unsafe=True)


def _pid(server):
    return int((server.data / "postmaster.pid").read_text().split()[0])


def _kill_and_wait(pid):
    handle = os.pidfd_open(pid)
    os.kill(pid, signal.SIGKILL)
    select.select([handle], [], [], 30)
    os.close(handle)


def _holder(home):
    process = subprocess.Popen(
        [sys.executable, "-c", HOLD, str(home), _choice()], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert process.stdout.readline() == "held\n"
    return process


def test_the_last_holder_stops_the_server(home):
    server = _server(home)
    first, second = _holder(home), _holder(home)
    first.communicate("\n")
    assert server.answers(), "one holder is left"
    second.communicate("\n")
    assert not server.answers()


def test_a_killed_holder_does_not_keep_the_server_for_ever(home):
    server = _server(home)
    holder = _holder(home)
    _kill_and_wait(holder.pid)
    holder.communicate()
    assert server.answers(), "nobody was left to stop it"
    server.acquire()
    server.release()
    assert not server.answers()


def test_a_killed_server_comes_back_with_what_was_committed(home):
    server = Server(home, _choice()).acquire()  # the safe settings: this is about what they promise
    with psycopg.connect(server.conninfo()) as connection:
        connection.execute("CREATE TABLE kept (n int)")
        connection.execute("INSERT INTO kept SELECT generate_series(1, 1000)")
    _kill_and_wait(_pid(server))
    again = Server(home, _choice()).acquire()
    with psycopg.connect(again.conninfo()) as connection:
        assert connection.execute("SELECT count(*) FROM kept").fetchone() == (1000,)
    again.release()
    server.release()
    assert not server.answers()


def test_a_recycled_process_id_in_the_pid_file_is_no_server(home):
    server = _server(home).acquire()
    server.release()
    (server.data / "postmaster.pid").write_text(f"{os.getppid()}\n{server.data}\n0\n5432\n")
    server.acquire()
    assert server.answers()
    server.release()


def test_data_of_another_major_version_are_refused_in_words(home):
    server = _server(home).acquire()
    server.release()
    (server.data / "PG_VERSION").write_text("14\n")
    with pytest.raises(ServerNotStarted, match="was made by PostgreSQL 14"):
        server.acquire()


def test_missing_binaries_are_told(tmp_path):
    with pytest.raises(FileNotFoundError, match="no PostgreSQL server"):
        Server(tmp_path / "var", str(tmp_path)).acquire()


def test_a_server_that_recovers_is_waited_for(home):
    """One backend dies, the server recovers by itself: who comes meanwhile waits and starts no second one."""
    server = Server(home, _choice()).acquire()
    with psycopg.connect(server.conninfo(), autocommit=True) as connection:
        connection.execute("CREATE TABLE much (n int, t text)")
        connection.execute("INSERT INTO much SELECT n, repeat('字', 200) FROM generate_series(1, 150000) n")
        pid = _pid(server)
        backend = connection.info.backend_pid
        _kill_and_wait(backend)
    again = Server(home, _choice()).acquire()
    with psycopg.connect(again.conninfo()) as connection:
        assert connection.execute("SELECT count(*) FROM much").fetchone() == (150_000,)
    assert _pid(server) == pid, "the same server"
    again.release()
    server.release()


def test_a_server_whose_backends_outlive_it_is_waited_for(home):
    """The first process is killed; a backend at work does not notice until its statement ends."""
    server = Server(home, _choice()).acquire()
    with psycopg.connect(server.conninfo(), autocommit=True) as connection:
        connection.execute("CREATE TABLE kept AS SELECT generate_series(1, 1000) n")
        started = psycopg.connect(server.conninfo(), autocommit=True)
        started.pgconn.send_query(b"SELECT sum(sqrt(n::float)) FROM generate_series(1, 20000000) n")
        while connection.execute(
            "SELECT state FROM pg_stat_activity WHERE pid = %s", [started.info.backend_pid]
        ).fetchone() != ("active",):
            pass
    _kill_and_wait(_pid(server))
    again = Server(home, _choice()).acquire()
    with psycopg.connect(again.conninfo()) as connection:
        assert connection.execute("SELECT count(*) FROM kept").fetchone() == (1000,)
    started.close()
    again.release()
    server.release()


def test_who_holds_a_server_that_died_gets_it_back_with_the_next_connection(home, settings):
    server = settings.EMBEDDED_SERVER = _server(home).acquire()
    values = connections["default"].settings_dict | {"NAME": "postgres", "HOST": str(server.socket_folder)}
    site = DatabaseWrapper(values, alias="site")
    _kill_and_wait(_pid(server))
    with site.get_new_connection(site.get_connection_params()) as connection:
        assert connection.execute("SELECT 1").fetchone() == (1,)
    server.release()
    assert not server.answers()


def test_data_that_another_deployment_uses_are_left_alone(home, monkeypatch):
    """As another container sees it: the same folder, but neither the socket nor the processes of whoever uses it."""
    here = _server(home).acquire()
    with psycopg.connect(here.conninfo()) as connection:
        connection.execute("CREATE TABLE kept AS SELECT 1 n")
    elsewhere = _server(home)
    elsewhere.socket_folder = home.parent / "other"

    def not_there(pid):
        raise FileNotFoundError(pid)

    with monkeypatch.context() as patch:
        patch.setattr(supervisor, "_process_name_and_state", not_there)
        patch.setattr(supervisor, "_ELSEWHERE_SECONDS", 0)
        with pytest.raises(ServerNotStarted, match="另一套部署"):
            elsewhere._start()
    assert _pid(here), "its pid file is there still"
    with psycopg.connect(here.conninfo()) as connection:
        assert connection.execute("SELECT n FROM kept").fetchone() == (1,)
    here.release()
    again = _server(home).acquire()
    again.release()


def test_who_else_holds_the_server_is_known(home):
    server = _server(home)
    assert not server.is_held_by_others()
    holder = _holder(home)
    assert server.is_held_by_others()
    holder.communicate("\n")
    assert not server.is_held_by_others()
