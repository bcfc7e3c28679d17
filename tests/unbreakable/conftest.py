"""A server that keeps what it commits, and the county that is killed on it."""

import multiprocessing
import os
import shutil
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connections

from tests.unbreakable import county as counties
from tests.unbreakable.running import MASTER_KEY
from xinheng.adapters import database
from xinheng.adapters.postgres import Server


@pytest.fixture(scope="session")
def seed() -> int:
    """Return the seed of the draws; a failing test prints it, ``XINHENG_SEED`` sets it."""
    return counties.seed_of_this_run()


@pytest.fixture
def report(capsys: pytest.CaptureFixture[str]) -> Callable[[str], None]:
    """Return a function that tells a line in every run, also where all is well."""

    def tell(line: str) -> None:
        with capsys.disabled():
            sys.stdout.write(f"\n{line}")

    return tell


@pytest.fixture(scope="session")
def durable_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """Give a server of our own with the settings of a deployment: what is committed is on the disk."""
    home = tmp_path_factory.mktemp("unbreakable") / "server"
    server = Server(home, os.environ.get("XINHENG_PG", "wheel")).acquire()
    assert not server.fast_and_unsafe
    yield server
    server.release()
    for folder in (server.data.parent, server.socket_folder):
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def county(
    durable_server: Server, tmp_path_factory: pytest.TempPathFactory, django_db_blocker: pytest.FixtureRequest
) -> Iterator[counties.County]:
    """Give the county after its undisturbed run; this process is connected to the durable server while it lasts."""
    forks = multiprocessing.get_context("forkserver")
    forks.set_forkserver_preload(["tests.unbreakable.running"])
    folder: Path = tmp_path_factory.mktemp("county")
    before = {alias: dict(connections[alias].settings_dict) for alias in connections}
    embedded = settings.EMBEDDED_SERVER
    os.environ["XINHENG_MASTER_KEY"] = MASTER_KEY
    with django_db_blocker.unblock():
        settings.EMBEDDED_SERVER = durable_server
        _point_at(counties.MIGRATED, durable_server)
        made = counties.County(server=durable_server, folder=folder, forks=forks)
        with made.owner("postgres") as admin:
            admin.execute(f"CREATE DATABASE {counties.MIGRATED}")
        database.database_prepare(verbosity=0)
        connections.close_all()
        made.undisturbed()
        yield made
        connections.close_all()
        settings.EMBEDDED_SERVER = embedded
        for alias, values in before.items():
            connections[alias].settings_dict |= values
    del os.environ["XINHENG_MASTER_KEY"]


def _point_at(name: str, server: Server) -> None:
    connections.close_all()
    for connection in connections.all():
        connection.settings_dict |= {"NAME": name, "HOST": str(server.socket_folder)}
