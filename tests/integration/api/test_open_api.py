"""The open API says what the pages say, of whom it may, with its limits, in one form of error."""

from datetime import date
from uuid import uuid4

import pytest
from tests.factories.limits import limit_the_site
from tests.factories.portal import TODAY, make_county

from xinheng.adapters import clock
from xinheng.config.api import openapi
from xinheng.publicity.domain import record_plain
from xinheng.publicity.selectors import displays_of_subject
from xinheng.subjects.models import Subject

pytestmark = pytest.mark.django_db
ROOT = "/api/v1"


@pytest.fixture(autouse=True)
def _on_the_day():
    with clock.fixed(TODAY):
        yield


@pytest.fixture
def county():
    return make_county()


def code_of(subject_id):
    return Subject.objects.get(pk=subject_id).uscc


def get(client, path, **query):
    return client.get(ROOT + path, query)


def problem(response, status, code):
    assert response.status_code == status
    assert response["Content-Type"] == "application/problem+json"
    told = response.json()
    assert told["code"] == code
    assert told["detail"]
    assert told["detail_en"]
    return told


def test_every_answer_says_as_of_when_and_how_fresh(client, county):
    for path in (
        "/organisations?q=云帆",
        f"/organisations/{code_of(county.company)}",
        "/statistics",
        "/lists/administrative_licence",
    ):
        meta = client.get(ROOT + path).json()["meta"]
        assert meta["as_of"].startswith(TODAY.isoformat())
        assert meta["publication"] > 0
        assert meta["catalogue"]
        assert {"organ", "last_reported", "cannot_say"} == set(meta["sources"][0])


def test_search_says_why_and_nothing_of_what_is_recorded(client, county):
    response = get(client, "/organisations", q="云帆")
    found = response.json()
    assert {hit["name"] for hit in found["organisations"]} >= {"夔门云帆食品有限公司（演示）", "云帆小吃店（演示）"}
    assert all(hit["why"] for hit in found["organisations"])
    assert "处罚" not in response.content.decode()


def test_an_organisations_records_are_what_every_door_shows(client, county):
    answer = get(client, f"/organisations/{code_of(county.company)}/records").json()
    shown = displays_of_subject(subject_id=county.company, on_date=TODAY, found_exactly=True)
    assert len(shown) > 2
    assert answer["records"] == [record_plain(record) for record in shown]


def test_the_counts_are_of_these_records(client, county):
    counts = get(client, f"/organisations/{code_of(county.company)}").json()["counts"]
    records = get(client, f"/organisations/{code_of(county.company)}/records").json()["records"]
    assert sum(counts.values()) == len(records)


class TestSoleTraders:
    def test_adverse_records_by_code_only(self, client, county):
        by_code = get(client, f"/organisations/{code_of(county.trader)}/records").json()["records"]
        assert str(county.trader_penalty) in {record["id"] for record in by_code}
        problem(get(client, f"/records/{county.trader_penalty}"), 404, "api.not_found")
        listed = get(client, "/lists/administrative_penalty", limit=100).json()["records"]
        assert str(county.trader_penalty) not in {record["id"] for record in listed}

    def test_no_address_below_the_township(self, client, county):
        answer = get(client, f"/organisations/{code_of(county.trader)}").content.decode()
        assert "号" not in answer.split('"registration"')[1].split("]")[0]


def test_what_ended_and_what_never_was_are_the_same(client, county):
    ended = problem(get(client, f"/records/{county.ended}"), 404, "api.not_found")
    assert ended == problem(get(client, f"/records/{uuid4()}"), 404, "api.not_found")
    problem(get(client, "/organisations/91500236XN9999999X"), 404, "api.not_found")


def test_a_dispute_is_said_with_the_record(client, county):
    dispute = get(client, f"/records/{county.disputed}").json()["record"]["dispute"]
    assert date.fromisoformat(dispute["since"]) <= TODAY <= date.fromisoformat(dispute["until"])


def test_a_list_pages_by_cursor_to_its_end(client, county):
    seen, cursor = [], ""
    while cursor is not None:
        page = get(client, "/lists/administrative_licence", limit=1, cursor=cursor).json()
        seen += [record["id"] for record in page["records"]]
        cursor = page["next"]
    everything = get(client, "/lists/administrative_licence", limit=100).json()["records"]
    assert seen == [record["id"] for record in everything]
    assert seen


def test_nothing_new_is_not_sent_again(client, county):
    first = get(client, "/statistics")
    assert first["Cache-Control"] == "private, no-cache"
    again = client.get(f"{ROOT}/statistics", headers={"If-None-Match": first["ETag"]})
    assert again.status_code == 304
    with clock.fixed(date(2026, 11, 23)):
        assert client.get(f"{ROOT}/statistics", headers={"If-None-Match": first["ETag"]}).status_code == 200


@pytest.mark.parametrize(
    ("path", "code"),
    [
        ("/organisations?q=云", "api.invalid"),
        ("/organisations", "api.invalid"),
        ("/organisations?q=云帆&limit=101", "api.invalid"),
        ("/lists/administrative_licence?cursor=x", "publicity.place_not_read"),
        ("/lists/administrative_licence?decided_from=2026-13-01", "api.invalid"),
        ("/records/1", "api.invalid"),
    ],
)
def test_what_is_asked_wrongly_is_said_in_two_languages(client, county, path, code):
    problem(client.get(ROOT + path), 422, code)


def test_no_item_no_list(client, county):
    problem(get(client, "/lists/nothing"), 404, "api.not_found")


def test_too_many_are_told_when_to_come_again(client, county, monkeypatch):
    limit_the_site(monkeypatch, API="2/m")
    answers = [get(client, "/sources") for _ in range(3)]
    assert [answer.status_code for answer in answers] == [200, 200, 429]
    problem(answers[-1], 429, "api.too_many")
    assert answers[-1]["Retry-After"] == "30"


def test_every_operation_is_described():
    described = openapi()
    assert described["openapi"].startswith("3.1")
    for path, operations in described["paths"].items():
        for operation in operations.values():
            assert operation["summary"], path
            assert operation["description"], path
