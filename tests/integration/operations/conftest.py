"""A deployment of its own: an embedded server, a database with records, originals and keys, pages that can be asked."""

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
import pytest
from click.testing import CliRunner, Result
from django.conf import settings
from django.db import connections
from tests.factories import intake_world as world

from xinheng.adapters import clock, dumps
from xinheng.adapters.database import database_roles_settle
from xinheng.adapters.dumps import Measure
from xinheng.adapters.postgres import Server
from xinheng.adapters.postgres.supervisor import DATABASE
from xinheng.config.cli import cli
from xinheng.operations.selectors import data


@dataclass(frozen=True, kw_only=True)
class Deployment:
    """Where it is, and what its commands say."""

    server: Server
    folder: Path
    receipt: str

    @property
    def var(self) -> Path:
        return self.folder / "var"

    def run(self, *words: str, code: int | None = 0) -> Result:
        result = CliRunner().invoke(cli, [str(word) for word in words])
        if code is not None:
            assert result.exit_code == code, (words, result.output, result.exception)
        return result

    def measured(self, database: str = DATABASE) -> dict[str, Measure]:
        with dumps.connected(database) as connection:
            return dumps.measured(connection)


@contextmanager
def _connected_to(server: Server) -> Iterator[None]:
    """Let the application of this process work on ``server``, as its own settings would say."""
    before = {alias: dict(connections[alias].settings_dict) for alias in connections}
    embedded = settings.EMBEDDED_SERVER
    connections.close_all()
    settings.EMBEDDED_SERVER = server
    for connection in connections.all():
        connection.settings_dict |= {"NAME": DATABASE, "HOST": str(server.socket_folder)}
    try:
        yield
    finally:
        connections.close_all()
        settings.EMBEDDED_SERVER = embedded
        for alias, values in before.items():
            connections[alias].settings_dict |= values


@dataclass(frozen=True, kw_only=True)
class Prepared:
    """A deployment that nobody runs: its folder, where its database's data are, its one batch."""

    folder: Path
    data: Path
    receipt: str


def _copied(source: Server, name: str, target: Server) -> None:
    """Copy a database from one server to another."""
    with psycopg.connect(source.conninfo()) as there, psycopg.connect(target.conninfo()) as here:
        dumps.roles_make(here, dumps.roles_of(there))
    dump = [source.binaries()["pg_dump"], "-Fc", "-d", source.conninfo(dbname=name)]
    content = subprocess.run(dump, stdout=subprocess.PIPE, check=True).stdout
    subprocess.run([target.binaries()["pg_restore"], "-1", "-d", target.conninfo(dbname=DATABASE)], input=content, check=True)


def _server(folder: Path) -> Server:
    return Server(folder / "var", os.environ.get("XINHENG_PG", "wheel"), fast_and_unsafe=True)


def _gone(server: Server) -> None:
    server.release()
    for folder in (server.data.parent, server.socket_folder):
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def prepared(
    postgres_server: Server,
    database_template: str,
    django_db_setup: None,
    django_db_blocker: Any,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Prepared]:
    """Give a deployment with ten penalties in one batch, its server stopped: made once, copied for every test."""
    folder = tmp_path_factory.mktemp("prepared")
    server = _server(folder).acquire()
    var = settings.XINHENG_VAR
    try:
        _copied(postgres_server, database_template, server)
        settings.XINHENG_VAR = folder / "var"
        with django_db_blocker.unblock(), _connected_to(server), clock.fixed(world.NOW):
            database_roles_settle()  # what no dump has: rights on the database, what roles are
            for number in range(1, 11):
                world.subject_make(number)
            rows = [world.penalty(number) for number in range(1, 11)]
            receipt = world.load(world.file_write(folder / "处罚.csv", rows)).receipt
        server.release()
        yield Prepared(folder=folder, data=server.data, receipt=receipt.number)
    finally:
        settings.XINHENG_VAR = var
        _gone(server)


@pytest.fixture
def deployment(
    prepared: Prepared, django_db_blocker: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Deployment]:
    """Give a copy of the prepared deployment that runs, and this process connected to it."""
    for name in ("var", "处罚.csv"):
        subprocess.run(["cp", "-a", prepared.folder / name, tmp_path], check=True)
    server = _server(tmp_path)
    if not server.data.exists():
        server.data.parent.mkdir(mode=0o711, parents=True, exist_ok=True)
        subprocess.run(["cp", "-a", prepared.data, server.data], check=True)
    server.acquire()
    try:
        monkeypatch.setattr(settings, "XINHENG_VAR", tmp_path / "var")
        monkeypatch.setattr(settings, "XINHENG_BACKUPS", tmp_path / "backups")
        monkeypatch.setattr(settings, "XINHENG_BACKUP_RECIPIENTS", tmp_path / "recipients.txt")
        # The clock stands still here, the database's does not: the doctor has a test of its own about that.
        for bound in ("CLOCK_OFF_SECONDS", "CLOCK_WRONG_SECONDS"):
            monkeypatch.setattr(data, bound, 1e9)
        with django_db_blocker.unblock(), _connected_to(server), clock.fixed(world.NOW):
            yield Deployment(server=server, folder=tmp_path, receipt=prepared.receipt)
    finally:
        _gone(server)
