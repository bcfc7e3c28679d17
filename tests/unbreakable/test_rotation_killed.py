"""A rotation of keys killed between any two of its steps: at every moment everything opens, and called again it comes to its end."""

import signal
from dataclasses import replace
from datetime import timedelta

import pytest

from tests.factories import intake_world as world
from tests.unbreakable.county import points_drawn
from tests.unbreakable.running import MASTER_KEY
from xinheng.adapters import crypto
from xinheng.adapters.key_ring import Ring, ring_in
from xinheng.operations.selectors.keys import generations_held, generations_unopened
from xinheng.records.domain import PERSON_KEY_PURPOSE

pytestmark = pytest.mark.unbreakable

KILLS = 30
LATER = world.NOW + timedelta(hours=25)


def _opened(connection, ring: Ring):
    """Return the name in every sealed version, and how many stored keys there are."""
    rows = connection.execute(
        "SELECT v.seq, k.material, v.sealed, k.key_id FROM records_recordversion v JOIN records_recordkey k USING (key_id)"
    ).fetchall()
    assert len(rows) > 1_000
    assert generations_unopened(connection, ring) == {}
    return {
        seq: crypto.open_sealed(
            crypto.derived_key(purpose=PERSON_KEY_PURPOSE, stored=bytes(material), ring=ring), bytes(sealed), key_id.bytes
        )
        for seq, material, sealed, key_id in rows
    }


def _ring_of(place):
    ring = ring_in(place.var / "keys")
    assert ring is not None
    return ring


@pytest.fixture
def rotating(county, monkeypatch):
    """Give a function that makes a copy of the county whose one key is in a file, as a deployment of before the ring has it."""
    monkeypatch.delenv("XINHENG_MASTER_KEY")
    stage = county.stages[-1]

    def make():
        place = county.place(database=stage.database, var=stage.var)
        keys = place.var / "keys"
        keys.mkdir(mode=0o700, exist_ok=True)
        (keys / "master.key").write_bytes(bytes.fromhex(MASTER_KEY))
        return place

    return make


def test_killed_at_any_step(county, rotating, seed, report):
    line = ["keys", "rotate", "--suite", "sm"]
    undisturbed = rotating()
    with county.owner(undisturbed.database) as connection:
        wanted = _opened(connection, _ring_of(undisturbed))
    code, steps = county.run(line, undisturbed, ring_in_file=True)
    assert code == 0, county.log.read_text()[-3000:]
    with county.owner(undisturbed.database) as connection:
        assert _opened(connection, _ring_of(undisturbed)) == wanted
        assert set(generations_held(connection)) == {2}
    county.drop(undisturbed)
    told, stopped = [], []
    for point in points_drawn(replace(county.stages[-1], steps=steps), KILLS, seed=seed):
        place = rotating()
        child = county.start(line, place, at=point, ring_in_file=True)
        assert child.end() == -signal.SIGKILL
        problems = []
        with county.owner(place.database) as connection:
            stopped.append(len(generations_held(connection)))
            problems += [] if _opened(connection, _ring_of(place)) == wanted else ["not everything opens after the kill"]
            code, _ = county.run(line, place, ring_in_file=True)
            problems += [] if code == 0 else [county.log.read_text()[-2000:]]
            problems += [] if _opened(connection, _ring_of(place)) == wanted else ["not everything opens after the second call"]
            held = set(generations_held(connection))
            problems += [] if held == {_ring_of(place).current} else [f"generations {held} are still used"]
        code, _ = county.run(["keys", "forget", "1"], place, now=LATER, ring_in_file=True)
        with county.owner(place.database) as connection:
            problems += [] if code == 0 else ["the first generation was not forgotten"]
            problems += [] if _opened(connection, _ring_of(place)) == wanted else ["not everything opens after forgetting"]
        told += [f"killed before step {point} ({steps[point - 1]})", *problems] if problems else []
        county.drop(place)
    report(
        f"a rotation killed {len(stopped)} times over {len(steps)} steps, seed {seed}; {sum(one == 2 for one in stopped)} times half done"
    )
    if told:
        pytest.fail("\n".join(told), pytrace=False)
