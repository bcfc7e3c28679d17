"""The log's writer killed between any two of its steps: run again, it comes to a log that verifies, and takes nothing back."""

import signal
from dataclasses import replace

import pytest

from tests.unbreakable.county import points_drawn

pytestmark = pytest.mark.unbreakable

KILLS = 30


def published(place):
    folder = place.var / "tlog"
    return {path: path.read_bytes() for path in folder.rglob("*") if path.is_file() and not path.name.startswith(".")}


def leaves(county, place):
    with county.owner(place.database) as connection:
        return connection.execute("SELECT leaf_index, entry FROM tlog_logleaf ORDER BY 1").fetchall()


def test_killed_at_any_step(county, seed, report):
    stage = county.stages[-1]
    undisturbed = county.place(database=stage.database, var=stage.var)
    code, steps = county.run(["log", "append"], undisturbed)
    assert code == 0, county.log.read_text()[-3000:]
    size = len(leaves(county, undisturbed))
    assert size > 256, "more than one tile"
    county.drop(undisturbed)
    told, stopped = [], []
    for point in points_drawn(replace(stage, steps=steps), KILLS, seed=seed):
        place = county.place(database=stage.database, var=stage.var)
        child = county.start(["log", "append"], place, at=point)
        assert child.end() == -signal.SIGKILL
        before, drawn = published(place), leaves(county, place)
        code, _ = county.run(["log", "append"], place)
        after = published(place)
        key = county.run(["log", "fsck"], place)[0], county.run(["log", "verify"], place)[0]
        problems = [] if (code, *key) == (0, 0, 0) else [county.log.read_text()[-2000:]]
        problems += (
            [] if drawn == leaves(county, place)[: len(drawn)] and len(leaves(county, place)) == size else ["entries changed"]
        )
        problems += [f"{path} changed" for path, content in before.items() if after.get(path) != content]
        told += [f"killed before step {point} ({steps[point - 1]})", *problems] if problems else []
        stopped.append(len(drawn))
        county.drop(place)
    report(
        f"the log's writer killed {len(stopped)} times over {len(steps)} steps, seed {seed}; each time run again to {size} entries"
    )
    if told:
        pytest.fail("\n".join(told), pytrace=False)
