"""The main job: a department's file becomes records, what cannot comes back, and nothing doubles."""

from datetime import date, timedelta

import pytest
from django.db import transaction
from tests.factories import intake_world as world

from xinheng.intake import selectors, services
from xinheng.intake.errors import (
    HeaderNotFound,
    OrganUnknown,
    SamePerson,
    SubmissionInProgress,
    SubmissionNotInState,
)
from xinheng.intake.models import Submission, SubmissionFinding, SubmissionRow, SubmissionState
from xinheng.records.models import CurrentRecord, RecordVersion

pytestmark = pytest.mark.django_db


@pytest.fixture
def organisations():
    return [world.subject_make(number) for number in range(1, 6)]


def _file(tmp_path, rows, *, item_id="administrative_penalty", file_name="处罚.csv"):
    return world.file_write(tmp_path / file_name, rows, item_id=item_id)


def test_a_clean_file_is_published(tmp_path, organisations):
    path = _file(tmp_path, [world.penalty(n) for n in range(1, 6)])

    result = world.load(path, is_desensitised=True)

    assert world.told(result) == {"rows": 5, "accepted": 5, "new": 5}
    assert result.receipt.state == SubmissionState.PUBLISHED
    assert result.receipt.number == "FJ-20260420-0001"
    assert result.marked is None
    record = CurrentRecord.objects.get(document_no_key="奉市监罚字〔2026〕3号")
    assert record.subject_id == organisations[2].pk
    assert record.fine_fen == 2_000_000
    assert record.free_text_confirmed
    assert record.display_from == date(2026, 4, 20)
    assert record.submission_id == result.receipt.number
    assert (record.sheet, record.row_no) == ("", 4) or record.row_no == 4
    assert "legal_representative" not in record.fields
    assert record.sealed is not None


def test_a_licence_file_is_published(tmp_path, organisations):
    path = _file(tmp_path, [world.licence(n) for n in range(1, 6)], item_id="administrative_licence")

    assert world.told(world.load(path)) == {"rows": 5, "accepted": 5, "new": 5}

    record = CurrentRecord.objects.get(certificate_no="JY-DM-2")
    assert (record.valid_from, record.valid_to) == (date(2026, 4, 15), date(2031, 4, 14))


def test_bad_rows_come_back_and_good_rows_go_in(tmp_path, organisations):
    rows = [
        world.penalty(1),
        world.penalty(2, CF_NR_FK=""),
        world.penalty(3, CF_XDR_SHXYM=world.code(99)),
        world.penalty(4, CF_XDR_LB="自然人", CF_XDR_SHXYM="", CF_XDR_ZJHM="11010519491231002X"),
        world.penalty(5, CF_JDRQ="2026-13-01"),
    ]
    path = _file(tmp_path, rows)

    result = world.load(path, out_dir=tmp_path / "out")

    assert world.told(result) == {"rows": 5, "accepted": 1, "new": 1, "returned": 2, "doubtful": 1, "person": 1}
    assert result.marked is not None
    assert result.marked.path.exists()
    rules = set(SubmissionFinding.objects.values_list("rule", "row"))
    assert {("V05", 3), ("V03", 4), ("V04", 5)} <= rules
    outcomes = dict(SubmissionRow.objects.values_list("row", "outcome"))
    assert outcomes == {2: "NEW", 3: "RETURNED", 4: "DOUBTFUL", 5: "PERSON", 6: "RETURNED"}
    assert any("报送" in step and "4月" in step for step in result.receipt.next_steps)


def test_the_mended_file_sent_again_doubles_nothing(tmp_path, organisations):
    rows = [world.penalty(n) for n in range(1, 5)] + [world.penalty(5, CF_NR_FK="")]
    first = world.load(_file(tmp_path, rows))
    assert world.told(first) == {"rows": 5, "accepted": 4, "new": 4, "returned": 1}

    second = world.load(_file(tmp_path, [*rows[:4], world.penalty(5)], file_name="改好.csv"))

    assert world.told(second) == {"rows": 5, "accepted": 1, "new": 1, "duplicate": 4}
    assert RecordVersion.objects.count() == 5
    assert SubmissionRow.objects.filter(submission__number=second.receipt.number, outcome="DUPLICATE").count() == 4


def test_twice_is_once(tmp_path, organisations):
    path = _file(tmp_path, [world.penalty(n) for n in range(1, 6)])
    world.load(path)

    again = world.load(path)

    assert world.told(again) == {"rows": 5, "duplicate": 5}
    assert RecordVersion.objects.count() == 5
    assert again.receipt.number.endswith("-0002")


def test_repeated_rows_of_one_file_are_one_record(tmp_path, organisations):
    path = _file(tmp_path, [world.penalty(1)] * 7)

    assert world.told(world.load(path)) == {"rows": 7, "accepted": 1, "new": 1, "duplicate": 6}


def test_a_changed_row_is_a_correction(tmp_path, organisations):
    world.load(_file(tmp_path, [world.penalty(1)]))

    changed = world.load(_file(tmp_path, [world.penalty(1, CF_NR_FK="3", CF_NR="罚款人民币三万元")], file_name="更正.csv"))

    assert world.told(changed) == {"rows": 1, "accepted": 1, "corrected": 1}
    record = CurrentRecord.objects.get()
    assert (record.fine_fen, record.version_no) == (3_000_000, 2)


def test_an_on_the_spot_penalty_is_stored_and_not_shown(tmp_path, organisations):
    rows = [world.penalty(1, CF_WSH="奉市监当罚〔2026〕1号"), world.penalty(2)]

    assert world.told(world.load(_file(tmp_path, rows)))["not_shown"] == 1
    assert CurrentRecord.objects.get(document_no="奉市监当罚〔2026〕1号").on_the_spot

    declared = world.load(_file(tmp_path, [world.penalty(3)], file_name="当场.csv"), is_on_the_spot=True)
    assert declared.receipt.not_shown == 1


def test_late_rows_are_counted_and_an_old_sites_are_not(tmp_path, organisations):
    rows = [world.penalty(1, CF_JDRQ="2026-03-02"), world.penalty(2)]
    assert world.told(world.load(_file(tmp_path, rows)))["late"] == 1
    assert CurrentRecord.objects.get(document_no_key="奉市监罚字〔2026〕1号").late_workdays > 0

    old = _file(tmp_path, [world.penalty(3, CF_JDRQ="2025-11-03")], file_name="旧站.csv")
    assert "late" not in world.told(world.load(old, is_legacy=True))
    record = CurrentRecord.objects.get(document_no_key="奉市监罚字〔2026〕3号")
    assert (record.late_workdays, record.is_legacy, record.display_from) == (0, True, date(2025, 11, 3))


class TestRefusals:
    def test_clerk_and_reviewer_are_two(self, tmp_path):
        path = _file(tmp_path, [world.penalty(1)])
        with pytest.raises(SamePerson):
            services.submission_load(path=path, organ_code=world.ORGAN, clerk="甲", reviewer="甲", now=world.NOW)
        assert not Submission.objects.exists()

    def test_an_unknown_organ(self, tmp_path):
        path = _file(tmp_path, [world.penalty(1)])
        with pytest.raises(OrganUnknown, match="某某局"):
            services.submission_load(path=path, organ_code="某某局", clerk="甲", reviewer="乙", now=world.NOW)

    def test_a_file_that_is_no_table_leaves_nothing_but_its_hash(self, tmp_path, settings):
        path = tmp_path / "别的.csv"
        path.write_text("标题,内容\n通知,请各单位注意\n" * 40, encoding="utf-8")

        result = world.load(path)

        assert result.receipt.state == SubmissionState.REFUSED
        assert "没有保存任何内容" in result.receipt.refusal
        submission = Submission.objects.get()
        assert submission.refusal_code == HeaderNotFound.code
        assert submission.original.wrapped_key is None
        assert not CurrentRecord.objects.exists()
        assert not list((settings.XINHENG_VAR / "intake").rglob("*.*"))

    def test_all_rows_bad_returns_the_whole(self, tmp_path, organisations):
        result = world.load(_file(tmp_path, [world.penalty(1, CF_NR_FK="")]))
        assert result.receipt.state == SubmissionState.RETURNED
        assert world.told(result) == {"rows": 1, "returned": 1}


class TestStates:
    def test_the_same_file_in_work_is_the_same_submission(self, tmp_path):
        path = _file(tmp_path, [world.penalty(1)])
        arguments = {"path": path, "organ_code": world.ORGAN, "clerk": "甲", "reviewer": "乙", "now": world.NOW}

        first = services.submission_receive(**arguments)
        assert services.submission_receive(**arguments).pk == first.pk
        with pytest.raises(SubmissionInProgress, match="审核人"):
            services.submission_receive(**(arguments | {"reviewer": "丙"}))

    def test_the_pages_way_step_by_step(self, tmp_path, organisations):
        path = _file(tmp_path, [world.penalty(1)])
        number = services.submission_receive(path=path, organ_code=world.ORGAN_NAME, clerk="甲", now=world.NOW).number
        with pytest.raises(SubmissionNotInState):
            services.submission_submit(number=number, clerk="甲", now=world.NOW)
        assert services.submission_advance(number=number, actor="甲", now=world.NOW).state == SubmissionState.MATCHED
        with pytest.raises(SubmissionNotInState):
            services.submission_certify(number=number, reviewer="乙", now=world.NOW)
        services.submission_submit(number=number, clerk="甲", now=world.NOW)
        with pytest.raises(SamePerson):
            services.submission_certify(number=number, reviewer="甲", now=world.NOW)
        services.submission_return(number=number, reviewer="乙", reason="请核对金额", now=world.NOW)
        services.submission_submit(number=number, clerk="甲", now=world.NOW)
        done = services.submission_certify(number=number, reviewer="乙", now=world.NOW)
        assert done.state == SubmissionState.PUBLISHED
        assert services.submission_certify(number=number, reviewer="丙", now=world.NOW).reviewer == "乙"
        states = [event.to_state for event in selectors.timeline_of(number=number)]
        assert states == [
            "RECEIVED", "LANDED", "CHECKED", "MATCHED", "SUBMITTED", "RETURNED", "SUBMITTED", "CERTIFIED", "PUBLISHED",
        ]  # fmt: skip

    def test_a_returned_batch_is_superseded_by_the_mended_one(self, tmp_path, organisations):
        first = world.load(_file(tmp_path, [world.penalty(1, CF_NR_FK="")])).receipt.number
        mended = _file(tmp_path, [world.penalty(1)], file_name="改好.csv")

        services.submission_load(
            path=mended, organ_code=world.ORGAN, clerk="甲", reviewer="乙", supersedes=first, now=world.NOW
        )

        assert services.receipt_of(number=first).state == SubmissionState.SUPERSEDED


class TestWithdrawal:
    def test_a_whole_submission_goes_at_once_and_comes_back_when_sent_again(self, tmp_path, organisations):
        path = _file(tmp_path, [world.penalty(n) for n in range(1, 4)])
        number = world.load(path).receipt.number

        services.submission_withdraw(number=number, actor="甲", reason="报错了文件", now=world.NOW)

        assert set(CurrentRecord.objects.values_list("withdrawn", flat=True)) == {True}
        assert services.receipt_of(number=number).withdrawn == 3
        services.submission_withdraw(number=number, actor="甲", reason="再撤一次", now=world.NOW)
        assert RecordVersion.objects.count() == 6

        again = world.load(path, now=world.NOW + timedelta(days=1))
        assert again.receipt.accepted == 3
        assert set(CurrentRecord.objects.values_list("withdrawn", flat=True)) == {False}

    def test_before_certification_nothing_was_there_to_withdraw(self, tmp_path, organisations):
        path = _file(tmp_path, [world.penalty(1)])
        number = services.submission_receive(path=path, organ_code=world.ORGAN, clerk="甲", now=world.NOW).number
        services.submission_withdraw(number=number, actor="甲", reason="重来", now=world.NOW)
        with pytest.raises(SubmissionNotInState), transaction.atomic():
            services.submission_submit(number=number, clerk="甲", now=world.NOW)
        assert not CurrentRecord.objects.exists()


class TestResume:
    def test_what_stopped_goes_on(self, tmp_path, organisations):
        path = _file(tmp_path, [world.penalty(1)])
        number = services.submission_receive(path=path, organ_code=world.ORGAN, clerk="甲", now=world.NOW).number
        (resumed,) = services.submissions_resume(actor="system", now=world.NOW)
        assert (resumed.number, resumed.state, resumed.problem) == (number, SubmissionState.MATCHED, "")
        assert services.submissions_resume(actor="system", now=world.NOW) == []

    def test_one_that_stops_again_does_not_stop_the_others(self, tmp_path, organisations, settings):
        numbers = [
            services.submission_receive(
                path=_file(tmp_path, [world.penalty(n)], file_name=f"{n}.csv"),
                organ_code=world.ORGAN,
                clerk="甲",
                now=world.NOW,
            ).number
            for n in (1, 2)
        ]
        broken = Submission.objects.get(number=numbers[0]).original
        (settings.XINHENG_VAR / "originals" / broken.stored_as).unlink()

        first, second = services.submissions_resume(actor="system", now=world.NOW)

        assert (first.state, second.state) == (SubmissionState.RECEIVED, SubmissionState.MATCHED)
        assert "FileNotFoundError" in first.problem
