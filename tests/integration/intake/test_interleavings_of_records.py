"""Two at once at the same record: neither is lost, and neither brings back what the other took away."""

import pytest
from tests.factories import intake_world as world
from tests.factories.interleaving import PATIENCE, Pause, begin, waits_for_a_lock

from xinheng.intake import services
from xinheng.intake.errors import SubmissionNotInState
from xinheng.intake.models import Submission, SubmissionFinding, SubmissionRow, SubmissionState
from xinheng.intake.services import _publication, step_publish
from xinheng.publicity.selectors import displays
from xinheng.records.models import CurrentRecord, RecordVersion

pytestmark = pytest.mark.usefixtures("five_organisations")


@pytest.fixture
def penalties(tmp_path):
    world.load(world.file_write(tmp_path / "处罚.csv", [world.penalty(n) for n in range(1, 4)]))


def act_write(tmp_path, item_id, number, file_name, **cells):
    return world.file_write(tmp_path / file_name, [world.act(item_id, number, **cells)], item_id=item_id)


def correction_write(tmp_path, number=1, file_name="更正.csv", **cells):
    return act_write(tmp_path, "correction", number, file_name, **{"COLUMN_CODE": "CF_NR_FK", "RIGHT_VALUE": "3.5"} | cells)


class TestOneRecord:
    @pytest.mark.parametrize("first", ["correction", "revocation"])
    def test_a_correction_and_a_revocation(self, tmp_path, monkeypatch, penalties, owner_connection, first):
        paths = {
            "correction": correction_write(tmp_path),
            "revocation": act_write(tmp_path, "revocation", 1, "撤销.csv"),
        }
        pause = Pause(monkeypatch, step_publish, "row_outcomes_copy")
        one = begin(lambda: world.load(paths.pop(first)))
        pause.wait()
        (other_path,) = [path for name, path in paths.items() if name != first]
        other = begin(lambda: world.load(other_path))
        assert waits_for_a_lock(owner_connection, or_ends=other)
        pause.go.set()
        one.result(PATIENCE), other.result(PATIENCE)

        record = world.record(1)
        assert (record.fine_fen, record.version_no) == (3_500_000, 3)
        assert record.revoked_date is not None
        assert not displays(on_date=world.NOW.date()).filter(record_id=record.record_id).exists()
        assert world.sequence_is_whole()

    def test_a_revocation_after_the_correction_looked(self, tmp_path, monkeypatch, penalties, owner_connection):
        looked = Pause(monkeypatch, _publication, "corrected_draft", after=True)
        correction = begin(lambda: world.load(correction_write(tmp_path)))
        looked.wait()
        revocation = begin(lambda: world.load(act_write(tmp_path, "revocation", 1, "撤销.csv")))
        waits_for_a_lock(owner_connection, or_ends=revocation)
        looked.go.set()
        correction.result(PATIENCE), revocation.result(PATIENCE)

        record = world.record(1)
        assert (record.fine_fen, record.version_no, record.revoked_date is None) == (3_500_000, 3, False)

    def test_two_corrections_of_two_columns(self, tmp_path, monkeypatch, penalties, owner_connection):
        looked = Pause(monkeypatch, _publication, "corrected_draft", after=True)
        text = {"COLUMN_CODE": "处罚内容", "RIGHT_VALUE": "罚款人民币三万五千元"}
        one = begin(lambda: world.load(correction_write(tmp_path)))
        looked.wait()
        other = begin(lambda: world.load(correction_write(tmp_path, file_name="更正二.csv", **text)))
        waits_for_a_lock(owner_connection, or_ends=other)
        looked.go.set()
        one.result(PATIENCE), other.result(PATIENCE)

        record = world.record(1)
        assert (record.fine_fen, record.fields["content"]) == (3_500_000, "罚款人民币三万五千元"), "neither is lost"
        assert record.version_no == 3

    def test_two_revocations_and_the_second_taken_back(self, tmp_path, monkeypatch, penalties, owner_connection):
        looked = Pause(monkeypatch, _publication, "marks_add")
        one = begin(lambda: world.load(act_write(tmp_path, "revocation", 1, "撤销.csv")))
        looked.wait()
        path = act_write(tmp_path, "revocation", 1, "撤销二.csv", GROUND="同一决定，重报")
        other = begin(lambda: world.load(path))
        waits_for_a_lock(owner_connection, or_ends=other)
        looked.go.set()
        assert world.told(one.result(PATIENCE))["new"] == 1
        second = other.result(PATIENCE).receipt
        assert (second.new, second.duplicate) == (0, 1)

        services.submission_withdraw(number=second.number, actor="甲", reason="报重了", now=world.NOW)
        assert world.record(1).revoked_date is not None, "the first one's mark stays"

    def test_a_correction_of_what_is_withdrawn_meanwhile(self, tmp_path, monkeypatch, penalties, owner_connection):
        before = Pause(monkeypatch, services.submit, "submission_advance")
        correction = begin(lambda: world.load(correction_write(tmp_path), out_dir=tmp_path))
        before.wait()
        number = Submission.objects.get(file_name="处罚.csv").number
        services.submission_withdraw(number=number, actor="甲", reason="报错了机关", now=world.NOW)
        before.go.set()
        result = correction.result(PATIENCE)

        assert world.record(1).withdrawn, "a correction does not put back what was withdrawn"
        assert (result.receipt.corrected, result.receipt.returned) == (0, 1)
        assert SubmissionRow.objects.get(submission__number=result.receipt.number).outcome == "RETURNED"
        finding = SubmissionFinding.objects.get(submission__number=result.receipt.number, rule="ACT")
        assert finding.message == "原记录已经撤回，没有可以更正的内容。"
        assert result.marked is not None

    def test_a_correction_of_what_was_withdrawn_before(self, tmp_path, penalties):
        number = Submission.objects.get(file_name="处罚.csv").number
        services.submission_withdraw(number=number, actor="甲", reason="报错了机关", now=world.NOW)

        assert world.told(world.load(correction_write(tmp_path))) == {"rows": 1, "returned": 1}
        assert world.record(1).withdrawn


class TestWithdrawalAndPublication:
    def test_the_publication_is_first(self, tmp_path, monkeypatch, owner_connection):
        publishing = Pause(monkeypatch, step_publish, "row_outcomes_copy")
        load = begin(lambda: world.load(world.file_write(tmp_path / "处罚.csv", [world.penalty(1), world.penalty(2)])))
        publishing.wait()
        number = Submission.objects.get().number
        withdrawal = begin(lambda: services.submission_withdraw(number=number, actor="甲", reason="报错了", now=world.NOW))
        assert waits_for_a_lock(owner_connection, or_ends=withdrawal)
        publishing.go.set()
        load.result(PATIENCE)

        assert withdrawal.result(PATIENCE).counts["withdrawn"] == 2
        assert all(record.withdrawn for record in CurrentRecord.objects.all())
        assert not displays(on_date=world.NOW.date()).exists()
        assert world.sequence_is_whole()

    def test_the_withdrawal_is_first(self, tmp_path, monkeypatch):
        certifying = Pause(monkeypatch, services.load, "submission_certify")
        load = begin(lambda: world.load(world.file_write(tmp_path / "处罚.csv", [world.penalty(1), world.penalty(2)])))
        certifying.wait()
        number = Submission.objects.get().number
        services.submission_withdraw(number=number, actor="甲", reason="报错了", now=world.NOW)
        certifying.go.set()

        with pytest.raises(SubmissionNotInState, match="已撤回"):
            load.result(PATIENCE)
        assert not RecordVersion.objects.exists()
        assert Submission.objects.get().state == SubmissionState.WITHDRAWN

    @pytest.mark.parametrize("first", ["withdrawal", "report"])
    def test_of_a_record_that_another_batch_reports_anew(self, tmp_path, monkeypatch, penalties, owner_connection, first):
        number = Submission.objects.get().number
        rows = [world.penalty(1, CF_NR="罚款人民币三万元", CF_NR_FK="3.000000")]
        path = world.file_write(tmp_path / "处罚二.csv", rows)
        withdraw = lambda: services.submission_withdraw(number=number, actor="甲", reason="报错了", now=world.NOW)
        if first == "report":
            pause = Pause(monkeypatch, step_publish, "row_outcomes_copy")
            one = begin(lambda: world.load(path))
            pause.wait()
            other = begin(withdraw)
        else:
            pause = Pause(monkeypatch, services.submit, "state_move")
            one = begin(withdraw)
            pause.wait()
            other = begin(lambda: world.load(path))
        waits_for_a_lock(owner_connection, or_ends=other)
        pause.go.set()
        one.result(PATIENCE), other.result(PATIENCE)

        record = world.record(1)
        assert (record.withdrawn, record.fine_fen) == (False, 3_000_000), "the newer report stands in either order"
        assert [world.record(n).withdrawn for n in (2, 3)] == [True, True]
        assert world.sequence_is_whole()
