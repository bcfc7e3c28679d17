"""What earlier trees stored is migrated to today with its data: nothing is lost or altered, and the log has all of it once."""

import gzip
import json
import re
import uuid
from dataclasses import dataclass
from pathlib import Path

import psycopg
import pytest
from django.core.management import call_command
from django.db import connection, connections
from django.test import Client
from psycopg import sql
from tests.factories import intake_world as world

from xinheng.adapters import clock, database
from xinheng.adapters.postgres.supervisor import OWNER_ROLE
from xinheng.operations.domain import State
from xinheng.operations.selectors import findings
from xinheng.recheck.services import InProcess, public_check
from xinheng.records.models import CurrentRecord, RecordVersion
from xinheng.tlog import offline_verifier, selectors, services

pytestmark = pytest.mark.operations

FOLDER = Path(__file__).parent
DUMPS = sorted(path.name.removesuffix(".sql.gz") for path in FOLDER.glob("*.sql.gz"))
_SAME_TEXT = "SET DateStyle = 'ISO'; SET TimeZone = 'UTC'; SET bytea_output = 'hex'; SET extra_float_digits = 1"


def _columns(owner):
    found = owner.execute(
        "SELECT c.table_name, array_agg(c.column_name::text ORDER BY c.column_name) FROM information_schema.columns c"
        " JOIN information_schema.tables t USING (table_schema, table_name)"
        " WHERE c.table_schema = 'public' AND t.table_type = 'BASE TABLE' GROUP BY 1"
    ).fetchall()
    return {table: names for table, names in found if table != "django_migrations" and not table.startswith("django_content")}


def _held(owner, columns):
    """Return of every table how many rows it has, and a sum over the digests of these columns that no order changes."""
    held = {}
    for table, names in columns.items():
        values = sql.SQL(", ").join(map(sql.Identifier, names))
        statement = sql.SQL(
            "SELECT count(*), sum(('x' || left(encode(sha256(convert_to(jsonb_build_array({})::text, 'UTF8')), 'hex'), 15))"
            "::bit(60)::bigint) FROM {}"
        )
        held[table] = owner.execute(statement.format(values, sql.Identifier(table))).fetchone()
    return held


@dataclass(frozen=True)
class Earlier:
    """A dump in a database of its own, which this process is connected to."""

    name: str
    answers: dict
    server: object
    database: str

    def owner(self):
        return psycopg.connect(self.server.conninfo(dbname=self.database, user=OWNER_ROLE), autocommit=True)


@pytest.fixture(params=DUMPS)
def earlier(request, django_db_setup, postgres_server, django_db_blocker, monkeypatch, tmp_path):
    from django.conf import settings

    monkeypatch.setattr(settings, "XINHENG_VAR", tmp_path / "var")
    monkeypatch.setenv("XINHENG_MASTER_KEY", "5a" * 32)
    name, before = f"earlier_{uuid.uuid4().hex[:8]}", connections["default"].settings_dict["NAME"]
    with psycopg.connect(postgres_server.conninfo(dbname="postgres"), autocommit=True) as admin:
        admin.execute(f"CREATE DATABASE {name} OWNER {OWNER_ROLE}")
        try:
            with psycopg.connect(postgres_server.conninfo(dbname=name, user=OWNER_ROLE), autocommit=True) as owner:
                _restored(owner, gzip.decompress((FOLDER / f"{request.param}.sql.gz").read_bytes()).decode())
            answers = json.loads(gzip.decompress((FOLDER / f"{request.param}.json.gz").read_bytes()))
            with django_db_blocker.unblock():
                _point_at(name)
                yield Earlier(request.param, answers, postgres_server, name)
        finally:
            with django_db_blocker.unblock():
                _point_at(before)
            admin.execute(f"DROP DATABASE {name} WITH (FORCE)")


def _restored(owner, dump):
    """Run a plain dump as psql does: statements, and rows after each COPY."""
    for part in re.split(r"(?m)^(?=COPY .* FROM stdin;$)", dump):
        rest = part
        if part.startswith("COPY "):
            statement, _, rest = part.partition("\n")
            rows, _, rest = rest.partition("\\.\n")
            with owner.cursor() as cursor, cursor.copy(statement) as copy:
                copy.write(rows)
        owner.execute(rest)


def _point_at(name):
    for one in connections.all():
        one.close()
        one.settings_dict["NAME"] = name


def test_there_are_dumps_to_migrate():
    assert len(DUMPS) >= 2
    assert sum(path.stat().st_size for path in FOLDER.glob("*.sql.gz")) < 300_000 * len(DUMPS)


def test_migrated_to_today_with_everything_that_was_stored(earlier):
    with earlier.owner() as owner:
        owner.execute(_SAME_TEXT)
        columns = _columns(owner)
        held = _held(owner, columns)
        assert held["records_recordversion"][0] > 200
        assert held["audit_event"][0] > 10
        assert database.migrations_missing()
        database.database_prepare(verbosity=0)
        assert database.migrations_missing() == []
        now = _columns(owner)
        assert {
            table: set(names) - set(now.get(table, ()))
            for table, names in columns.items()
            if set(names) - set(now.get(table, ()))
        } == {}
        # What is queued for the log, and Django's rights for the tables that are new.
        added = {"tlog_logbatch", "auth_permission"}
        after = _held(owner, columns)
        assert {table for table in held if after[table] != held[table]} <= added

    # The log has every version and every catalogue of the time before it, once.
    with clock.fixed(world.NOW):
        services.log_append(now=world.NOW)
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT (SELECT count(*) FROM records_recordversion) + (SELECT count(*) FROM catalogue_cataloguesnapshot)"
            )
            due = cursor.fetchone()[0]
        assert selectors.log_state().size == due
        assert services.log_check(now=world.NOW, stops=False).problems == []
        assert offline_verifier.verify_log(services.log_folder(), services.known_key().text).genuine
        record = CurrentRecord.objects.order_by("seq").first()
        assert len(selectors.leaves_of_record(record_id=record.pk)) == RecordVersion.objects.filter(record_id=record.pk).count()

        # Every door tells what it told; what is new may stand beside it.
        assert len(earlier.answers) >= 4
        for path, told in earlier.answers.items():
            assert told, path
            _is_told(told, Client().get(path).json(), path)
        day = world.NOW.date()
        found = public_check(site=InProcess(), on_date=day, now=world.NOW, sample=10, seed=1, stops=False)
        assert found.records
        assert found.breaches == []

        # Nothing of the doctor's is bad but what the dump came without: the files, and a clock that the test has fixed.
        bad = {one.title for one in findings(now=world.NOW, production=False) if one.state is State.BAD}
        assert bad <= {"报送原件", "系统时钟"}, bad

        # And work goes on: what is there is known, what is new is published.
        number = CurrentRecord.objects.count()
        path = world.file_write(
            services.log_folder().parent / "再报.csv", [world.penalty(1, subject=2), world.penalty(999, subject=8)]
        )
        world.load(path)
        assert CurrentRecord.objects.count() == number + 1
        services.log_append(now=world.NOW)
        assert services.log_check(now=world.NOW, stops=False).problems == []


def _is_told(told, now, where):
    """Hold what was told to what is told now; new names may have come in between."""
    if isinstance(told, dict):
        assert set(told) <= set(now), where
        for name, value in told.items():
            _is_told(value, now[name], f"{where} {name}")
    elif isinstance(told, list):
        assert len(told) == len(now), where
        for place, (one, other) in enumerate(zip(told, now, strict=True)):
            _is_told(one, other, f"{where} {place}")
    else:
        assert told == now, where


def test_back_and_forward_again_nothing_is_queued_twice(earlier):
    """Whoever goes back a release (what was queued stays) and comes forward again finds every version in the log once."""
    database.database_prepare(verbosity=0)
    with clock.fixed(world.NOW):
        services.log_append(now=world.NOW)
        size = selectors.log_state().size
        for app, target in (("records", "0006"), ("catalogue", "0002")):
            call_command("migrate", app, target, database="owner", interactive=False, verbosity=0)
        connections.close_all()
        database.database_prepare(verbosity=0)
        services.log_append(now=world.NOW)
        assert selectors.log_state().size == size
        assert services.log_check(now=world.NOW, stops=False).problems == []
