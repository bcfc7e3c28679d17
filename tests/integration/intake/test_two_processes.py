"""Two real processes, started together and let go at the same moment: one outcome, whoever is first."""

import re

import pytest
from django.conf import settings
from tests.factories import intake_world as world
from tests.factories.commands import PERSONS, environment, held, started, wait_until_all_wait
from tests.factories.interleaving import PATIENCE

from xinheng.adapters.postgres.supervisor import OWNER_ROLE
from xinheng.intake.models import Submission, SubmissionState
from xinheng.records.models import CurrentRecord, RecordVersion

pytestmark = [pytest.mark.unbreakable, pytest.mark.usefixtures("five_organisations")]

HELD = ("intake_submission", "records_recordversion")
"""Where both stand: before either has looked; one before it publishes, and one behind it."""


@pytest.fixture
def both(fresh_database, postgres_server, owner_connection):
    """Return a function that runs two commands at once and tells what each said."""
    conninfo = postgres_server.conninfo(dbname=fresh_database, user=OWNER_ROLE)
    own = environment(postgres_server, database=fresh_database, var=settings.XINHENG_VAR)

    def run(*lines, table):
        with held(conninfo, table=table):
            processes = [started(*line, environment=own) for line in lines]
            wait_until_all_wait(owner_connection, processes)
        told = [process.communicate(timeout=PATIENCE)[0] for process in processes]
        for process, text in zip(processes, told, strict=True):
            assert process.returncode in (0, 1), text
        return told

    return run


def test_the_same_file_from_two_processes_is_stored_once(tmp_path, both):
    for series, table in enumerate(HELD):
        good = [world.penalty(10 * series + number, subject=number) for number in range(1, 5)]
        path = world.file_write(tmp_path / f"{series}.csv", [*good, world.penalty(10 * series + 5, subject=5, CF_NR_FK="")])
        line = ("intake", "load", str(path), *PERSONS, "--out-dir", str(tmp_path))

        told = both(line, line, table=table)

        submissions = Submission.objects.filter(file_name=path.name)
        numbers = {number for text in told for number in re.findall(r"FJ-?\d[\d-]+", text)}
        assert numbers == {submission.number for submission in submissions}, "both tell what is stored, and nothing else"
        assert {submission.state for submission in submissions} == {SubmissionState.PUBLISHED}
        assert CurrentRecord.objects.count() == RecordVersion.objects.count() == 4 * (series + 1), table
        assert world.sequence_is_whole()
        assert not [file for file in (settings.XINHENG_VAR / "intake").rglob("*") if file.is_file()]


def test_a_correction_and_a_revocation_from_two_processes(tmp_path, both):
    world.load(world.file_write(tmp_path / "处罚.csv", [world.penalty(1)]))
    right = {"COLUMN_CODE": "CF_NR_FK", "RIGHT_VALUE": "3.5"}
    correction = world.file_write(tmp_path / "更正.csv", [world.act("correction", 1, **right)], item_id="correction")
    revocation = world.file_write(tmp_path / "撤销.csv", [world.act("revocation", 1)], item_id="revocation")

    both(*(("act", "import", str(path), *PERSONS) for path in (correction, revocation)), table="records_recordversion")

    record = world.record(1)
    assert (record.fine_fen, record.version_no, record.revoked_date is None) == (3_500_000, 3, False), "neither is lost"
    assert world.sequence_is_whole()
