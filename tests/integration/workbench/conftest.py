"""People of two organs, and a submission of each."""

import pytest
from django.core.cache import cache
from tests.factories.accounts import OTHER_ORGAN, make_account, signed_in_client
from tests.factories.intake_world import ORGAN

from xinheng.accounts.domain import Role

EVERY_ROLE = tuple(Role)


@pytest.fixture(autouse=True)
def _no_counts_of_other_tests():
    cache.clear()


@pytest.fixture
def clients(db):
    """Return a signed-in client of every role, of the market supervision's where the role has an organ."""
    return {
        role: signed_in_client(make_account(f"demo.{role.value.lower()[:12].replace('_', '-')}", role, ORGAN))
        for role in EVERY_ROLE
    }


@pytest.fixture
def foreign_clerk(db):
    """Return a signed-in client of another organ's clerk."""
    return signed_in_client(make_account("demo.foreign", Role.CLERK, OTHER_ORGAN))
