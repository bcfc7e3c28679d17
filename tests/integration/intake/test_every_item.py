"""Every item of the catalogue goes the same way: no item has code of its own."""

from datetime import date, timedelta

import pytest
from tests.factories import intake_world as world
from tests.factories.intake_files import real_catalogue

from xinheng.catalogue.domain import ItemKind
from xinheng.intake.models import SubmissionFinding
from xinheng.publicity.selectors import displays
from xinheng.records.models import CurrentRecord

pytestmark = pytest.mark.django_db

BY_ROLE = {
    "subject_name": world.name(1),
    "subject_category": "法人及非法人组织",
    "uscc": world.code(1),
    "document_name": "演示决定书",
    "document_no": "奉市监〔2026〕1号",
    "organ_name": world.ORGAN_NAME,
    "organ_code": world.ORGAN,
    "source_organ_name": world.ORGAN_NAME,
    "source_organ_code": world.ORGAN,
    "decision_date": world.DECIDED,
    "evidence_kind": "D6",
    "evidence_no": "奉市监〔2026〕1号",
    "legal_ground": "演示依据第一条",
    "notice_date": "2026-03-01",
    "service_date": world.DECIDED,
    "title": "演示县诚信单位",
    "level": "4",
    "content": "演示内容",
    "reason": "演示事由",
    "commitment_type": "1",
    "breach_liability": "演示责任",
    "fulfilment_state": "全部履行",
    "commitment_disclosure": "可向社会公开",
}
LISTS = {"serious_list_entry": "B01", "abnormal_list_entry": "A01", "positive_list_entry": "P01"}
SPECIAL = {
    ("abnormal_list_entry", "reason"): "1",
    ("positive_list_entry", "level"): "A",
    ("credit_commitment", "document_no"): "50023620260415000001",
}
ITEMS = [item.id for item in real_catalogue().items if item.kind not in {ItemKind.ACT, ItemKind.LICENCE, ItemKind.PENALTY}]


def _row(item_id, **changes):
    values = BY_ROLE | {"list_type": LISTS.get(item_id, "")}
    return {
        field.key: SPECIAL.get((item_id, field.role), values.get(field.role, ""))
        for field in real_catalogue().item(item_id).fields
    } | changes


@pytest.mark.parametrize("item_id", ITEMS)
def test_an_item_is_published_and_shown_until_its_end(tmp_path, item_id):
    subject = world.subject_make(1)

    result = world.load(world.file_write(tmp_path / "表.csv", [_row(item_id)], item_id=item_id), is_desensitised=True)

    told = list(SubmissionFinding.objects.filter(severity="REFUSE").values_list("rule", "field", "message"))
    assert world.told(result).get("new") == 1, told
    record = CurrentRecord.objects.get()
    assert (record.item_id, record.subject_id, record.decision_date) == (item_id, subject.pk, date(2026, 4, 15))
    assert record.list_type == LISTS.get(item_id)
    assert displays(on_date=world.NOW.date()).count() == 1
    assert world.told(world.load(tmp_path / "表.csv", is_desensitised=True)) == {"rows": 1, "duplicate": 1}


def test_a_removal_from_a_list(tmp_path):
    world.subject_make(1)
    item_id = "serious_list_entry"
    world.load(world.file_write(tmp_path / "名单.csv", [_row(item_id)], item_id=item_id))
    removal = {
        "LIST_TYPE": "B01",
        "DOCUMENT_NO": "奉市监（2026）第1号",
        "ORGAN_NAME": world.ORGAN_NAME,
        "ORGAN_CODE": world.ORGAN,
        "SUBJECT_NAME": world.name(1),
        "USCC": world.code(1),
        "ACT_KIND": "2",
        "ACT_DOCUMENT_NO": "奉市监移〔2026〕1号",
        "EVENT_DATE": "2026-04-17",
        "GROUND": "已改正",
    }
    wrong = world.file_write(tmp_path / "别的名单.csv", [removal | {"LIST_TYPE": "B05"}], item_id="list_removal")
    assert world.told(world.load(wrong)) == {"rows": 1, "returned": 1}

    result = world.load(world.file_write(tmp_path / "移出.csv", [removal], item_id="list_removal"))

    assert world.told(result)["new"] == 1
    assert CurrentRecord.objects.get().delisted_date == date(2026, 4, 17)
    assert not displays(on_date=world.NOW.date() + timedelta(days=0)).exists()
