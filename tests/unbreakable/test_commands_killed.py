"""``python -m xinheng``, started anew with nothing of a test in it, killed where it waits: given again, nothing is lost."""

import signal

import pytest

from tests.factories.commands import environment, held, started, wait_until_all_wait
from tests.factories.interleaving import PATIENCE
from tests.unbreakable.comparing import differences, files_below, stored

pytestmark = pytest.mark.unbreakable

POINTS = ("intake_submission", "intake_submissionevent", "subjects_subject", "intake_submissionrow", "records_currentrecord")
"""Tables at which the command stands when it is killed, from its first look to the end of publishing."""


def _run(county, place, *words):
    process = started(*words, environment=environment(county.server, database=place.database, var=place.var))
    told, _ = process.communicate(timeout=PATIENCE)
    assert process.returncode in (0, 1), told


def _stored(county, place, *, without_actors):
    with county.owner(place.database) as connection:
        return stored(connection, without_actors=without_actors, without_times=True)


def test_a_fresh_command_killed_where_it_waits(county, report):
    (stage,) = [stage for stage in county.stages if stage.command.name == "penalties"]
    command = stage.command
    undisturbed = county.place(database=stage.database, var=stage.var)
    _run(county, undisturbed, *command.line(files=county.files, out=undisturbed.out))
    hit, told = [], []
    for turn, table in enumerate(POINTS):
        by_resuming = turn % 2 == 0
        place = county.place(database=stage.database, var=stage.var)
        line = command.line(files=county.files, out=place.out)
        conninfo = county.server.conninfo(dbname=place.database, user="xinheng_owner")
        with county.owner(place.database) as connection, held(conninfo, table=table):
            process = started(*line, environment=environment(county.server, database=place.database, var=place.var))
            wait_until_all_wait(connection, [process])
            process.kill()
            process.communicate(timeout=PATIENCE)
        assert process.returncode == -signal.SIGKILL
        hit.append(county.reached(command, place))

        if by_resuming:
            _run(county, place, "intake", "resume", "--by", "演示经办")
        if not county.is_done(command, place):
            _run(county, place, *line)
        _run(county, place, "intake", "resume")
        wanted, found = (_stored(county, one, without_actors=by_resuming) for one in (undisturbed, place))
        problems = differences(wanted, found)
        problems += [f"left between the steps: {name}" for name in files_below(place.var / "intake")]
        told += [f"killed at {table}", *problems] if problems else []
        county.drop(place)
    county.drop(undisturbed)
    report(f"fresh processes killed at {', '.join(f'{table}: {state}' for table, state in zip(POINTS, hit, strict=True))}")
    if told:
        pytest.fail("\n".join(told), pytrace=False)
