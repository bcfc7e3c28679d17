"""Whatever is asked of the API: no server error, and only answers that its own description allows."""

import pytest
import schemathesis
from django.db import transaction
from hypothesis import HealthCheck, settings
from tests.factories import json_lines
from tests.factories.portal import TODAY, make_county

from xinheng.adapters import clock
from xinheng.config.api import openapi

assert json_lines  # registered by being imported
schema = schemathesis.openapi.from_dict(openapi())


@pytest.fixture
def site(live_site):
    """Serve a small county; return its address."""
    with transaction.atomic():
        make_county()
    with clock.fixed(TODAY):
        yield live_site


@schema.parametrize()
@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)
def test_answers_are_as_described(case, site):
    case.call_and_validate(base_url=site)
