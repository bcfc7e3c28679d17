"""No page and no answer asks the database more than eight times, however much there is to show."""

from dataclasses import asdict
from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from tests.factories.families import API, FAMILIES
from tests.factories.portal import FINE, TODAY, make_county, publish_item

from xinheng.adapters import clock

MOST = 8
MANY = 12

pytestmark = pytest.mark.django_db


@pytest.fixture
def county():
    """Return a county whose company has many records, so that a query for each of them would be seen."""
    with clock.fixed(TODAY):
        county = make_county()
        for number in range(MANY):
            publish_item(
                "administrative_penalty", subject_id=county.company, document_no=f"奉市监处罚〔2026〕演示{300 + number}号",
                penalty_mask=FINE, decision_date=date(2026, 5, 1) + timedelta(days=number), row_no=number,
            )  # fmt: skip
        yield county


def test_at_most_eight_queries(client, county):
    client.get("/about/")  # the catalogue is read once per process
    asked = {}
    for path in [path for paths in FAMILIES.values() for path in paths] + list(API.values()):
        with CaptureQueriesContext(connection) as queries:
            assert client.get(path.format(**asdict(county))).status_code == 200, path
        asked[path] = len(queries)
    assert {path: count for path, count in asked.items() if count > MOST} == {}
    assert max(asked.values()) > 1, "nothing was counted"
