"""Fixtures for everything: one embedded PostgreSQL per run, tests connected as the application role.

``db`` (pytest-django) gives a transaction that is rolled back; ``fresh_database`` gives a whole database of its own for tests
that commit, start processes or serve pages. Both are copies of one migrated template.
"""

import fcntl
import hashlib
import os
import uuid
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from django.conf import settings
from django.db import connections
from hypothesis import HealthCheck
from hypothesis import settings as hypothesis_settings

from xinheng.adapters import database
from xinheng.adapters.postgres import Server
from xinheng.adapters.postgres.binaries import locate
from xinheng.adapters.postgres.roles import all_roles
from xinheng.adapters.postgres.supervisor import APP_ROLE, OWNER_ROLE
from xinheng.adapters.reach import EVERYTHING, process_begins_with

SOURCE = Path(__file__).resolve().parents[1]

# No test asserts a time; in CI Hypothesis draws the same examples every time (its own profile "ci").
hypothesis_settings.register_profile(
    "house", hypothesis_settings.default, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
hypothesis_settings.load_profile("house")


def _fingerprint() -> str:
    """Return a hash of everything that the template database depends on."""
    digest = hashlib.sha256()
    files = [*SOURCE.glob("src/xinheng/*/migrations/*.py"), *SOURCE.glob("src/xinheng/adapters/postgres/*.py")]
    for path in sorted(files):
        digest.update(path.read_bytes())
    return digest.hexdigest()[:12]


@pytest.fixture(scope="session")
def postgres_server() -> Server:
    """Return the test server: started by the first worker, stopped by the last."""
    server = settings.EMBEDDED_SERVER
    assert isinstance(server, Server)
    return server.acquire()


@pytest.fixture(scope="session")
def database_template(postgres_server: Server, django_db_blocker: pytest.FixtureRequest) -> str:
    """Return the name of a migrated database; made once per set of migrations."""
    name = f"template_{_fingerprint()}"
    with (postgres_server.home / "template.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        with _admin(postgres_server) as admin:
            if admin.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone():
                return name
            building = f"building_{uuid.uuid4().hex[:8]}"
            admin.execute(f"CREATE DATABASE {building} OWNER {OWNER_ROLE}")
            with django_db_blocker.unblock():
                _point_at(building)
                database.database_prepare(verbosity=0)
                _close()
            admin.execute(f"ALTER DATABASE {building} RENAME TO {name}")
    return name


def _copy_template(admin: "psycopg.Connection[tuple[object, ...]]", name: str, template: str) -> None:
    """Make a database like the template; the rights on the database itself are in no copy."""
    admin.execute(f"CREATE DATABASE {name} TEMPLATE {template}")
    admin.execute(f"REVOKE ALL ON DATABASE {name} FROM PUBLIC")
    admin.execute(f"GRANT CONNECT ON DATABASE {name} TO {', '.join(all_roles())}")
    admin.execute(f"GRANT TEMPORARY ON DATABASE {name} TO {APP_ROLE}")


def _admin(server: Server) -> "psycopg.Connection[tuple[object, ...]]":
    return psycopg.connect(server.conninfo(dbname="postgres"), autocommit=True)


def _close() -> None:
    for connection in connections.all():
        connection.close()


def _point_at(name: str, *, host: str | None = None) -> None:
    _close()
    for connection in connections.all():
        connection.settings_dict |= {"NAME": name} | ({"HOST": host} if host is not None else {})


@pytest.fixture(scope="session")
def django_db_setup(
    postgres_server: Server, database_template: str, django_db_blocker: pytest.FixtureRequest
) -> Iterator[None]:
    """Replace pytest-django's set-up: a copy of the template for this worker, owned by the owner, used by the application.

    ``XINHENG_TEST_DATABASE_KEPT`` keeps the copy under this name for the next session (``tools/mutants``, many sessions of
    one test each): only for tests that roll back what they did.
    """
    kept = os.environ.get("XINHENG_TEST_DATABASE_KEPT", "")
    name = f"{kept}_{_fingerprint()}" if kept else f"test_{os.environ.get('PYTEST_XDIST_WORKER', 'main')}_{os.getpid()}"
    with _admin(postgres_server) as admin:
        if not admin.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone():
            _copy_template(admin, name, database_template)
    with django_db_blocker.unblock():
        _point_at(name)
    yield
    with django_db_blocker.unblock():
        _close()
    if not kept:
        # Another connection: where servers are killed, the first one's did not live so long.
        with _admin(postgres_server) as admin:
            admin.execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def fresh_database(
    django_db_setup: None,
    postgres_server: Server,
    database_template: str,
    django_db_blocker: pytest.FixtureRequest,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> Iterator[str]:
    """Give a committed database of its own and a ``var`` folder of its own; return the database's name."""
    name = f"fresh_{uuid.uuid4().hex[:10]}"
    before = connections["default"].settings_dict
    where = {"NAME": before["NAME"], "HOST": before["HOST"]}
    monkeypatch.setattr(settings, "XINHENG_VAR", tmp_path / "var")
    # A session in which the connections were taken to another server (tests/unbreakable) comes back to this one for it.
    monkeypatch.setattr(settings, "EMBEDDED_SERVER", postgres_server)
    with _admin(postgres_server) as admin:
        _copy_template(admin, name, database_template)
        with django_db_blocker.unblock():
            _point_at(name, host=str(postgres_server.socket_folder))
            yield name
            _point_at(where["NAME"], host=where["HOST"])
        admin.execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def owner_connection(postgres_server: Server) -> Iterator["psycopg.Connection[tuple[object, ...]]"]:
    """Give a connection of the owner to the current test database (sees committed rows only)."""
    name = str(connections["default"].settings_dict["NAME"])
    with psycopg.connect(postgres_server.conninfo(dbname=name, user=OWNER_ROLE), autocommit=True) as connection:
        yield connection


@pytest.fixture
def app_connection(postgres_server: Server) -> Iterator["psycopg.Connection[tuple[object, ...]]"]:
    """Give a plain connection of the application role, for proofs by direct SQL."""
    name = str(connections["default"].settings_dict["NAME"])
    with psycopg.connect(postgres_server.conninfo(dbname=name, user=APP_ROLE), autocommit=True) as connection:
        yield connection


@pytest.fixture(autouse=True)
def _var_folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """No test writes into the project's own ``var``."""
    monkeypatch.setattr(settings, "XINHENG_VAR", tmp_path / "var")


@pytest.fixture(autouse=True)
def _own_work() -> None:
    """Tests make and read data as the platform's own work does.

    Importing the served application, as the collection of doctests does, says for the whole process that nothing is in
    reach. Requests are closed all the same, each by the middleware.
    """
    process_begins_with(EVERYTHING)


@pytest.fixture
def live_site(fresh_database: str) -> Iterator[str]:
    """Serve the site on a free port of 127.0.0.1 from a committed database; return its address."""
    from pytest_django.live_server_helper import LiveServer

    server = LiveServer("127.0.0.1")
    yield server.url
    server.stop()


@pytest.fixture(scope="session")
def real_data() -> Path:
    """Return the folder with real data; tests that need it are skipped with a message where it is missing."""
    folder = Path(os.environ.get("XINHENG_REAL_DATA", SOURCE.parent / "shared" / "data"))
    if not folder.is_dir():
        pytest.skip(f"real data not found in {folder} (set XINHENG_REAL_DATA)")
    return folder


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say on which server the tests of the database ran, and how often something was tried that must be refused."""
    binaries = locate(settings.EMBEDDED_SERVER.choice)
    terminalreporter.write_line(f"server: PostgreSQL {binaries.major} in {binaries.folder}")
    tried: Counter[str] = Counter()
    for report in terminalreporter.stats.get("passed", []):
        tried.update({name: number for name, number in report.user_properties if name.startswith("refusals_tried")})
    for name, number in sorted(tried.items()):
        terminalreporter.write_line(f"{name.replace('_', ' ')}: {number:,}, all refused")


def pytest_sessionfinish(session: pytest.Session) -> None:
    """In CI a skipped test is a failed run: every leg must have run."""
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    if os.environ.get("XINHENG_NO_SKIPS") and reporter is not None and reporter.stats.get("skipped"):
        reporter.write_line(f"{len(reporter.stats['skipped'])} skipped, and XINHENG_NO_SKIPS is set", red=True)
        session.exitstatus = pytest.ExitCode.TESTS_FAILED
