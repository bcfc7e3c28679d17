"""A real ``xinheng`` process that tells its steps, and stops dead at one of them.

Forked from a server that has imported everything and started no thread; what runs is the command line itself. A step is
anything that could be half done: every exchange with the database (before it and after it: statements, blocks of a COPY,
commits), and every opening for writing, rename, removal and new folder below the platform's folders.
"""

import contextlib
import importlib
import os
import resource
import signal
import sys
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import django
import psycopg
from django.conf import settings
from django.db import connections

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
django.setup()

from xinheng.adapters import clock  # noqa: E402 - after the set-up
from xinheng.adapters.postgres import Server  # noqa: E402
from xinheng.catalogue.selectors import catalogue_current  # noqa: E402
from xinheng.config import cli  # noqa: E402
from xinheng.intake.checking.compiler import compiled_for  # noqa: E402

# Built once, before the fork: none of it starts a thread.
for _item in ("administrative_penalty", "revocation", "correction"):
    compiled_for(item=catalogue_current().item(_item), catalogue=catalogue_current())
for _target in cli.GROUPS.values():
    importlib.import_module(_target.partition(":")[0])

MASTER_KEY = "5a" * 32
"""One key for all runs, so that keyed digests of the same content are the same."""
UNEXPECTED = 70
_FILE_EVENTS = frozenset({"os.rename", "os.remove", "os.mkdir", "os.rmdir"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """What a process shall do: the call, where its data are, when it is, and at which step what happens.

    ``ring_in_file``: the keys are where a deployment has them, not in the environment.

    ``at`` 0 counts only. At that step the process kills itself; with ``goes_on`` it only tells ``pipe`` and goes on, so
    that whoever listens strikes a running process; with ``waits`` it tells and waits for an answer. ``limit``: from that step
    on no file that it writes gets longer than so many bytes, as on a disk that is full.
    """

    line: list[str]
    server_home: Path
    server_choice: str
    database: str
    var: Path
    log: Path
    now: datetime
    at: int = 0
    goes_on: bool = False
    waits: bool = False
    ring_in_file: bool = False
    pipe: Connection | None = None
    limit: int = 0


class Steps:
    """Counts the steps of this process and does what is ordered at the chosen one."""

    def __init__(self, order: Order, *, below: tuple[str, ...]) -> None:
        self.order = order
        self.below = below
        self.labels: list[str] = []
        self.resting = False

    def step(self, label: str) -> None:
        if self.resting:
            return
        self.labels.append(label)
        if len(self.labels) != self.order.at:
            return
        if self.order.limit:
            resource.setrlimit(resource.RLIMIT_FSIZE, (self.order.limit, resource.getrlimit(resource.RLIMIT_FSIZE)[1]))
            return
        if not self.order.goes_on and not self.order.waits:
            os.kill(os.getpid(), signal.SIGKILL)
        assert self.order.pipe is not None
        self.resting = True
        self.order.pipe.send(label)
        if self.order.waits:
            self.order.pipe.recv()
        self.resting = False

    def audit(self, event: str, arguments: tuple[Any, ...]) -> None:
        """Hear of Python's own file operations (``sys.addaudithook``)."""
        if event == "open":
            path, _, flags = arguments
            if isinstance(path, str) and flags & (os.O_WRONLY | os.O_RDWR) and path.startswith(self.below):
                self.step(f"write {Path(path).name}")
        elif event in _FILE_EVENTS and str(arguments[0]).startswith(self.below):
            self.step(f"{event} {Path(str(arguments[0])).name}")

    def around(self, wait: Callable[..., Any]) -> Callable[..., Any]:
        """Return psycopg's ``Connection.wait``, through which every exchange with the server goes, with steps around it."""

        def waiting(connection: Any, gen: Any, *arguments: Any, **named: Any) -> Any:
            label = _label(gen)
            self.step(f"before {label}")
            result = wait(connection, gen, *arguments, **named)
            self.step(f"after {label}")
            return result

        return waiting


def _label(gen: Any) -> str:
    name = gen.gi_code.co_name.strip("_").removesuffix("_gen") if hasattr(gen, "gi_code") else "exchange"
    query = gen.gi_frame.f_locals.get("query") if getattr(gen, "gi_frame", None) is not None else None
    text = query if isinstance(query, str) else query.decode() if isinstance(query, bytes) else ""
    return f"{name} {' '.join(text.split())[:60]}".strip()


def run(order: Order) -> None:
    """Be ``xinheng`` with the ordered arguments; a finished process sends its steps' labels through the pipe."""
    if order.ring_in_file:
        os.environ.pop("XINHENG_MASTER_KEY", None)
    else:
        os.environ["XINHENG_MASTER_KEY"] = MASTER_KEY
    server = Server(order.server_home, order.server_choice)
    settings.XINHENG_VAR, settings.EMBEDDED_SERVER = order.var, server
    for connection in connections.all():
        connection.settings_dict |= {"NAME": order.database, "HOST": str(server.socket_folder)}
    steps = Steps(order, below=(str(order.var), str(order.var.parent)))
    psycopg.Connection.wait = steps.around(psycopg.Connection.wait)  # type: ignore[method-assign]
    sys.addaudithook(steps.audit)
    sys.argv = ["xinheng", *order.line]
    code: Any = 0
    with order.log.open("a", encoding="utf-8") as log, contextlib.redirect_stdout(log), contextlib.redirect_stderr(log):
        steps.resting = False
        try:
            with clock.fixed(order.now):
                cli.main()
        except SystemExit as end:
            code = end.code
        except Exception:  # noqa: BLE001 - told in the log, and apart from every code of the command line
            traceback.print_exc()
            code = UNEXPECTED
    steps.resting = True
    if order.pipe is not None:
        order.pipe.send(steps.labels)
    sys.exit(code)
