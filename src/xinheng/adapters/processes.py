"""Processes that work beside this one, in the same database and with the same keys."""

import multiprocessing
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import django
from django.conf import settings
from django.db import connections


def process_pool(workers: int) -> ProcessPoolExecutor:
    """Return a pool of ``workers`` new processes, each ready to use the models.

    New ones, not forks of this one: the threads of our libraries would leave their locks locked in a fork for ever.
    """
    names = [str(connection.settings_dict["NAME"]) for connection in connections.all()]
    context = multiprocessing.get_context("spawn")
    return ProcessPoolExecutor(workers, mp_context=context, initializer=_start, initargs=(names, settings.XINHENG_VAR))


def _start(names: list[str], var: Path) -> None:
    # This module knows no models, so that a new process can import it before the applications are ready.
    django.setup()
    settings.XINHENG_VAR = var
    for connection, name in zip(connections.all(), names, strict=True):
        connection.settings_dict["NAME"] = name
