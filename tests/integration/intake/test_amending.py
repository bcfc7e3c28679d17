"""Cells put right on the platform: over the same file, by rows of their own, and nothing of it rewritten."""

import psycopg
import pytest
import python_calamine
from django.conf import settings
from django.db import IntegrityError, connection, transaction
from tests.factories import intake_world as world
from tests.factories.intake_files import titled, xlsx_write
from tests.factories.jobs import jobs_run

from xinheng.intake import services
from xinheng.intake.errors import (
    AmendmentHoldsPersonalNumber,
    CellNotFound,
    NotExplained,
    NothingAmended,
    ReasonMissing,
    ReviewedByClerk,
    RowNotKept,
    SamePerson,
    SubmissionNotInState,
)
from xinheng.intake.models import (
    Amendment,
    Doubt,
    DoubtDecision,
    DoubtState,
    GivingUp,
    Submission,
    SubmissionFinding,
    SubmissionOriginal,
    SubmissionState,
)
from xinheng.intake.selectors import has_rows_for_review, rules_unexplained
from xinheng.records.models import CurrentRecord

CLERK = "演示经办"
CSV = "CSV"


def arrived(path, **more) -> Submission:
    submission = services.submission_receive(path=path, organ_code=world.ORGAN, clerk=CLERK, now=world.NOW, **more)
    return services.submission_advance(number=submission.number, actor=CLERK, now=world.NOW)


def file_of(tmp_path, rows):
    return world.file_write(tmp_path / "处罚.csv", rows)


def amend(submission, row, field, value, *, sheet=CSV, actor=CLERK):
    return services.cell_amend(
        number=submission.number, sheet=sheet, row=row, field=field, value=value, actor=actor, now=world.NOW
    )


def rechecked(submission) -> Submission:
    found = services.submission_recheck(number=submission.number, actor=CLERK, now=world.NOW)
    jobs_run()
    found.refresh_from_db()
    return found


@pytest.fixture
def organisations(db):
    return [world.subject_make(number) for number in range(1, 6)]


@pytest.mark.usefixtures("organisations")
class TestOverlay:
    def test_only_the_cell_is_different_and_the_file_is_the_same(self, tmp_path):
        first = arrived(file_of(tmp_path, [world.penalty(1), world.penalty(2, CF_NR_FK=""), world.penalty(3)]))
        rows = [services.row_cells(submission=first, sheet=CSV, row=row) for row in (2, 3, 4)]
        assert amend(first, 3, "CF_NR_FK", "2.000000") is not None
        assert amend(first, 3, "CF_NR_FK", "2.000000") is None, "it says so already"
        second = rechecked(first)
        assert second.counts["accepted"] == 3
        rows[1] |= {"CF_NR_FK": "2.000000"}
        assert [services.row_cells(submission=second, sheet=CSV, row=row) for row in (2, 3, 4)] == rows
        assert not SubmissionFinding.objects.filter(submission=second, rule="V05").exists()
        assert SubmissionFinding.objects.filter(submission=first, rule="V05").count() == 1, "the first check stays"
        assert second.file_sha256 == first.file_sha256
        original = SubmissionOriginal.objects.get(submission=second)
        files = list((settings.XINHENG_VAR / "originals").iterdir())
        assert [file.name for file in files] == [original.stored_as]

    def test_a_chain_of_checks_keeps_what_was_put_right_before(self, tmp_path):
        rows = [world.penalty(1, CF_NR_FK=""), world.penalty(2, CF_NR_FK="")]
        first = arrived(file_of(tmp_path, rows))
        assert first.state == SubmissionState.RETURNED
        amend(first, 2, "CF_NR_FK", "2.000000")
        second = rechecked(first)
        assert (second.state, second.counts["accepted"]) == (SubmissionState.MATCHED, 1)
        amend(second, 3, "CF_NR_FK", "9")
        amend(second, 3, "CF_NR_FK", "2.000000")
        third = rechecked(second)
        assert third.counts["accepted"] == 2
        assert services.submission_recheck(number=second.number, actor=CLERK, now=world.NOW) == third, "once"
        assert Amendment.objects.count() == 3

    def test_a_workbook_of_several_sheets_and_its_marked_copy(self, tmp_path):
        tables = {
            "一": titled([world.penalty(1)]),
            "二": titled([world.penalty(2, CF_NR_FK=""), world.penalty(3, CF_NR_FK="")]),
        }
        first = arrived(xlsx_write(tmp_path / "处罚.xlsx", tables))
        amend(first, 2, "CF_NR_FK", "2.000000", sheet="二")
        second = rechecked(first)
        assert second.counts["accepted"] == 2
        made = services.returned_workbook_write(number=second.number, out_dir=tmp_path / "out")
        assert made is not None
        book = python_calamine.CalamineWorkbook.from_path(str(made.path))
        cells = [str(cell) for row in book.get_sheet_by_name("二").to_python() for cell in row]
        assert "2.000000" in cells

    def test_what_was_found_in_the_old_text_goes_with_it(self, tmp_path):
        number = "11010519491231002X"
        first = arrived(file_of(tmp_path, [world.penalty(1), world.penalty(2, CF_SY=f"当事人{number}售卖")]))
        assert SubmissionFinding.objects.filter(submission=first, row=3, field="CF_SY").exists()
        with pytest.raises(AmendmentHoldsPersonalNumber):
            amend(first, 3, "CF_SY", f"当事人{number}")
        amend(first, 3, "CF_SY", "当事人售卖过期食品")
        second = rechecked(first)
        assert not SubmissionFinding.objects.filter(submission=second, row=3, field="CF_SY").exists()
        assert second.counts["accepted"] == 2
        assert number.encode() not in world.landed_bytes(settings.XINHENG_VAR / "intake")

    def test_what_is_not_there_is_not_put_right(self, tmp_path):
        rows = [world.penalty(1), world.penalty(2, CF_XDR_LB="自然人", CF_XDR_SHXYM="")]
        first = arrived(file_of(tmp_path, rows))
        for row, field in ((99, "CF_NR"), (2, "NO_SUCH"), (2, "CF_XDR_ZJHM")):
            with pytest.raises(CellNotFound):
                amend(first, row, field, "x")
        with pytest.raises(RowNotKept):
            amend(first, 3, "CF_NR", "x")
        with pytest.raises(RowNotKept):
            amend(first, 2, "CF_XDR_LB", "自然人")
        with pytest.raises(NothingAmended):
            services.submission_recheck(number=first.number, actor=CLERK, now=world.NOW)

    def test_open_doubts_of_the_old_one_lapse(self, tmp_path):
        rows = [world.penalty(1), world.penalty(2, CF_XDR_SHXYM=world.code(99)), world.penalty(3, CF_NR_FK="")]
        first = arrived(file_of(tmp_path, rows))
        amend(first, 4, "CF_NR_FK", "2.000000")
        second = rechecked(first)
        states = list(Doubt.objects.order_by("id").values_list("submission_id", "state"))
        assert states == [(first.pk, DoubtState.LAPSED), (second.pk, DoubtState.OPEN)]

    def test_decisions_outlive_a_recheck_where_the_row_says_the_same(self, tmp_path, organisations):
        """Three doubts are decided: one row stays, one changes beside, one changes its code; the last is decided again."""
        rows = [world.penalty(n, CF_XDR_MC=world.name(5), CF_XDR_SHXYM=world.code(n)) for n in (1, 2, 3, 4)]
        first = arrived(file_of(tmp_path, rows))
        assert (first.state, first.counts["accepted"], first.counts["doubtful"]) == (SubmissionState.MATCHED, 0, 4)
        doubts = list(Doubt.objects.order_by("row"))
        chosen = [organisations[0].pk, organisations[1].pk, organisations[2].pk, None]
        for doubt, subject_id in zip(doubts, chosen, strict=True):
            services.doubt_decide(doubt_id=doubt.pk, subject_id=subject_id, actor="丙", reason="查过决定书", now=world.NOW)
        assert has_rows_for_review(first)
        assert services.receipt_of(number=first.number).accepted == 3, "decided rows go with the batch"
        amend(first, 3, "CF_NR", "罚款人民币贰万元")
        amend(first, 4, "CF_XDR_SHXYM", world.code(4))

        second = rechecked(first)

        after = {doubt.row: doubt for doubt in Doubt.objects.filter(submission=second)}
        assert [after[row].state for row in (2, 3, 4, 5)] == ["DECIDED", "DECIDED", "OPEN", "REJECTED"]
        assert [after[row].subject_id for row in (2, 3, 4)] == [*chosen[:2], None]
        assert (second.state, second.counts["doubtful"]) == (SubmissionState.MATCHED, 1)
        line = DoubtDecision.objects.get(doubt=after[2])
        assert (line.actor, line.reason, line.at) == ("丙", "查过决定书", world.NOW)
        assert line.carried_from.doubt == doubts[0]
        assert second.events.get(action="decisions_carried").facts["count"] == 3

        services.doubt_undo(doubt_id=after[3].pk, actor=CLERK, reason="看错了行", now=world.NOW)
        assert Doubt.objects.get(pk=after[3].pk).state == DoubtState.OPEN
        services.submission_submit(number=second.number, clerk=CLERK, now=world.NOW)
        with pytest.raises(SamePerson):
            services.submission_certify(number=second.number, reviewer="丙", now=world.NOW)
        services.submission_certify(number=second.number, reviewer="演示审核", now=world.NOW)
        assert list(CurrentRecord.objects.values_list("subject_id", "row_no")) == [(chosen[0], 2)]


@pytest.mark.usefixtures("organisations")
class TestLocks:
    def test_submitted_is_locked_until_taken_back(self, tmp_path):
        first = arrived(file_of(tmp_path, [world.penalty(1), world.penalty(2, CF_NR_FK="")]))
        services.submission_submit(number=first.number, clerk=CLERK, now=world.NOW)
        with pytest.raises(SubmissionNotInState):
            amend(first, 3, "CF_NR_FK", "2")
        with pytest.raises(IntegrityError, match="only while its clerk has it"), transaction.atomic():
            Amendment.objects.create(submission=first, row=3, field="CF_NR_FK", after="2", actor=CLERK, at=world.NOW)
        with pytest.raises(ReasonMissing):
            services.submission_unlock(number=first.number, actor=CLERK, reason=" ", now=world.NOW)
        services.submission_unlock(number=first.number, actor=CLERK, reason="漏改一格", now=world.NOW)
        assert amend(first, 3, "CF_NR_FK", "2.000000") is not None

    def test_who_amended_does_not_certify_what_came_of_it(self, tmp_path):
        first = arrived(file_of(tmp_path, [world.penalty(1), world.penalty(2, CF_NR_FK="")]))
        amend(first, 3, "CF_NR_FK", "2.000000", actor="演示审核")
        second = rechecked(first)
        services.submission_submit(number=second.number, clerk=CLERK, now=world.NOW)
        with pytest.raises(ReviewedByClerk):
            services.submission_certify(number=second.number, reviewer="演示审核", now=world.NOW)
        done = services.submission_certify(number=second.number, reviewer="第三人", now=world.NOW)
        assert done.state == SubmissionState.PUBLISHED

    def test_an_explanation_for_one_row_is_not_one_for_all(self, tmp_path):
        rows = [world.penalty(n, CF_JDRQ="2026-01-15", CF_YXQ="2027-01-15") for n in (1, 2)]
        first = arrived(file_of(tmp_path, rows))
        assert rules_unexplained(first) == ("V17",)

        def explain(**more):
            services.findings_explain(
                number=first.number, rule="V17", text="系统升级 13800138000", actor=CLERK, now=world.NOW, sheet=CSV, **more
            )

        explain(row=2)
        with pytest.raises(NotExplained, match="V17"):
            services.submission_submit(number=first.number, clerk=CLERK, now=world.NOW, explained=True)
        with pytest.raises(CellNotFound):
            explain(row=99)
        explain(row=3)
        assert rules_unexplained(first) == ()
        assert "13800138000" not in str(list(first.explanations.values_list("text", flat=True)))
        with pytest.raises(ReasonMissing):
            services.findings_explain(number=first.number, rule="V17", text=" ", actor=CLERK, now=world.NOW)

    def test_history_is_not_rewritten(self, tmp_path):
        first = arrived(file_of(tmp_path, [world.penalty(1), world.penalty(2, CF_NR_FK="")]))
        amend(first, 3, "CF_NR_FK", "2.000000")
        for statement in ("UPDATE intake_amendment SET after = '9'", "DELETE FROM intake_explanation"):
            with pytest.raises(Exception, match="permission denied"), transaction.atomic(), connection.cursor() as cursor:
                cursor.execute(statement)
        with pytest.raises(IntegrityError, match="never changes"), transaction.atomic():
            Submission.objects.filter(pk=first.pk).update(is_amended=True)


def test_given_up_while_a_step_has_it_in_hand(tmp_path, five_organisations, fresh_database, postgres_server):
    path = file_of(tmp_path, [world.penalty(1)])
    submission = services.submission_receive(path=path, organ_code=world.ORGAN, clerk=CLERK, now=world.NOW, advance_later=True)

    def give_up():
        return services.submission_give_up(number=submission.number, actor=CLERK, reason="选错了", now=world.NOW)

    with psycopg.connect(postgres_server.conninfo(dbname=fresh_database)) as step:
        step.execute("SELECT 1 FROM intake_submission FOR UPDATE")
        assert give_up().state == SubmissionState.RECEIVED, "nobody waits for the step"
        assert give_up().state == SubmissionState.RECEIVED
    assert GivingUp.objects.count() == 1
    assert jobs_run() == 2
    submission.refresh_from_db()
    assert submission.state == SubmissionState.WITHDRAWN
    assert give_up().state == SubmissionState.WITHDRAWN
    assert not SubmissionFinding.objects.exists()
