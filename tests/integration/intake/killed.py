"""A process that takes a file through the journey and kills itself at the n-th point where it could be killed.

Started by ``test_killed.py`` from a fork server: everything is imported once, no thread has run yet.
"""

import os
import pathlib
import signal
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import django
from django.conf import settings
from django.db import connections

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
django.setup()

from django.db.transaction import Atomic  # noqa: E402 - after the set-up
from tests.factories import intake_world as world  # noqa: E402

from xinheng.adapters import database  # noqa: E402
from xinheng.catalogue.selectors import catalogue_current  # noqa: E402
from xinheng.intake.checking.compiler import compiled_for  # noqa: E402
from xinheng.intake.services import (  # noqa: E402
    _doubts,
    _findings,
    _row_outcomes,
    advance,
)

# Built once, before the fork: neither starts a thread.
compiled_for(item=catalogue_current().item("administrative_penalty"), catalogue=catalogue_current())


class _Executioner:
    """Counts the points and kills at the chosen one; 0 kills never and only counts."""

    def __init__(self, at: int) -> None:
        self.at = at
        self.passed = 0

    def point(self) -> None:
        self.passed += 1
        if self.passed == self.at:
            os.kill(os.getpid(), signal.SIGKILL)

    def around(self, function: Callable[..., Any]) -> Callable[..., Any]:
        def wrapped(*arguments: Any, **named: Any) -> Any:
            self.point()
            result = function(*arguments, **named)
            self.point()
            return result

        return wrapped


def journey(*, database_name: str, var: Path, path: Path, now: datetime, at: int, passed: Any) -> None:
    """Load ``path``; ``passed`` (a shared number) tells how many points there were."""
    settings.XINHENG_VAR = var
    for connection in connections.all():
        connection.settings_dict["NAME"] = database_name
    executioner = _Executioner(at)
    # Every commit, every rename, every bulk copy and every removal: before it and after it.
    Atomic.__exit__ = executioner.around(Atomic.__exit__)  # type: ignore[method-assign]
    pathlib.Path.replace = executioner.around(pathlib.Path.replace)  # type: ignore[method-assign]
    for module in (_findings, _doubts, _row_outcomes):
        module.copy_bytes = executioner.around(database.copy_bytes)
    advance.artefacts_remove = executioner.around(advance.artefacts_remove)
    world.load(path, now=now)
    passed.value = executioner.passed
