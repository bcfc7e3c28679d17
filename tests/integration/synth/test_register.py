"""The synthetic register goes in as its truth says, and so does its delta."""

from collections import Counter
from datetime import datetime

import pytest

from xinheng.adapters.clock import CHINA
from xinheng.subjects import services
from xinheng.subjects.models import Subject

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 11, 22, 9, 0, tzinfo=CHINA)


def test_the_register_and_its_delta_go_in_as_the_truth_says(folder, said):
    register, delta = said["register"], said["delta"]

    first = services.register_import(path=folder / register["path"], actor="演示", now=NOW).counts
    assert first["rows"] == register["rows"]
    assert first["new"] == register["accepted"]
    assert first["refused"] == register["refused"]
    assert first["duplicate"] == register["duplicates"]

    report = services.register_import(path=folder / delta["path"], actor="演示", now=NOW)
    later = report.counts
    assert later["refused"] == 0
    assert later["new"] == delta["new"]
    told = Counter(change.what for change in report.changes)
    assert told["RENAMED"] == delta["renamed"]
    assert told["MERGED"] == delta["merged"]
    assert told["USCC"] == delta["code_changed"]
    assert told["STATUS"] == delta["cancelled"] + delta["merged"]
    assert Subject.objects.count() == register["accepted"] + delta["new"]
