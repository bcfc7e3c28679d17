"""A large file goes into the records in portions, and becomes what it becomes in one go."""

import pytest
from tests.factories import intake_world as world

from xinheng.intake.models import SubmissionRow
from xinheng.intake.services import _publication, _row_outcomes
from xinheng.intake.services.converting import drafts
from xinheng.records.models import RecordVersion
from xinheng.records.selectors import current_differences

pytestmark = pytest.mark.django_db


def _stored() -> tuple[list[tuple[object, ...]], list[tuple[object, ...]]]:
    first = RecordVersion.objects.earliest("seq").seq
    versions = RecordVersion.objects.order_by("seq").values_list("seq", "row_no", "document_no", "fields", "event")
    rows = SubmissionRow.objects.order_by("id").values_list("row", "outcome", "seq")
    return [(seq - first, *rest) for seq, *rest in versions], [(*place, seq and seq - first) for *place, seq in rows]


@pytest.mark.parametrize("in_portions", [False, True])
def test_portions_make_the_same_records_in_the_same_order(tmp_path, monkeypatch, in_portions) -> None:
    for number in range(1, 8):
        world.subject_make(number)
    if in_portions:
        monkeypatch.setattr(drafts, "_BATCH_ROWS", 2)
        monkeypatch.setattr(_publication, "_ROWS_AT_ONCE", 3)
        monkeypatch.setattr(_row_outcomes, "_ROWS_PER_CHUNK", 2)
    rows = [world.penalty(number) for number in range(1, 8)]
    rows[2]["CF_WSH"] = ""  # comes back, so that portions and rows of the file differ

    world.load(world.file_write(tmp_path / "处罚.csv", rows, item_id="administrative_penalty"), is_desensitised=True)

    versions, outcomes = _stored()
    assert [version[:2] for version in versions] == [(0, 2), (1, 3), (2, 5), (3, 6), (4, 7), (5, 8)]
    assert outcomes == [(2, "NEW", 0), (3, "NEW", 1), *((row, "NEW", row - 3) for row in range(5, 9)), (4, "RETURNED", None)]
    assert current_differences() == 0
