"""Jobs (后台任务) on the same PostgreSQL, by Procrastinate: deferred in the caller's transaction, they commit with the data.

A job's arguments are numbers and names of ours only, never a value out of a file (P16). A job may be run twice: what it
calls must be safe to repeat.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any, Final

from django.db import DEFAULT_DB_ALIAS, connections
from procrastinate import RetryStrategy
from procrastinate.contrib.django import app
from procrastinate.contrib.django.django_connector import DjangoConnector
from procrastinate.exceptions import ConnectorException as QueueUnreachable
from procrastinate.job_context import JobContext
from procrastinate.manager import JobManager

from xinheng.adapters.reach import reach_now, reaching
from xinheng.adapters.work import Work, new_number

__all__ = ["QueueState", "QueueUnreachable", "job", "job_defer", "job_hourly", "periodic_job", "queue_state", "worker_run"]
_log = logging.getLogger(__name__)

HEARTBEAT_SECONDS: Final = 5.0
STALLED_AFTER_SECONDS: Final = 20.0
"""Without a sign of life for so long a worker is dead, and what it was doing is done again."""

_RETRY = RetryStrategy(max_attempts=8, exponential_wait=3)
_RESCUE: Final = "jobs.rescue"
_QUEUE: Final = "default"
_DAILY: Final = "daily"


def job_defer(*, task: str, lock: str = "", **arguments: str | int) -> None:
    """Put a job into the queue, in the caller's transaction: rolled back, it never was.

    Args:
        task: the name under which :func:`job` registered it.
        lock: jobs with the same lock run one after the other, in the order in which they were put.
        arguments: what the job is called with.
    """
    app.configure_task(name=task, lock=lock or None).defer(**arguments)


def job(*, name: str) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Register a function as the job ``name``. One that fails is tried again, ever later, eight times in three hours."""

    def register(function: Callable[..., None]) -> Callable[..., None]:
        app.task(name=name, retry=_RETRY)(_at_work(name, function))
        return function

    return register


def periodic_job(*, name: str, cron: str) -> Callable[[Callable[[], None]], Callable[[], None]]:
    """Register a job that every worker's clock puts into the queue at the times of ``cron``, once however many workers there are.

    While one waits or runs no second is put; one that fails is not tried again before its next time.
    """
    return _periodic(name=name, cron=cron)


def job_hourly(*, name: str, minute: int) -> Callable[[Callable[[], None]], Callable[[], None]]:
    """Register a function as the job ``name`` that is put into the queue every hour at ``minute``, once for all workers.

    For what is done once a day. The function sees by itself whether it is done, so that a server that is off at night, or
    for a month, does it in the first hour in which it runs again. One that is still waiting is not put there again.
    """
    return _periodic(name=name, cron=f"{minute} * * * *", queue=_DAILY)


def _periodic(*, name: str, cron: str, queue: str = _QUEUE) -> Callable[[Callable[[], None]], Callable[[], None]]:
    def register(function: Callable[[], None]) -> Callable[[], None]:
        def run(*, timestamp: int) -> None:
            del timestamp  # when it was due: what there is to do is asked of what is stored
            function()

        app.periodic(cron=cron)(app.task(name=name, queue=queue, queueing_lock=name, lock=name)(_at_work(name, run)))
        return function

    return register


def _at_work(name: str, function: Callable[..., None]) -> Callable[..., None]:
    """Let the trail know that it is the platform itself that works, and at what (``adapters.work``)."""

    @wraps(function)
    def working(**arguments: Any) -> None:
        work = Work(door="job", actor="system", what=name, request=new_number())
        with reaching(reach_now(), work=work):
            function(**arguments)

    return working


@app.periodic(cron="* * * * *")
@app.task(name=_RESCUE, pass_context=True, queueing_lock=_RESCUE)
async def _rescue(context: JobContext, timestamp: int) -> None:
    """Put back, every minute, what dead workers were at."""
    del timestamp
    await _stalled_retry(context.app.job_manager, STALLED_AFTER_SECONDS)


async def _stalled_retry(manager: JobManager, seconds: float) -> None:
    for stalled in await manager.get_stalled_jobs(seconds_since_heartbeat=seconds):
        _log.warning("job %s of a worker that died is put back", stalled.id)
        await manager.retry_job(stalled)


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueState:
    """How the queue stands: jobs that could run now and how long the first of them has waited, given up, living workers."""

    waiting: int
    oldest_seconds: float
    failed: int
    workers: int


def queue_state() -> QueueState:
    """Return how the queue stands now, by the database's clock.

    A job waits from the moment it was put there, a repeated one from the moment for which it was put off.

    Raises:
        django.db.DatabaseError: the queue cannot be asked.
    """
    with connections[DEFAULT_DB_ALIAS].cursor() as cursor:
        cursor.execute(
            """
            SELECT count(*) FILTER (WHERE j.status = 'todo' AND due.at <= now()),
                coalesce(extract(epoch FROM now() - min(due.at) FILTER (WHERE j.status = 'todo' AND due.at <= now())), 0),
                count(*) FILTER (WHERE j.status = 'failed'),
                (SELECT count(*) FROM procrastinate_workers WHERE last_heartbeat > now() - make_interval(secs => %s))
            FROM procrastinate_jobs j
            CROSS JOIN LATERAL (
                SELECT coalesce(j.scheduled_at, (SELECT max(e.at) FROM procrastinate_events e WHERE e.job_id = j.id), now()) AS at
            ) due
            WHERE j.status IN ('todo', 'failed')
            """,
            [STALLED_AFTER_SECONDS],
        )
        waiting, oldest, failed, workers = cursor.fetchone()
    return QueueState(waiting=waiting, oldest_seconds=float(oldest), failed=failed, workers=workers)


def worker_run(*, concurrency: int, until_done: bool = False, stalled_after: float = STALLED_AFTER_SECONDS) -> None:
    """Work at jobs until a signal (SIGTERM, SIGINT) ends it politely: what was begun is finished first.

    Args:
        concurrency: how many jobs at the same time.
        until_done: end as soon as the queue is empty; what is done every day is left to workers that stay.
        stalled_after: what workers without a sign of life for so many seconds were at is put back at the start.

    Raises:
        QueueUnreachable: the queue's tables are not there, or the connection broke.
    """
    connections[DEFAULT_DB_ALIAS].ensure_connection()  # starts the embedded server where that is ours to start
    connector = app.connector
    assert isinstance(connector, DjangoConnector)
    with app.replace_connector(connector.get_worker_connector()):
        asyncio.run(_worked(concurrency=concurrency, until_done=until_done, stalled_after=stalled_after))


async def _worked(*, concurrency: int, until_done: bool, stalled_after: float) -> None:
    async with app.open_async():
        await _stalled_retry(app.job_manager, stalled_after)
        await app.run_worker_async(
            queues=[_QUEUE] if until_done else [_QUEUE, _DAILY],
            concurrency=concurrency,
            wait=not until_done,
            delete_jobs="successful",
            update_heartbeat_interval=HEARTBEAT_SECONDS,
            stalled_worker_timeout=stalled_after,
        )
