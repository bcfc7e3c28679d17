"""What several journeys begin with."""

import pytest
from tests.factories import intake_world as world

from xinheng.subjects.models import Subject


@pytest.fixture
def five_organisations(fresh_database: str) -> list[Subject]:
    """Put organisations 1 to 5 into the register of a database of its own."""
    return [world.subject_make(number) for number in range(1, 6)]
