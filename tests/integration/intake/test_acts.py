"""Acts by document number: revocation, repair, removal, correction; each effective at once."""

from datetime import date

import pytest
from tests.factories import intake_world as world

from xinheng.intake import services
from xinheng.intake.models import SubmissionFinding, SubmissionState
from xinheng.publicity.selectors import displays
from xinheng.records.models import CurrentRecord, RecordVersion

pytestmark = pytest.mark.django_db


@pytest.fixture
def penalties(tmp_path):
    subjects = [world.subject_make(number) for number in range(1, 4)]
    world.load(world.file_write(tmp_path / "处罚.csv", [world.penalty(n) for n in range(1, 4)]))
    return subjects


def _act(tmp_path, item_id, rows, file_name="登记表.csv"):
    return world.load(world.file_write(tmp_path / file_name, rows, item_id=item_id))


def test_a_revocation_marks_the_record(tmp_path, penalties):
    result = _act(tmp_path, "revocation", [world.act("revocation", 1)])

    assert world.told(result) == {"rows": 1, "accepted": 1, "new": 1}
    assert result.receipt.state == SubmissionState.PUBLISHED
    assert world.record(1).revoked_date == date(2026, 4, 17)
    assert "奉市监撤字〔2026〕1号" in world.record(1).event_ground
    assert world.record(2).revoked_date is None
    shown = set(displays(on_date=world.NOW.date()).values_list("document_no_key", flat=True))
    assert shown == {"奉市监罚字〔2026〕2号", "奉市监罚字〔2026〕3号"}, "at once in every door"


def test_the_same_act_again_marks_nothing(tmp_path, penalties):
    _act(tmp_path, "revocation", [world.act("revocation", 1)])
    before = RecordVersion.objects.count()

    again = _act(tmp_path, "revocation", [world.act("revocation", 1)])

    assert world.told(again) == {"rows": 1, "duplicate": 1}
    assert RecordVersion.objects.count() == before


def test_a_late_revocation_is_told(tmp_path, penalties):
    result = _act(tmp_path, "revocation", [world.act("revocation", 1, EVENT_DATE="2026-04-16"), world.act("revocation", 2)])
    assert result.receipt.late == 0
    late = _act(tmp_path, "revocation", [world.act("revocation", 3, EVENT_DATE="2026-04-01")], "迟.csv")
    assert late.receipt.late == 1
    assert "超过法定撤回期限 1" in services.receipt_text(late.receipt)


def test_an_unknown_document_comes_back(tmp_path, penalties):
    result = _act(tmp_path, "revocation", [world.act("revocation", 99, subject=1), world.act("revocation", 1)])

    assert world.told(result) == {"rows": 2, "accepted": 1, "new": 1, "returned": 1}
    finding = SubmissionFinding.objects.get(submission__number=result.receipt.number, rule="ACT")
    assert "没有这个机关的这份文书" in finding.message
    assert finding.row == 2


def test_another_party_comes_back(tmp_path, penalties):
    result = _act(tmp_path, "revocation", [world.act("revocation", 1, subject=2)])

    assert world.told(result) == {"rows": 1, "returned": 1}
    assert world.record(1).revoked_date is None


def test_a_repair(tmp_path, penalties):
    assert world.told(_act(tmp_path, "repair_result", [world.act("repair_result", 2)]))["new"] == 1
    assert world.record(2).repaired_date == date(2026, 4, 17)


def test_a_withdrawn_act_takes_its_marks_back(tmp_path, penalties):
    number = _act(tmp_path, "revocation", [world.act("revocation", 1)]).receipt.number

    services.submission_withdraw(number=number, actor="甲", reason="登记错了文书号", now=world.NOW)

    assert world.record(1).revoked_date is None
    text = services.receipt_text(services.receipt_of(number=number))
    assert "已取消标记1个" in text
    assert "不再公示" not in text, "the record is shown again"


def test_a_withdrawn_act_leaves_the_marks_of_other_acts(tmp_path, penalties):
    _act(tmp_path, "repair_result", [world.act("repair_result", 1)])
    _act(tmp_path, "revocation", [world.act("revocation", 2)], "先.csv")
    rows = [world.act("revocation", 1), world.act("revocation", 2, GROUND="又登记一次")]
    number = _act(tmp_path, "revocation", rows, "后.csv").receipt.number

    services.submission_withdraw(number=number, actor="甲", reason="登记错了文书号", now=world.NOW)

    assert (world.record(1).revoked_date, world.record(1).repaired_date) == (None, date(2026, 4, 17)), "repaired stays repaired"
    assert world.record(2).revoked_date == date(2026, 4, 17), "the first act's mark is not the second's to take back"
    assert "奉市监罚字〔2026〕1号" not in displays(on_date=world.NOW.date()).values_list("document_no_key", flat=True)


def test_a_withdrawn_act_takes_back_the_marks_of_all_records_of_its_row(tmp_path):
    world.subject_make(1)
    certificates = [world.licence(1), world.licence(1, XK_XKBH="JY-DM-2")]
    world.load(world.file_write(tmp_path / "许可.csv", certificates, item_id="administrative_licence"))
    row = world.act("revocation", 1, TARGET_ITEM="行政许可", DOCUMENT_NO="奉市监许字〔2026〕1号")
    number = _act(tmp_path, "revocation", [row]).receipt.number
    assert CurrentRecord.objects.exclude(revoked_date=None).count() == 2

    services.submission_withdraw(number=number, actor="甲", reason="登记错了文书号", now=world.NOW)

    assert CurrentRecord.objects.filter(revoked_date=None).count() == 2


class TestCorrection:
    def _row(self, number, **changes):
        cells = {"COLUMN_CODE": "CF_NR_FK", "WRONG_VALUE": "2.000000", "RIGHT_VALUE": "3.5"} | changes
        return world.act("correction", number, **cells)

    def test_one_column_of_a_record(self, tmp_path, penalties):
        before = world.record(1)

        result = _act(tmp_path, "correction", [self._row(1)])

        assert world.told(result) == {"rows": 1, "accepted": 1, "corrected": 1}
        after = world.record(1)
        assert (after.record_id, after.version_no) == (before.record_id, 2)
        assert after.fine_fen == 3_500_000
        assert after.fields["facts"] == before.fields["facts"]
        assert after.display_from == before.display_from
        assert bytes(after.person_digest) == bytes(before.person_digest)

    def test_two_columns_are_one_version(self, tmp_path, penalties):
        rows = [self._row(1), self._row(1, COLUMN_CODE="处罚内容", WRONG_VALUE="", RIGHT_VALUE="罚款人民币三万五千元")]

        assert world.told(_act(tmp_path, "correction", rows))["corrected"] == 2
        assert world.record(1).version_no == 2
        assert world.record(1).fields["content"] == "罚款人民币三万五千元"

    def test_what_cannot_be_corrected_comes_back(self, tmp_path, penalties):
        rows = [
            self._row(1, COLUMN_CODE="没有这一列"),
            self._row(1, COLUMN_CODE="CF_WSH", WRONG_VALUE="", RIGHT_VALUE="奉市监罚字〔2026〕88号"),
            self._row(2, WRONG_VALUE="9"),
            self._row(3, RIGHT_VALUE="三万元"),
        ]

        assert world.told(_act(tmp_path, "correction", rows)) == {"rows": 4, "returned": 4}
        messages = list(SubmissionFinding.objects.filter(rule="ACT").order_by("row").values_list("message", flat=True))
        assert [
            part in message for part, message in zip(["没有“没有这一列”", "身份", "“原值”", "更正后"], messages, strict=True)
        ] == [True] * 4
        assert set(CurrentRecord.objects.values_list("version_no", flat=True)) == {1}

    def test_a_withdrawn_correction_takes_its_record_out_until_it_is_reported_again(self, tmp_path, penalties):
        number = _act(tmp_path, "correction", [self._row(1)]).receipt.number

        services.submission_withdraw(number=number, actor="甲", reason="更正登记错了", now=world.NOW)
        assert (world.record(1).withdrawn, world.record(1).fine_fen, world.record(2).withdrawn) == (True, 3_500_000, False)
        assert "已撤回记录1条，停止公示" in services.receipt_text(services.receipt_of(number=number))

        world.load(world.file_write(tmp_path / "再报.csv", [world.penalty(1)]))
        assert (world.record(1).withdrawn, world.record(1).fine_fen) == (False, 2_000_000), "two persons certified it again"
