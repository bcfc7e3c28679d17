"""Whatever a system asks at its door: no server error, and only answers that the description allows."""

import pytest
import schemathesis
from django.db import transaction
from hypothesis import HealthCheck, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import content_type_conformance, response_schema_conformance, status_code_conformance
from tests.factories import json_lines
from tests.factories.intake_world import penalty, subject_make
from tests.factories.systems import Door, make_system, token_of

from xinheng.config.api import openapi

assert json_lines  # registered by being imported
schema = schemathesis.openapi.from_dict(openapi()).include(path_regex="^/api/v1/submissions")
CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]


@pytest.fixture
def asked(live_site):
    """Return the site, a token, and reports of its system in every state: open, checked, submitted."""
    with transaction.atomic():
        subject_make(1)
        door = Door(token_of(make_system()))
    reports = [door.begin(), door.send([penalty(1)]), door.send([penalty(2), penalty(3, CF_WSH="")])]
    door.post(f"/{reports[1]}/submit")
    return live_site, door.token, reports


@schema.parametrize()
@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)
def test_answers_to_a_system_are_as_described(case, asked):
    site, token, reports = asked
    if "report_id" in (case.path_parameters or {}):
        # Half of what is asked is of a report that there is.
        place = hash(str(case.path_parameters["report_id"])) % (2 * len(reports))
        if place < len(reports):
            case.path_parameters["report_id"] = reports[place]
    case.call_and_validate(base_url=site, headers={"Authorization": f"Bearer {token}"}, checks=CHECKS)
