"""A real worker process: it does what was put into the queue, and what a killed one was at."""

import os
import signal

import pytest
from django.conf import settings
from django.db import transaction
from procrastinate.contrib.django.models import ProcrastinateJob
from tests.factories import intake_world as world
from tests.factories.commands import environment, held, started, wait_until_all_wait
from tests.factories.interleaving import PATIENCE

from xinheng.adapters.postgres.supervisor import OWNER_ROLE
from xinheng.intake.models import Submission, SubmissionEvent, SubmissionState
from xinheng.intake.services import submission_receive

pytestmark = pytest.mark.usefixtures("five_organisations")


def receive(tmp_path) -> Submission:
    path = world.file_write(tmp_path / "处罚.csv", [world.penalty(number) for number in range(1, 6)])
    return submission_receive(path=path, organ_code=world.ORGAN, clerk="演示经办", now=world.NOW, advance_later=True)


@pytest.mark.unbreakable
def test_a_killed_worker_loses_and_doubles_nothing(tmp_path, fresh_database, postgres_server, owner_connection):
    submission = receive(tmp_path)
    own = environment(postgres_server, database=fresh_database, var=settings.XINHENG_VAR)
    conninfo = postgres_server.conninfo(dbname=fresh_database, user=OWNER_ROLE)
    # Killed while it waits in the middle of a step: the table that the step writes its findings to is held.
    with held(conninfo, table="intake_submissionfinding"):
        first = started("worker", "--until-done", environment=own)
        wait_until_all_wait(owner_connection, [first])
        os.kill(first.pid, signal.SIGKILL)
        first.wait(timeout=PATIENCE)
    submission.refresh_from_db()
    assert submission.state in (SubmissionState.RECEIVED, SubmissionState.LANDED)
    assert ProcrastinateJob.objects.get(task_name="intake.submission_advance").status == "doing"

    # The next one takes over what has shown no sign of life.
    second = started("worker", "--until-done", "--stalled-after", "0.1", environment=own)
    told = second.communicate(timeout=PATIENCE)[0]
    assert second.returncode == 0, told
    submission.refresh_from_db()
    assert (submission.state, submission.counts["accepted"]) == (SubmissionState.MATCHED, 5)
    actions = list(SubmissionEvent.objects.order_by("id").values_list("action", flat=True))
    assert actions == ["received", "landed", "checked", "matched"]
    assert not ProcrastinateJob.objects.filter(task_name="intake.submission_advance").exists()


def test_rolled_back_there_was_no_job(tmp_path, fresh_database):
    class Undone(Exception):
        pass

    def undone() -> None:
        with transaction.atomic():
            receive(tmp_path)
            raise Undone

    with pytest.raises(Undone):
        undone()
    assert not Submission.objects.exists()
    assert not ProcrastinateJob.objects.exists()
