"""The whole API asked with the token of a system, for each scope that there is: no server error, and nothing beyond the scope."""

import pytest
import schemathesis
from django.db import transaction
from hypothesis import HealthCheck, settings
from tests.factories import json_lines
from tests.factories.intake_world import penalty, subject_make
from tests.factories.systems import PENALTY, Door, make_system, token_of

from xinheng.accounts.domain import Purpose, scope_of
from xinheng.config.api import openapi

pytestmark = pytest.mark.fuzz
assert json_lines  # registered by being imported
schema = schemathesis.openapi.from_dict(openapi())
WRITES = {"post", "put", "patch", "delete"}


@pytest.fixture
def asked(live_site):
    """Return the site, a token for each scope, and a report of the same system."""
    with transaction.atomic():
        subject_make(1)
        letter = make_system()
    report = Door(token_of(letter)).send([penalty(1)])
    tokens = {purpose: token_of(letter, scope=scope_of(purpose, PENALTY)) for purpose in Purpose}
    return live_site, tokens, report


@schema.parametrize()
@settings(max_examples=3, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)
def test_no_scope_brings_down_a_door(case, asked):
    site, tokens, report = asked
    if "report_id" in (case.path_parameters or {}):
        case.path_parameters["report_id"] = report
    for purpose, token in tokens.items():
        response = case.call(base_url=site, headers={"Authorization": f"Bearer {token}"})
        assert response.status_code < 500, (case.method, case.path, purpose, response.text[:300])
        is_report_write = "/submissions" in case.path and case.method.lower() in WRITES
        if purpose is Purpose.FOLLOW and is_report_write:
            assert response.status_code in {400, 401, 403, 404, 405, 409, 413, 415, 422}, (case.method, case.path)
