"""A process killed anywhere: resumed, everything is stored as if nothing had happened, row for row."""

import signal
import zipfile
from collections import Counter

import pytest
from django.conf import settings
from django.db import connections

from tests.unbreakable.comparing import differences, files_below, stored
from tests.unbreakable.county import County, Place, Stage, points_drawn
from tests.unbreakable.journeys import COMMANDS
from xinheng.intake.models import Doubt, Submission, SubmissionOriginal
from xinheng.intake.services._doubts import row_opened
from xinheng.intake.services.originals import original_opened, submission_key
from xinheng.records.models import RecordVersion
from xinheng.records.services import person_fields_open

pytestmark = pytest.mark.unbreakable


def problems_of(county: County, stage: Stage, place: Place, *, without_actors: bool) -> list[str]:
    """Return in words what differs between a resumed run and the undisturbed one: tables, sealed contents, files."""
    with county.owner(place.database) as connection:
        found = stored(connection, without_actors=without_actors)
    told = differences(stage.wanted_without_actors if without_actors else stage.wanted, found)
    told += _sealed_problems(place)
    if (place.var / "intake").exists():
        told += [f"left between the steps: {name}" for name in files_below(place.var / "intake")]
    for path in place.out.iterdir():
        if path.suffix == ".xlsx" and not path.name.startswith("."):
            told += [] if path.name in stage.out else [f"a workbook of nothing: {path.name}"]
            told += [] if zipfile.is_zipfile(path) else [f"half a workbook: {path.name}"]
    return told


def _sealed_problems(place: Place) -> list[str]:
    """Open everything that is sealed; each opens only with its own key in its own place."""
    connections.close_all()
    for connection in connections.all():
        connection.settings_dict["NAME"] = place.database
    settings.XINHENG_VAR = place.var
    opened = person_fields_open(versions=RecordVersion.objects.exclude(key_id=None))
    told = [f"version {seq} lost its sealed content" for seq, content in opened.items() if not content]
    for doubt in Doubt.objects.select_related("submission"):
        row = row_opened(doubt, key=submission_key(submission=doubt.submission))
        told += [] if row["_row"] == doubt.row else [f"doubt of row {doubt.row} holds another row"]
    for submission in Submission.objects.all():
        with original_opened(submission=submission) as path:
            told += [] if path.stat().st_size == submission.file_size else [f"the original of {submission} is not whole"]
    named = set(SubmissionOriginal.objects.values_list("stored_as", flat=True))
    kept = set(files_below(place.var / "originals")) if (place.var / "originals").exists() else set()
    # A process killed before its file had a number leaves one that nobody can open; the daily purge removes it.
    told += [] if len(kept - named) <= 1 else ["more than one stray original"]
    connections.close_all()
    return told


def resume(county: County, stage: Stage, place: Place, *, by_resuming: bool) -> None:
    """Do what a person does after a stop: ``intake resume``, or the same command again, which the receipt names too."""
    command = stage.command
    if by_resuming:
        code, _ = county.run(["intake", "resume", "--by", "演示经办"], place)
        assert code == 0, county.log.read_text()[-3000:]
    if not county.is_done(command, place):
        code, _ = county.run(command.line(files=county.files, out=place.out), place)
        assert code in (0, 1), county.log.read_text()[-3000:]
    assert county.is_done(command, place)
    if not by_resuming:
        # What a finished submission left behind goes with the next resuming, whoever finished it.
        code, _ = county.run(["intake", "resume"], place)
        assert code == 0


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command.name)
def test_killed_at_any_step(county, seed, command, report):
    stage = next(stage for stage in county.stages if stage.command is command)
    hit, told = Counter(), []
    for turn, point in enumerate(points_drawn(stage, command.kills, seed=seed)):
        goes_on, by_resuming = turn % 2 == 1, turn % 4 < 2
        place = county.place(database=stage.database, var=stage.var)
        child = county.start(command.line(files=county.files, out=place.out), place, at=point, goes_on=goes_on)
        if goes_on:
            # Wherever the process is by now: somewhere after the step.
            child.told()
            child.process.kill()
        code = child.end()
        problems = [] if goes_on or code == -signal.SIGKILL else [f"it ended with {code}"]
        hit[county.reached(command, place)] += 1
        resume(county, stage, place, by_resuming=by_resuming)
        problems += problems_of(county, stage, place, without_actors=by_resuming)
        if problems:
            told += ["", f"killed {'after' if goes_on else 'at'} step {point} of {len(stage.steps)}: {stage.steps[point - 1]}"]
            told += problems
        county.drop(place)
    report(f"{command.name}: {len(stage.steps)} steps, killed {command.kills} times, at {dict(hit)}")
    if told:
        pytest.fail("\n".join([f"XINHENG_SEED={seed} brings it back", *told]), pytrace=False)


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command.name)
def test_run_again_after_its_end_nothing_is_doubled(county, command):
    stage = next(stage for stage in county.stages if stage.command is command)
    place = county.place(database=stage.database, var=stage.var)
    for _ in range(2):
        code, _ = county.run(command.line(files=county.files, out=place.out), place)
        assert code in (0, 1), county.log.read_text()[-3000:]
    with county.owner(place.database) as connection:
        found = stored(connection)
    same = ("records_recordversion", "records_currentrecord", "records_publicationcounter", "records_recordkey")
    same += ("subjects_subject", "subjects_subjectname", "subjects_subjectcode", "subjects_subjectstatus")
    for table in same:
        assert found[table] == stage.wanted[table], table
    county.drop(place)
