"""Running what was put into the queue, in the test's own transaction."""

from typing import Any

from procrastinate.contrib.django import app
from procrastinate.contrib.django.models import ProcrastinateJob


def jobs_waiting() -> list[tuple[str, dict[str, Any]]]:
    """Return the names and arguments of the jobs in the queue, in order."""
    return list(ProcrastinateJob.objects.filter(status="todo").order_by("id").values_list("task_name", "args"))


def jobs_run() -> int:
    """Run every job in the queue as a worker would, and return how many there were.

    In the caller's thread and connection: a worker of its own would not see what a test has not committed.
    """
    done = 0
    while (job := ProcrastinateJob.objects.filter(status="todo").order_by("id").first()) is not None:
        app.perform_import_paths()
        app.tasks[job.task_name].func(**job.args)
        from django.db import connection

        with connection.cursor() as cursor:
            cursor.execute("UPDATE procrastinate_jobs SET status = 'succeeded' WHERE id = %s", [job.pk])
        done += 1
    return done
