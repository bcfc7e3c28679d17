"""The small county, on the day for which its pages are read."""

from collections.abc import Iterator

import pytest
from tests.factories.portal import TODAY, County, make_county

from xinheng.adapters import clock


@pytest.fixture
def county(db) -> County:
    """Make the small county."""
    return make_county()


@pytest.fixture
def _on_the_day() -> Iterator[None]:
    with clock.fixed(TODAY):
        yield
