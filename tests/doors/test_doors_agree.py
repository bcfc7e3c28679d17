"""Page = API = list = export = report for the same organisation and moment, and nothing forbidden in any of them.

P2: adverse records of sole traders only for who asks by full name or code, and in no list or export. P3: no personal
number, person, remark or unconfirmed text. P8: what has ended is in no door. P9: an open objection is said in every door.
"""

import re
from collections.abc import Iterator
from uuid import UUID

import pytest
from django.test import Client

from tests.doors.doors import MARKERS, OF_AN_ORGANISATION, OF_THE_COUNTY, Answer, Door, Told, World
from tests.factories.drawn_county import PERSONAL_NUMBERS, Drawn, Fate, draw_county
from tests.factories.limits import limit_the_site
from tests.factories.portal import TODAY
from xinheng.adapters import clock

pytestmark = pytest.mark.django_db
SEED = 20261122


@pytest.fixture(params=[pytest.param(30, id="30"), pytest.param(500, id="500", marks=pytest.mark.doors)])
def world(request: pytest.FixtureRequest, tmp_path, monkeypatch, settings) -> Iterator[World]:
    limit_the_site(monkeypatch)
    settings.XINHENG_DEMO = True
    # What the page says was read from the data; setting it five hundred times over is for other tests.
    monkeypatch.setattr("xinheng.reports.services.issue.report_pdf", lambda **_: b"")
    with clock.fixed(TODAY):
        yield World(county=draw_county(request.param, seed=SEED), client=Client(), folder=tmp_path)


def wanted_of(door: Door, records: list[Drawn], shown: dict[UUID, Told], answer: Answer) -> dict[UUID, Told]:
    """Return what a door has to tell of these records, where ``shown`` is what the organisations' pages told."""
    return {
        record.record_id: answer.told.get(record.record_id, shown[record.record_id])
        if door.by_number_only
        else shown[record.record_id]
        for record in records
        if record.record_id in shown
        and record.item_id in door.items
        and (door.to_whom_asks_exactly or not record.for_whom_asks_exactly)
        and (door.tells_all or record.record_id in answer.told)
    }


def forbidden(door: Door, answer: Answer, gone: set[int], hidden: set[int]) -> Iterator[str]:
    """Say what stands in a door that must not: planted texts, personal numbers, documents that are no longer shown."""
    marks = re.compile("|".join([*(MARKERS - door.may_carry), PERSONAL_NUMBERS]))
    for text in answer.raw:
        yield from (f"{door.name}: {found}" for found in set(marks.findall(text)))
        numbers = {int(number) for number in re.findall(r"演示(\d+)号", text)}
        yield from (f"{door.name}: ended document {number}" for number in numbers & gone)
        if not door.to_whom_asks_exactly:
            yield from (f"{door.name}: a sole trader's document {number}" for number in numbers & hidden)


def test_all_doors_tell_the_same_and_nothing_forbidden(world):
    county = world.county
    first, *others = OF_AN_ORGANISATION
    shown: dict[UUID, Told] = {}
    answers: list[tuple[Door, Answer, list[Drawn]]] = []
    for number, organisation in enumerate(county.organisations):
        told = first.ask(world, organisation)
        shown |= told.told
        records = county.of(organisation)
        answers.append((first, told, records))
        answers += [(door, door.ask(world, organisation), records) for door in others if number % door.one_in == 0]
    answers += [(door, door.ask(world), list(county.records.values())) for door in OF_THE_COUNTY]

    wrong = [
        f"{door.name}: {record}: {answer.told.get(record)}, the page: {wanted.get(record)}"
        for door, answer, records in answers
        if answer.told != (wanted := wanted_of(door, records, shown, answer))
        for record in answer.told.keys() ^ wanted.keys() or wanted
        if answer.told.get(record) != wanted.get(record)
    ]
    gone = {record.number for record in county.records.values() if record.record_id not in shown}
    hidden = {record.number for record in county.records.values() if record.for_whom_asks_exactly}
    wrong += [text for door, answer, _ in answers for text in forbidden(door, answer, gone, hidden)]
    assert not wrong, "\n".join(wrong[:20])

    fates = [
        record
        for record in county.records.values()
        if (record.fate is Fate.SHOWN) > (record.record_id in shown) or (record.fate is Fate.GONE and record.record_id in shown)
    ]
    assert fates == []
    assert {record.record_id for record in county.records.values() if record.disputed and record.record_id in shown} == {
        record for record, told in shown.items() if told.disputed
    }
    assert len(shown) > len(county.organisations), "a county where little is shown proves little"
    assert any(record.for_whom_asks_exactly and record.record_id in shown for record in county.records.values())
    assert any(told.disputed for told in shown.values())
