"""A PostgreSQL server and databases of the bench's own, with the settings that production has.

The server lives in ``build/bench/server`` and stops with the process that started it. A database is filled once, kept under
a name that says what is in it, and copied for every run that writes::

    server = BenchServer.start()
    server.template("register_100000", build=lambda: import_register(...))  # Django points at it while it is built
    with server.copy("register_100000") as database:
        harness.command([...], env=database.environment)  # a command of its own on the copy
        with database.in_django(): ...  # or the same in this process
"""

import hashlib
import os
import shutil
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg

from xinheng.adapters.postgres.supervisor import APP_ROLE, OWNER_ROLE, Server

HOME = Path("build/bench/server").absolute()
_KEPT_HOURS = "100000"
"""What a kept database has not put into its log waits for years, and is loaded into all the same."""
_SCHEMA = ("src/xinheng/*/migrations/*.py", "src/xinheng/adapters/postgres/*.py")


@dataclass(frozen=True, slots=True)
class Database:
    """One database of the bench's server, and the ``var`` folder that belongs to it."""

    server: Server
    name: str

    @property
    def var(self) -> Path:
        """Return the folder of its keys, originals and landed files."""
        return HOME / "var" / self.name

    @property
    def environment(self) -> dict[str, str]:
        """Return what a process needs to work on it: as the application role, the owner only migrates."""
        place = f"@:5432/{self.server.socket_folder}/{self.name}"
        return {
            "DATABASE_URL": f"postgres://{OWNER_ROLE}{place}",
            "DATABASE_APP_URL": f"postgres://{APP_ROLE}{place}",
            "XINHENG_VAR": str(self.var),
            "XINHENG_DEMO": "1",  # made-up organisations carry the demonstration's codes
            "XINHENG_LOG_HOURS": _KEPT_HOURS,
            "DJANGO_SETTINGS_MODULE": "xinheng.config.settings",
        }

    def connect(self, *, owner: bool = False) -> "psycopg.Connection[tuple[object, ...]]":
        """Return a plain connection with autocommit, as the application or as the owner."""
        user = OWNER_ROLE if owner else APP_ROLE
        return psycopg.connect(self.server.conninfo(dbname=self.name, user=user), autocommit=True)

    @contextmanager
    def in_django(self) -> Iterator[None]:
        """Point Django of this process at it."""
        from django.conf import settings
        from django.db import connections

        before = {alias: dict(connections[alias].settings_dict) for alias in connections}
        place = {"NAME": self.name, "HOST": str(self.server.socket_folder), "PORT": "5432"}
        embedded, settings.EMBEDDED_SERVER = settings.EMBEDDED_SERVER, None
        folder, settings.XINHENG_VAR = settings.XINHENG_VAR, self.var
        connections.close_all()
        for alias, user in (("default", APP_ROLE), ("owner", OWNER_ROLE)):
            connections[alias].settings_dict.update(place | {"USER": user})
        try:
            yield
        finally:
            connections.close_all()
            for alias, kept in before.items():
                connections[alias].settings_dict.update(kept)
            settings.EMBEDDED_SERVER, settings.XINHENG_VAR = embedded, folder


class BenchServer:
    """The bench's server; :meth:`start` it once per process."""

    def __init__(self, server: Server) -> None:
        self._server = server

    @classmethod
    def start(cls) -> "BenchServer":
        """Start the server, or join the process that has; it stops with the last one.

        ``XINHENG_PG`` says which binaries, as everywhere; each major version has a data folder of its own.
        """
        django_ready()
        choice = os.environ.get("XINHENG_PG", "auto")
        from xinheng.adapters.postgres.binaries import locate

        return cls(Server(HOME / str(locate(choice).major), choice).acquire())

    def stop(self) -> None:
        """Let go of the server."""
        self._server.release()

    @property
    def version(self) -> str:
        """Return the server's version."""
        with self._admin() as admin:
            found = admin.execute("SHOW server_version").fetchone()
            assert found is not None
            return str(found[0])

    @contextmanager
    def copy(self, template: str) -> Iterator[Database]:
        """Give a copy of a template with its ``var`` folder; both are removed afterwards."""
        with self.copy_of(self._named(template)) as copied:
            yield copied

    @contextmanager
    def copy_of(self, source: Database) -> Iterator[Database]:
        """Give a copy of a database that :meth:`template` gave; it is removed afterwards."""
        copied = Database(self._server, f"copy_{uuid.uuid4().hex[:10]}")
        self._create(copied.name, source.name)
        if source.var.exists():
            shutil.copytree(source.var, copied.var)
        try:
            yield copied
        finally:
            self._drop(copied)

    @contextmanager
    def empty(self) -> Iterator[Database]:
        """Give a migrated database without content; it is removed afterwards."""
        made = Database(self._server, f"empty_{uuid.uuid4().hex[:10]}")
        self._create(made.name, "template1")
        try:
            self._migrate(made)
            yield made
        finally:
            self._drop(made)

    def template(self, name: str, *, build: Callable[[Database], object]) -> Database:
        """Return the database of this name; it is migrated and filled by ``build`` the first time.

        A database filled before a change of the migrations is not used again.
        """
        wanted = self._named(name)
        if self._exists(wanted.name):
            return wanted
        building = Database(self._server, f"building_{uuid.uuid4().hex[:10]}")
        self._create(building.name, "template1")
        self._migrate(building)
        with building.in_django():
            build(building)
        with building.connect(owner=True) as owner:
            owner.execute("VACUUM ANALYZE")
        with self._admin() as admin:
            admin.execute(f"ALTER DATABASE {building.name} RENAME TO {wanted.name}")
        if building.var.exists():
            building.var.rename(wanted.var)
        return wanted

    @staticmethod
    def _migrate(database: Database) -> None:
        from xinheng.adapters.database import database_prepare

        with database.in_django():
            database_prepare(verbosity=0)

    def _named(self, name: str) -> Database:
        return Database(self._server, f"{name}_{_fingerprint()}")

    def _exists(self, name: str) -> bool:
        with self._admin() as admin:
            return admin.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone() is not None

    def _create(self, name: str, source: str) -> None:
        with self._admin() as admin:
            # FILE_COPY: a copy of gigabytes is not to be written into the log as well.
            admin.execute(f"CREATE DATABASE {name} TEMPLATE {source} OWNER {OWNER_ROLE} STRATEGY file_copy")

    def _drop(self, database: Database) -> None:
        with self._admin() as admin:
            admin.execute(f"DROP DATABASE IF EXISTS {database.name} WITH (FORCE)")
        shutil.rmtree(database.var, ignore_errors=True)

    def _admin(self) -> "psycopg.Connection[tuple[object, ...]]":
        return psycopg.connect(self._server.conninfo(dbname="postgres"), autocommit=True)


def django_ready() -> None:
    """Set up Django without a server of its own: :meth:`Database.in_django` points it at one."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "xinheng.config.settings")
    os.environ.setdefault("XINHENG_VAR", str(HOME / "var" / "none"))
    os.environ.setdefault("XINHENG_DEMO", "1")
    os.environ.setdefault("XINHENG_LOG_HOURS", _KEPT_HOURS)
    import django

    django.setup()


def _fingerprint() -> str:
    """Return a hash of everything that the tables depend on."""
    digest = hashlib.sha256()
    for path in sorted(path for pattern in _SCHEMA for path in Path().glob(pattern)):
        digest.update(path.read_bytes())
    return digest.hexdigest()[:10]
