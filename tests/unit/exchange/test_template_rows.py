"""Cells of the city's template."""

from datetime import date

import pytest

from xinheng.exchange.services.template_rows import _display_until
from xinheng.publicity.expressions import ALWAYS


@pytest.mark.parametrize(("end", "written"), [(date(2027, 3, 12), "2027/03/11"), (None, "2099/12/31"), (ALWAYS, "2099/12/31")])
def test_the_last_day_of_display_as_the_template_writes_it(end, written):
    assert _display_until(end) == written
