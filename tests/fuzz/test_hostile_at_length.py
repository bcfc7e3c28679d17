"""Thousands of requests that nobody means to every route of the workbench, as every role; a few stand in ``make test``."""

import os

import pytest
from tests.integration.workbench.conftest import clients  # noqa: F401 - a fixture
from tests.integration.workbench.test_hostile_requests import _today, hostile_to, known  # noqa: F401 - fixtures

from xinheng.accounts.domain import Role

pytestmark = pytest.mark.fuzz
SET = os.environ.get("XINHENG_HOSTILE")
"""How many requests for each role; whoever sets it gets others each time, the leg the same ones."""
EXAMPLES = int(SET or 400)


@pytest.mark.parametrize("role", Role)
def test_no_request_brings_down_a_page_or_opens_anothers(role, clients, known):  # noqa: F811 - the fixtures
    assert len(hostile_to(role, clients, known, examples=EXAMPLES, seedless=SET is None)) >= EXAMPLES
