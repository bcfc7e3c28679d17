"""A production server with WAL archive, as deploy/ says: base backup, rows, a moment, rows after it, the server lost, back to it."""

import os
import re
import shutil
import subprocess
import sys
import time
from pathlib import Path

import psycopg
import pytest
from django.conf import settings

from xinheng.adapters.postgres import Server, supervisor
from xinheng.adapters.sealing import identity_new

pytestmark = pytest.mark.unbreakable
DEPLOY = settings.PROJECT / "deploy" / "postgresql"
PATIENCE = 60


@pytest.fixture
def place():
    """A short folder that the server's account can reach; the archive and the keys lie in it."""
    path = Path(f"/tmp/xinheng-wal-{os.getpid()}")
    path.mkdir(mode=0o755)
    yield path
    shutil.rmtree(path, ignore_errors=True)


def _server(home):
    return Server(home, os.environ.get("XINHENG_PG", "wheel"))


def _forget(server):
    server.release()
    for folder in (server.data.parent, server.socket_folder):
        shutil.rmtree(folder, ignore_errors=True)


def _script(place):
    """Put the script and the program where the server's account can run them, as an installation in /opt does."""
    program = place / "src" / "xinheng" / "adapters"
    program.mkdir(parents=True)
    shutil.copy(settings.PROJECT / "src" / "xinheng" / "adapters" / "wal_archive.py", program)
    (place / "deploy" / "postgresql").mkdir(parents=True)
    shutil.copy(DEPLOY / "wal", place / "deploy" / "postgresql" / "wal")
    packages = place / "packages"
    import pyrage

    shutil.copytree(Path(pyrage.__file__).parent, packages / "pyrage")
    python = place / "python"
    python.write_text(f'#!/bin/sh\nshift\nPYTHONPATH={packages} exec {_python(place)} "$@"\n')
    python.chmod(0o755)
    return place / "deploy" / "postgresql" / "wal", python


def _python(place):
    """Return an interpreter that the server's account can run: this one, the system's, or a copy of this one."""
    account = supervisor._account()
    own = Path(sys.executable).resolve()
    for found in (own, Path("/usr/bin/python3").resolve()):
        if found.exists() and supervisor._reachable(found.parent, account):
            return found
    copy = place / "interpreter"
    library = Path("lib") / f"python{sys.version_info[0]}.{sys.version_info[1]}"
    skipped = shutil.ignore_patterns("site-packages", "test", "tests", "idlelib", "__pycache__", "*.a")
    shutil.copytree(own.parents[1] / library, copy / library, ignore=skipped)
    for shared in (own.parents[1] / "lib").glob("libpython*.so*"):
        shutil.copy(shared, copy / "lib")
    (copy / "bin").mkdir()
    shutil.copy(own, copy / "bin" / own.name)
    return copy / "bin" / own.name


def _open_to_all(place):
    for path in place.rglob("*"):
        path.chmod(0o755 if path.is_dir() or os.access(path, os.X_OK) else 0o644)
    (place / "archive").chmod(0o777)


def _settings_of(place, script, python):
    """Return the settings that the documented file makes, with the paths of this test."""
    text = (DEPLOY / "archive.conf").read_text()
    text = text.replace("/opt/xinheng/deploy/postgresql/wal", f"env XINHENG_PYTHON={python} {script}")
    text = text.replace("/srv/xinheng-wal", str(place / "archive")).replace("/etc/xinheng", str(place))
    assert "XINHENG_PYTHON" in text
    return text


def _wait(connection, statement, *parameters):
    """Ask until the answer is yes."""
    last = time.monotonic() + PATIENCE
    while connection.execute(statement, parameters).fetchone() != (True,):
        assert time.monotonic() < last, statement


def test_back_to_a_moment(place, tmp_path_factory, report):
    (place / "archive").mkdir()
    identity_new(secret=place / "identity.txt", public=place / "backup-recipients.txt")
    script, python = _script(place)
    _open_to_all(place)
    home = tmp_path_factory.mktemp("production") / "server"
    server = _server(home).acquire()
    server.release()
    with (server.data / "postgresql.conf").open("a") as file:
        file.write(_settings_of(place, script, python))
    server.acquire()
    again = None
    try:
        with psycopg.connect(server.conninfo(), autocommit=True) as connection:
            connection.execute("CREATE TABLE kept (n int PRIMARY KEY, at timestamptz DEFAULT clock_timestamp())")
            connection.execute("INSERT INTO kept SELECT generate_series(1, 1000)")
        base = place / "base"
        where = server.conninfo(dbname="postgres")
        command = [server.binaries()["pg_basebackup"], "-d", where, "-D", base, "--checkpoint=fast", "--wal-method=none"]
        subprocess.run(command, check=True, capture_output=True, timeout=2 * PATIENCE)

        with psycopg.connect(server.conninfo(), autocommit=True) as connection:
            connection.execute("INSERT INTO kept SELECT generate_series(1001, 2000)")
            moment = str(connection.execute("SELECT clock_timestamp()").fetchone()[0])
            connection.execute("INSERT INTO kept SELECT generate_series(2001, 3000)")
            # A quiet server's segment is closed by archive_timeout, after four minutes; here at once.
            (last,) = connection.execute("SELECT pg_walfile_name(pg_switch_wal())").fetchone()
            _wait(connection, "SELECT last_archived_wal >= %s OR failed_count > 0 FROM pg_stat_archiver", last)
            assert connection.execute("SELECT failed_count FROM pg_stat_archiver").fetchone() == (0,)
            assert connection.execute("SHOW archive_timeout").fetchone() == ("4min",)
        segments = [path for path in (place / "archive").iterdir() if re.fullmatch(r"[0-9A-F]{24}\.age", path.name)]
        assert all(path.read_bytes().startswith(b"age-encryption.org/v1") for path in segments)

        # The machine is gone.
        pid = int((server.data / "postmaster.pid").read_text().split()[0])
        os.kill(pid, 9)
        shutil.rmtree(server.data)

        began = time.monotonic()
        again = _server(tmp_path_factory.mktemp("restored") / "server")
        again.data.parent.mkdir(mode=0o711, parents=True, exist_ok=True)
        shutil.copytree(base, again.data)
        with (again.data / "postgresql.conf").open("a") as file:
            file.write(
                "archive_mode = off\n"
                f'restore_command = \'env XINHENG_PYTHON={python} {script} fetch {place}/archive {place}/identity.txt "%f" "%p"\'\n'
                f"recovery_target_time = '{moment}'\nrecovery_target_action = promote\n"
            )
        (again.data / "recovery.signal").touch()
        again.data.chmod(0o700)
        if os.geteuid() == 0:
            subprocess.run(["chown", "-R", f"{again._account.pw_uid}:{again._account.pw_gid}", again.data], check=True)
        again.acquire()
        with psycopg.connect(again.conninfo(), autocommit=True) as connection:
            _wait(connection, "SELECT NOT pg_is_in_recovery()")
            rows = connection.execute("SELECT count(*), max(n), max(at) <= %s::timestamptz FROM kept", [moment]).fetchone()
        assert rows == (2000, 2000, True), "what was before the moment is there, what came after is not"
        report(f"point in time: {len(segments)} segments, back in {time.monotonic() - began:.1f} s")
    finally:
        for one in (server, again):
            if one is not None:
                _forget(one)
