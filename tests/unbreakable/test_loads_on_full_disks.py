"""No room left in the middle of a load: told in words, nothing half; with room again the same command comes to an undisturbed run's rows.

A limit on the size of files (RLIMIT_FSIZE) stands for the full disk: of the command's process from one of its steps on, of the server's
processes from their start.
"""

import resource
from collections import Counter
from itertools import pairwise

import pytest

from tests.unbreakable.test_processes_killed import problems_of, resume

pytestmark = pytest.mark.unbreakable
WORDS = "磁盘写满了"
LIMIT = 4_000
"""In bytes: more than what the command says, less than a file of the county."""
SERVERS_LIMIT = 1_500_000
"""What the server needs to start (a mebibyte of shared memory), and a little more."""
STRIKES = {"penalties": 6, "again": 3, "correction": 2}
"""How often the disk gets full in each command."""


def _stage(county, name):
    return next(stage for stage in county.stages if stage.command.name == name)


def _points(stage, count):
    """Return steps before which the disk gets full: the first, and places over the whole run at which a file is begun."""
    begun = [number for number, label in enumerate(stage.steps, start=1) if label.startswith("write ")]
    edges = [index * len(begun) // count for index in range(count + 1)]
    return sorted({begun[first] for first, last in pairwise(edges) if first < last} | {1, begun[-1]})


@pytest.mark.parametrize("name", list(STRIKES))
def test_a_load_on_a_disk_that_gets_full(county, name, report):
    stage, told, struck, spared = _stage(county, name), [], Counter(), 0
    for turn, point in enumerate(_points(stage, STRIKES[name])):
        place = county.place(database=stage.database, var=stage.var)
        log = place.folder / "told.log"
        line = stage.command.line(files=county.files, out=place.out)
        code, steps = county.run(line, place, at=point, limit=LIMIT, log=log)
        said = log.read_text(encoding="utf-8")
        if code in (0, 1):
            spared += 1  # nothing longer was written after this step
        else:
            struck[f"{county.reached(stage.command, place)} at {steps[-1].split('.')[0][:24]}"] += 1
        problems = [] if code in (0, 1) or (code == 2 and WORDS in said) else [f"ended with {code}: {said[-900:]}"]
        problems += ["a traceback"] if "Traceback" in said else []
        resume(county, stage, place, by_resuming=turn % 2 == 1)
        problems += problems_of(county, stage, place, without_actors=turn % 2 == 1)
        told += [f"full at step {point}, {stage.steps[point - 1]}: {problem}" for problem in problems]
        county.drop(place)
    report(f"{name}: full {sum(struck.values())} times, {dict(struck)}; {spared} times nothing more was written")
    assert not told, "\n".join(told)
    assert sum(struck.values()) >= 2, "the limit struck"
    if name == "penalties":
        assert len({where.split()[0] for where in struck}) >= 3, "at different steps of a submission"


def test_a_load_while_the_servers_disk_is_full(county, report):
    """The server cannot write: the statement fails or the server stops; with room again it is as if nothing had been."""
    stage = _stage(county, "penalties")
    place = county.place(database=stage.database, var=stage.var)
    log = place.folder / "told.log"
    with county.owner("postgres") as admin:
        admin.execute("SELECT pg_switch_wal()")  # its log of changes goes on at the beginning of a file
    former = resource.getrlimit(resource.RLIMIT_FSIZE)
    county.server.release()
    resource.setrlimit(resource.RLIMIT_FSIZE, (SERVERS_LIMIT, former[1]))
    try:
        county.server.acquire()
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, former)
    code, _ = county.run(stage.command.line(files=county.files, out=place.out), place, log=log)
    county.server.release()
    county.server.acquire()
    said = log.read_text(encoding="utf-8")
    assert code == 2, (code, said[-2000:])
    assert "Traceback" not in said
    assert WORDS in said or "与数据库的连接断了" in said, said
    report(f"the server's disk full: {county.reached(stage.command, place)}, {said.strip().splitlines()[-1][:160]}")
    resume(county, stage, place, by_resuming=False)
    told = problems_of(county, stage, place, without_actors=False)
    assert not told, "\n".join(told)
    county.drop(place)
