"""The open-data page says what can be downloaded now, how to verify it, and that the terms are provisional."""

import pytest
from tests.factories.portal import TODAY, make_county
from tests.factories.records import NOW

from xinheng.adapters import clock
from xinheng.opendata.services import snapshot_make
from xinheng.records import services as records

pytestmark = pytest.mark.django_db


@pytest.fixture
def county():
    with clock.fixed(TODAY):
        yield make_county()


def text_of(client):
    response = client.get("/open-data/")
    assert response.status_code == 200
    return response.content.decode()


def test_before_the_first_snapshot(client, county):
    assert "还没有制作快照" in text_of(client)


def test_number_time_size_hash_and_terms(client, county, django_assert_max_num_queries):
    manifest = snapshot_make(on_date=TODAY, now=clock.now(), actor="officer-1").snapshot.manifest
    with django_assert_max_num_queries(8):
        text = text_of(client)
    assert manifest.number in text
    assert "2026年11月22日12:00" in text
    for file in manifest.files:
        assert file.sha256 in text
        assert client.get(f"/api/v1/snapshots/{manifest.number}/{file.name}").status_code == 200
    assert "设计稿" in text
    assert f"?after={manifest.number}" in text
    assert 'href="/open-data/"' in client.get("/about/").content.decode()


def test_what_was_overtaken_is_not_offered(client, county):
    manifest = snapshot_make(on_date=TODAY, now=clock.now(), actor="officer-1").snapshot.manifest
    records.record_hold(record_id=county.penalty, event_date=TODAY, ground="演示依据", actor="officer-1", now=NOW)
    text = text_of(client)
    assert "暂时不提供下载" in text
    assert manifest.number not in text
    assert manifest.files[0].sha256 not in text
