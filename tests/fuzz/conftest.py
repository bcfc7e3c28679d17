"""Worlds for fuzzing: committed databases with the same few organisations, one for each process that judges."""

import uuid
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest
from django.conf import settings
from django.db import connections
from tests.factories import intake_world as world

from xinheng.adapters.postgres import Server

ORGANISATIONS = 4
World = tuple[str, Path]


@pytest.fixture
def worlds(
    django_db_setup: None,
    postgres_server: Server,
    database_template: str,
    django_db_blocker: pytest.FixtureRequest,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> Iterator[Callable[[int], list[World]]]:
    """Return a function that makes so many databases, each with a ``var`` folder of its own; they go afterwards."""
    made: list[str] = []
    before = connections["default"].settings_dict["NAME"]

    def point_at(name: str) -> None:
        connections.close_all()
        for connection in connections.all():
            connection.settings_dict["NAME"] = name

    with psycopg.connect(postgres_server.conninfo(dbname="postgres"), autocommit=True) as admin:

        def make(count: int) -> list[World]:
            template = database_template
            for _ in range(count):
                made.append(f"fuzz_{uuid.uuid4().hex[:10]}")
                admin.execute(f"CREATE DATABASE {made[-1]} TEMPLATE {template}")
                if template is database_template:
                    template = made[0]
                    with django_db_blocker.unblock():
                        point_at(template)
                        monkeypatch.setattr(settings, "XINHENG_VAR", tmp_path / template)
                        for number in range(1, ORGANISATIONS + 1):
                            world.subject_make(number)
                        point_at(before)
            return [(name, tmp_path / name) for name in made]

        yield make
        for name in made:
            admin.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
