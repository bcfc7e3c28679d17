"""Ten thousand flipped bits, in the files of the log and in the rows behind it: each one must be seen."""

from collections import Counter

import pytest

from tests.factories.records import NOW, draft, make_subject, publish
from tests.factories.tampering import Tamperer, as_owner
from tests.factories.tlog import make_history
from xinheng.tlog import services

pytestmark = pytest.mark.unbreakable

FLIPS = 10_000


def is_altered():
    return not services.log_check(now=NOW, stops=False).is_sound


def test_ten_thousand_flipped_bits(fresh_database, report, seed):
    make_history(more=40)
    services.log_append(now=NOW)
    subject = make_subject(name="夔门后来（演示）有限公司")
    publish(*(draft(subject_id=subject, document_no=f"演示后来{number}号") for number in range(230)))
    services.log_append(now=NOW)
    assert not is_altered()
    seen, missed = Counter(), []
    with as_owner():
        tamperer = Tamperer.of_this_database(seed)
        for number in range(FLIPS):
            if number % 2:
                where, is_seen = tamperer.row_flipped(is_altered)
            else:
                where, is_seen = tamperer.file_flipped(services.log_folder(), is_altered)
            seen["rows" if number % 2 else "files"] += is_seen
            missed += [] if is_seen else [where]
        assert not is_altered(), "all of it was put back"
    report(
        f"flipped bits seen: {sum(seen.values()):,} of {FLIPS:,} (files {seen['files']:,}, rows {seen['rows']:,}), seed {seed}"
    )
    assert missed == []
