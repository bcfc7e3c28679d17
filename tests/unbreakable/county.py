"""The county on a server of its own with the safe settings, and a snapshot of it before and after every command."""

import multiprocessing
import os
import random
import select
import shutil
import signal
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import groupby, pairwise
from multiprocessing.connection import Connection
from multiprocessing.context import ForkServerContext
from pathlib import Path
from typing import Any

import psycopg

from tests.factories import intake_world as world
from tests.unbreakable.comparing import Stored, stored
from tests.unbreakable.journeys import BASE, COMMANDS, Command, files_write
from xinheng.adapters.postgres import Server
from xinheng.adapters.postgres.supervisor import OWNER_ROLE

MIGRATED = "migrated"
CHILD_SECONDS = 120


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """One command of the undisturbed run: where it began, what its steps were and what was stored after it."""

    command: Command
    database: str
    var: Path
    steps: list[str]
    wanted: Stored
    wanted_without_actors: Stored
    out: list[str]


@dataclass(slots=True, kw_only=True)
class Child:
    """A running process and what it tells."""

    process: Any
    pipe: Connection

    def told(self) -> Any:
        """Return the next thing it tells; None where it ends without a word."""
        if select.select([self.pipe, self.process.sentinel], [], [], CHILD_SECONDS)[0] and self.pipe.poll():
            try:
                return self.pipe.recv()
            except EOFError:
                return None
        return None

    def end(self) -> int | None:
        """Wait for its end and return how it ended: an exit code, or minus the signal."""
        self.process.join(CHILD_SECONDS)
        code: int | None = self.process.exitcode
        return code


@dataclass(kw_only=True)
class Place:
    """One run of its own: a database, the platform's folder and where workbooks go."""

    database: str
    folder: Path

    @property
    def var(self) -> Path:
        return self.folder / "var"

    @property
    def out(self) -> Path:
        return self.folder / "out"


@dataclass(kw_only=True)
class County:
    """The server, the files and the stages of the undisturbed run."""

    server: Server
    folder: Path
    forks: ForkServerContext
    stages: list[Stage] = field(default_factory=list)
    made: int = 0

    @property
    def files(self) -> Path:
        return self.folder / "files"

    @property
    def log(self) -> Path:
        return self.folder / "told.log"

    @contextmanager
    def owner(self, database: str) -> Iterator["psycopg.Connection[tuple[Any, ...]]"]:
        conninfo = self.server.conninfo(dbname=database, user=OWNER_ROLE)
        try:
            connection = psycopg.connect(conninfo, autocommit=True)
        except psycopg.OperationalError:
            # Killed, or recovering: what the site itself does then.
            self.server.revive()
            connection = psycopg.connect(conninfo, autocommit=True)
        with connection:
            yield connection

    def place(self, *, database: str, var: Path | None) -> Place:
        """Return a new place that begins as ``database`` and ``var`` are."""
        self.made += 1
        place = Place(database=f"run_{self.made}", folder=self.folder / f"run {self.made}")
        self._copy(database, place.database)
        place.out.mkdir(parents=True)
        if var is not None:
            shutil.copytree(var, place.var)
        return place

    def drop(self, place: Place) -> None:
        with self.owner("postgres") as admin:
            admin.execute(f"DROP DATABASE {place.database} WITH (FORCE)")
        shutil.rmtree(place.folder)

    def _copy(self, source: str, target: str) -> None:
        with self.owner("postgres") as admin:
            # A connection of a process that was killed a moment ago may not have gone yet.
            admin.execute(
                "SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity WHERE datname = %s AND pid <> pg_backend_pid()",
                [source],
            )
            admin.execute(f"CREATE DATABASE {target} TEMPLATE {source}")
            # A copied sequence believes that its next numbers are in the log already; after a crash it would give them twice.
            # The first number after a checkpoint is logged anew. No deployment copies databases.
            admin.execute("CHECKPOINT")

    def start(self, line: Sequence[str], place: Place, **how: Any) -> Child:
        """Start ``xinheng`` with these arguments."""
        from tests.unbreakable import running

        here, there = multiprocessing.Pipe()
        order = running.Order(
            line=list(line),
            server_home=self.server.home,
            server_choice=self.server.choice,
            database=place.database,
            var=place.var,
            pipe=there,
            **{"log": self.log, "now": world.NOW} | how,
        )
        process = self.forks.Process(target=running.run, args=[order])
        process.start()
        there.close()
        return Child(process=process, pipe=here)

    def run(self, line: Sequence[str], place: Place, **how: Any) -> tuple[int | None, list[str]]:
        """Run ``xinheng`` to its end; return its exit code and its steps."""
        child = self.start(line, place, **how)
        steps = child.told() or []
        return child.end(), steps

    def undisturbed(self) -> None:
        """Run every command once and keep what was before and after each."""
        files_write(self.files)
        place = self.place(database=MIGRATED, var=None)
        place.var.mkdir()
        for number, command in enumerate([BASE, *COMMANDS]):
            database, var = f"stage_{number}", self.folder / f"stage {number}"
            self._copy(place.database, database)
            shutil.copytree(place.var, var)
            code, steps = self.run(command.line(files=self.files, out=place.out), place)
            assert code in (0, 1), self.log.read_text()
            with self.owner(place.database) as connection:
                stage = Stage(
                    command=command,
                    database=database,
                    var=var,
                    steps=steps,
                    wanted=stored(connection),
                    wanted_without_actors=stored(connection, without_actors=True),
                    out=sorted(path.name for path in place.out.iterdir()),
                )
            for path in place.out.iterdir():
                path.unlink()
            if command is not BASE:
                self.stages.append(stage)
        self.drop(place)

    def reached(self, command: Command, place: Place) -> str:
        """Return how far a command has come: the state of its submission, or whether its import is there."""
        with self.owner(place.database) as connection:
            found = connection.execute(command.how_far()).fetchone()
        return str(found[0]) if found is not None else "nothing stored"

    def is_done(self, command: Command, place: Place) -> bool:
        with self.owner(place.database) as connection:
            found = connection.execute(command.done()).fetchone()
        assert found is not None
        return bool(found[0])


def points_drawn(stage: Stage, count: int, *, seed: int) -> list[int]:
    """Return ``count`` steps of a stage: one drawn from each of as many equal parts, so that none is left out.

    The parts are of places, not of steps: a thousand blocks of one COPY are one place.
    """
    draw = random.Random(f"{seed} {stage.command.name}")
    places, step = [], 1
    for _, steps in groupby(stage.steps, key=lambda label: label.removeprefix("before ").removeprefix("after ")):
        length = len(list(steps))
        places.append(range(step, step + length))
        step += length
    edges = [index * len(places) // count for index in range(count + 1)]
    return [draw.choice(places[draw.randrange(first, last)]) for first, last in pairwise(edges)]


def seed_of_this_run() -> int:
    """Return the seed: ``XINHENG_SEED``, else another one every time."""
    given = os.environ.get("XINHENG_SEED")
    return int(given) if given else random.SystemRandom().randrange(10**6)


def killed(pid: int, *, with_group: bool = False) -> None:
    """Kill a process, with everything it started if asked, and wait until it is dead."""
    handle = os.pidfd_open(pid)
    (os.killpg if with_group else os.kill)(pid, signal.SIGKILL)
    select.select([handle], [], [], 30)
    os.close(handle)
