"""The database server killed under a working process: what was committed is there, the rest never was."""

from collections import Counter
from contextlib import suppress

import pytest

from tests.unbreakable.county import County, Place, killed, points_drawn
from tests.unbreakable.journeys import COMMANDS
from tests.unbreakable.test_processes_killed import problems_of, resume

pytestmark = pytest.mark.unbreakable

HOW = ("postmaster", "backend", "everything")


def _postmaster(county: County) -> int:
    return int((county.server.data / "postmaster.pid").read_text().split()[0])


def _strike(county: County, place: Place, how: str) -> None:
    """Kill the server's first process, the working process's backend, or all of the server at once (power cut)."""
    postmaster = _postmaster(county)
    if how == "backend":
        with county.owner("postgres") as admin:
            found = admin.execute("SELECT pid FROM pg_stat_activity WHERE datname = %s", [place.database]).fetchone()
        if found is not None:
            killed(found[0])
    else:
        killed(postmaster, with_group=how == "everything")


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command.name)
def test_the_server_dies_at_any_step(county, seed, command, report):
    stage = next(stage for stage in county.stages if stage.command is command)
    hit, told = Counter(), []
    for turn, point in enumerate(points_drawn(stage, command.server_kills, seed=seed + 1)):
        how = HOW[(turn + COMMANDS.index(command)) % len(HOW)]
        place = county.place(database=stage.database, var=stage.var)
        line = command.line(files=county.files, out=place.out)
        child = county.start(line, place, at=point, waits=turn % 2 == 0, goes_on=turn % 2 == 1)
        child.told()
        _strike(county, place, how)
        # One that does not wait may have come to its end by the lost connection already.
        with suppress(BrokenPipeError):
            child.pipe.send("go on")
        code = child.end()
        problems = [] if code in (0, 1, 2) else [f"it ended with {code}:", county.log.read_text()[-2000:]]
        by_resuming = turn % 2 == 0
        resume(county, stage, place, by_resuming=by_resuming)
        hit[how] += 1
        problems += problems_of(county, stage, place, without_actors=by_resuming)
        if problems:
            told += ["", f"{how} killed at step {point} of {len(stage.steps)}: {stage.steps[point - 1]}", *problems]
        county.drop(place)
    report(f"{command.name}: server killed {dict(hit)}")
    if told:
        pytest.fail("\n".join([f"XINHENG_SEED={seed} brings it back", *told]), pytrace=False)
