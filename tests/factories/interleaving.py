"""Two connections at once in an order that the test forces: by events and by waiting for a lock, never by time."""

import threading
from collections.abc import Callable
from concurrent.futures import Future
from typing import Any

import psycopg
from django.db import connections

PATIENCE = 120


def begin(function: Callable[[], Any]) -> "Future[Any]":
    """Run ``function`` in a thread with connections of its own; its result or its error is the future's."""
    future: Future[Any] = Future()

    def work() -> None:
        try:
            future.set_result(function())
        except BaseException as error:  # noqa: BLE001 - whatever it was is the future's
            future.set_exception(error)
        finally:
            connections.close_all()

    threading.Thread(target=work, daemon=True).start()
    return future


class Pause:
    """A place in the code at which the first thread that comes by stops until it is let go."""

    def __init__(self, monkeypatch: Any, holder: Any, name: str, *, after: bool = False) -> None:
        self.reached = threading.Event()
        self.go = threading.Event()
        self._taken = threading.Lock()
        original = holder[name] if isinstance(holder, dict) else getattr(holder, name)

        def paused(*arguments: Any, **named: Any) -> Any:
            if after:
                result = original(*arguments, **named)
                self._stop()
                return result
            self._stop()
            return original(*arguments, **named)

        (monkeypatch.setitem if isinstance(holder, dict) else monkeypatch.setattr)(holder, name, paused)

    def _stop(self) -> None:
        if self._taken.acquire(blocking=False):
            self.reached.set()
            assert self.go.wait(PATIENCE)

    def wait(self) -> None:
        """Wait until somebody stands here."""
        assert self.reached.wait(PATIENCE)


def waits_for_a_lock(connection: "psycopg.Connection[Any]", *, or_ends: "Future[Any]") -> bool:
    """Return once another connection of this database waits for a lock, or the other thread has come to its end.

    True: it waits. The server is asked again and again, and each question goes through it: nothing depends on time.
    """
    for _ in range(100_000):
        if or_ends.done():
            return False
        found = connection.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
        ).fetchone()
        if found is not None and found[0]:
            return True
    raise AssertionError("neither waits nor ends")
