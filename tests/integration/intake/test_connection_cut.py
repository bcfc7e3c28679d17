"""The connection of a working command is cut (a proxy restarts, an administrator ends it): told in words, nothing half, done again whole."""

import pytest
from django.conf import settings
from tests.factories import intake_world as world
from tests.factories.commands import PERSONS, environment, held, started, wait_until_all_wait
from tests.factories.interleaving import PATIENCE

from xinheng.adapters.postgres.supervisor import OWNER_ROLE
from xinheng.intake import services
from xinheng.intake.models import Submission, SubmissionRow, SubmissionState
from xinheng.records.models import CurrentRecord, RecordVersion

pytestmark = [pytest.mark.unbreakable, pytest.mark.usefixtures("five_organisations")]

CUT = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"


@pytest.mark.parametrize("table", ["intake_submission", "intake_submissionfinding", "records_recordversion"])
def test_a_command_whose_connection_is_cut(tmp_path, fresh_database, postgres_server, owner_connection, table):
    path = world.file_write(tmp_path / "处罚.csv", [world.penalty(number) for number in range(1, 6)])
    own = environment(postgres_server, database=fresh_database, var=settings.XINHENG_VAR)
    line = ("intake", "load", str(path), *PERSONS, "--out-dir", str(tmp_path))
    with held(postgres_server.conninfo(dbname=fresh_database, user=OWNER_ROLE), table=table):
        cut = started(*line, environment=own)
        wait_until_all_wait(owner_connection, [cut])
        assert owner_connection.execute(CUT).fetchall() == [(True,)]
        told = cut.communicate(timeout=PATIENCE)[0]
    assert cut.returncode == 2, told
    assert "Traceback" not in told
    assert "与数据库的连接断了" in told
    assert RecordVersion.objects.count() == 0, "a step is done whole or not at all"

    services.submissions_resume(actor="system", now=world.NOW)
    again = started(*line, environment=own)
    told = again.communicate(timeout=PATIENCE)[0]
    assert again.returncode == 0, told
    assert set(Submission.objects.values_list("state", flat=True)) == {SubmissionState.PUBLISHED}
    assert CurrentRecord.objects.count() == RecordVersion.objects.count() == 5
    assert world.sequence_is_whole()
    for submission in Submission.objects.all():
        assert SubmissionRow.objects.filter(submission=submission).count() == 5
    assert not [file for file in (settings.XINHENG_VAR / "intake").rglob("*") if file.is_file()]
