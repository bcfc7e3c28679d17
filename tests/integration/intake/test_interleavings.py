"""Two at once, in orders that are forced: whoever comes first, the outcome is one, and the records say which."""

import shutil

import pytest
from django.conf import settings as django_settings
from tests.factories import intake_world as world
from tests.factories.interleaving import PATIENCE, Pause, begin, waits_for_a_lock

from xinheng.catalogue.selectors import catalogue_kept
from xinheng.intake import services
from xinheng.intake.errors import SubmissionNotInState
from xinheng.intake.models import (
    Doubt,
    Submission,
    SubmissionEvent,
    SubmissionFinding,
    SubmissionRow,
    SubmissionState,
)
from xinheng.intake.services import (
    _publication,
    advance,
    receive,
    returned_workbook,
    step_check,
    step_match,
    step_publish,
)
from xinheng.publicity.selectors import displays
from xinheng.records.models import CurrentRecord, RecordVersion
from xinheng.records.selectors import known_latest
from xinheng.subjects.models import Subject
from xinheng.subjects.services import register_delta, register_import

ON_DATE = world.NOW.date()


@pytest.fixture(autouse=True)
def organisations(fresh_database):
    return [world.subject_make(number) for number in range(1, 6)]


@pytest.fixture
def penalties(tmp_path):
    world.load(world.file_write(tmp_path / "处罚.csv", [world.penalty(n) for n in range(1, 4)]))


def _act(tmp_path, item_id, number, file_name, **cells):
    return world.file_write(tmp_path / file_name, [world.act(item_id, number, **cells)], item_id=item_id)


def _correction(tmp_path, number=1, file_name="更正.csv", **cells):
    return _act(tmp_path, "correction", number, file_name, **{"COLUMN_CODE": "CF_NR_FK", "RIGHT_VALUE": "3.5"} | cells)


def _record(number):
    return CurrentRecord.objects.get(document_no_key=f"奉市监罚字〔2026〕{number}号")


def _sequence_is_whole():
    numbers = sorted(RecordVersion.objects.values_list("seq", flat=True))
    return numbers == list(range(1, len(numbers) + 1)) and known_latest() == len(numbers)


class TestTheSameFileTwice:
    def _rows(self):
        return [*(world.penalty(n) for n in range(1, 5)), world.penalty(5, CF_NR_FK=""), world.penalty(6, subject=77)]

    def _stored_once(self):
        assert CurrentRecord.objects.count() == RecordVersion.objects.count() == 4
        assert _sequence_is_whole()
        sealed = [path for path in (django_settings.XINHENG_VAR / "originals").iterdir() if path.is_file()]
        assert len(sealed) == Submission.objects.count()
        assert not [path for path in (django_settings.XINHENG_VAR / "intake").rglob("*") if path.is_file()]

    def test_both_look_before_either_stores(self, tmp_path, monkeypatch, owner_connection):
        path = world.file_write(tmp_path / "处罚.csv", self._rows())
        looked = Pause(monkeypatch, receive, "original_seal", after=True)
        landing = Pause(monkeypatch, advance._STEPS, "RECEIVED")
        second = begin(lambda: world.load(path, out_dir=tmp_path / "二"))
        looked.wait()
        first = begin(lambda: world.load(path, out_dir=tmp_path / "一"))
        landing.wait()
        looked.go.set()
        assert waits_for_a_lock(owner_connection, or_ends=second)
        landing.go.set()
        results = [future.result(PATIENCE) for future in (first, second)]

        self._stored_once()
        assert {result.receipt.number for result in results} == {Submission.objects.get().number}
        assert all(result.marked.path.exists() for result in results)

    def test_one_goes_on_while_the_other_stands_in_a_step(self, tmp_path, monkeypatch, owner_connection):
        path = world.file_write(tmp_path / "处罚.csv", self._rows())
        checking = Pause(monkeypatch, step_check, "check")
        first = begin(lambda: world.load(path, out_dir=tmp_path / "一"))
        checking.wait()
        second = begin(lambda: world.load(path, out_dir=tmp_path / "二"))
        assert waits_for_a_lock(owner_connection, or_ends=second)
        checking.go.set()
        numbers = {future.result(PATIENCE).receipt.number for future in (first, second)}

        self._stored_once()
        assert numbers == {Submission.objects.get().number}
        done = list(SubmissionEvent.objects.exclude(to_state="").values_list("action", flat=True))
        assert sorted(done) == sorted(set(done)), "no step was done twice"

    def test_one_is_through_before_the_other_learns_of_it(self, tmp_path, monkeypatch):
        path = world.file_write(tmp_path / "处罚.csv", self._rows())
        looked = Pause(monkeypatch, receive, "original_seal", after=True)
        refused = Pause(monkeypatch, receive, "sealed_file_remove")
        landing = Pause(monkeypatch, services.load, "submission_advance")
        second = begin(lambda: world.load(path))
        looked.wait()
        first = begin(lambda: world.load(path))
        landing.wait()
        looked.go.set()
        refused.wait()
        landing.go.set()
        assert first.result(PATIENCE).receipt.new == 4
        refused.go.set()

        assert second.result(PATIENCE).receipt.duplicate == 4
        self._stored_once()

    def test_both_write_the_marked_workbook(self, tmp_path, monkeypatch):
        path = world.file_write(tmp_path / "处罚.csv", self._rows())
        number = world.load(path).receipt.number
        writing = Pause(monkeypatch, returned_workbook, "marked_workbook_write")
        first = begin(lambda: services.returned_workbook_write(number=number, out_dir=tmp_path))
        writing.wait()
        services.returned_workbook_write(number=number, out_dir=tmp_path)
        services.submissions_resume(actor="system", now=world.NOW)
        writing.go.set()

        assert first.result(PATIENCE).path.exists()
        self._stored_once()

    def test_the_landed_table_goes_while_a_workbook_is_begun(self, tmp_path, monkeypatch):
        path = world.file_write(tmp_path / "处罚.csv", [world.penalty(1), world.penalty(2, CF_NR_FK="")])
        submission = services.submission_receive(path=path, organ_code=world.ORGAN, clerk="甲", now=world.NOW)
        services.submission_advance(number=submission.number, actor="甲", now=world.NOW)
        writing = Pause(monkeypatch, returned_workbook, "marked_workbook_write")
        book = begin(lambda: services.returned_workbook_write(number=submission.number, out_dir=tmp_path))
        writing.wait()
        services.submission_withdraw(number=submission.number, actor="甲", reason="报错了", now=world.NOW)
        writing.go.set()

        assert book.result(PATIENCE).marked == 1


class TestOneRecord:
    @pytest.mark.parametrize("first", ["correction", "revocation"])
    def test_a_correction_and_a_revocation(self, tmp_path, monkeypatch, penalties, owner_connection, first):
        paths = {
            "correction": _correction(tmp_path),
            "revocation": _act(tmp_path, "revocation", 1, "撤销.csv"),
        }
        pause = Pause(monkeypatch, step_publish, "row_outcomes_copy")
        one = begin(lambda: world.load(paths.pop(first)))
        pause.wait()
        (other_path,) = [path for name, path in paths.items() if name != first]
        other = begin(lambda: world.load(other_path))
        assert waits_for_a_lock(owner_connection, or_ends=other)
        pause.go.set()
        one.result(PATIENCE), other.result(PATIENCE)

        record = _record(1)
        assert (record.fine_fen, record.version_no) == (3_500_000, 3)
        assert record.revoked_date is not None
        assert not displays(on_date=ON_DATE).filter(record_id=record.record_id).exists()
        assert _sequence_is_whole()

    def test_a_revocation_after_the_correction_looked(self, tmp_path, monkeypatch, penalties, owner_connection):
        looked = Pause(monkeypatch, _publication, "corrected_draft", after=True)
        correction = begin(lambda: world.load(_correction(tmp_path)))
        looked.wait()
        revocation = begin(lambda: world.load(_act(tmp_path, "revocation", 1, "撤销.csv")))
        waits_for_a_lock(owner_connection, or_ends=revocation)
        looked.go.set()
        correction.result(PATIENCE), revocation.result(PATIENCE)

        record = _record(1)
        assert (record.fine_fen, record.version_no, record.revoked_date is None) == (3_500_000, 3, False)

    def test_two_corrections_of_two_columns(self, tmp_path, monkeypatch, penalties, owner_connection):
        looked = Pause(monkeypatch, _publication, "corrected_draft", after=True)
        text = {"COLUMN_CODE": "处罚内容", "RIGHT_VALUE": "罚款人民币三万五千元"}
        one = begin(lambda: world.load(_correction(tmp_path)))
        looked.wait()
        other = begin(lambda: world.load(_correction(tmp_path, file_name="更正二.csv", **text)))
        waits_for_a_lock(owner_connection, or_ends=other)
        looked.go.set()
        one.result(PATIENCE), other.result(PATIENCE)

        record = _record(1)
        assert (record.fine_fen, record.fields["content"]) == (3_500_000, "罚款人民币三万五千元"), "neither is lost"
        assert record.version_no == 3

    def test_two_revocations_and_the_second_taken_back(self, tmp_path, monkeypatch, penalties, owner_connection):
        looked = Pause(monkeypatch, _publication, "marks_add")
        one = begin(lambda: world.load(_act(tmp_path, "revocation", 1, "撤销.csv")))
        looked.wait()
        path = _act(tmp_path, "revocation", 1, "撤销二.csv", GROUND="同一决定，重报")
        other = begin(lambda: world.load(path))
        waits_for_a_lock(owner_connection, or_ends=other)
        looked.go.set()
        assert world.told(one.result(PATIENCE))["new"] == 1
        second = other.result(PATIENCE).receipt
        assert (second.new, second.duplicate) == (0, 1)

        services.submission_withdraw(number=second.number, actor="甲", reason="报重了", now=world.NOW)
        assert _record(1).revoked_date is not None, "the first one's mark stays"

    def test_a_correction_of_what_is_withdrawn_meanwhile(self, tmp_path, monkeypatch, penalties, owner_connection):
        before = Pause(monkeypatch, services.submit, "submission_advance")
        correction = begin(lambda: world.load(_correction(tmp_path), out_dir=tmp_path))
        before.wait()
        number = Submission.objects.get(file_name="处罚.csv").number
        services.submission_withdraw(number=number, actor="甲", reason="报错了机关", now=world.NOW)
        before.go.set()
        result = correction.result(PATIENCE)

        assert _record(1).withdrawn, "a correction does not put back what was withdrawn"
        assert (result.receipt.corrected, result.receipt.returned) == (0, 1)
        assert SubmissionRow.objects.get(submission__number=result.receipt.number).outcome == "RETURNED"
        finding = SubmissionFinding.objects.get(submission__number=result.receipt.number, rule="ACT")
        assert finding.message == "原记录已经撤回，没有可以更正的内容。"
        assert result.marked is not None

    def test_a_correction_of_what_was_withdrawn_before(self, tmp_path, penalties):
        number = Submission.objects.get(file_name="处罚.csv").number
        services.submission_withdraw(number=number, actor="甲", reason="报错了机关", now=world.NOW)

        assert world.told(world.load(_correction(tmp_path))) == {"rows": 1, "returned": 1}
        assert _record(1).withdrawn


class TestTheLawChangesMeanwhile:
    """The catalogue folder is replaced between two steps: everything of the submission is under the one it was read with."""

    STEPS = {"step_check": "LANDED", "step_match": "CHECKED", "step_publish": "CERTIFIED"}

    @pytest.fixture
    def other_law(self, tmp_path):
        """Another edition: the penalty's ground names another article, and fines must be written otherwise."""
        folder = tmp_path / "catalogue"
        shutil.copytree(django_settings.XINHENG_CATALOGUE_DIR, folder)
        path = folder / "national" / "instruments.yaml"
        text = path.read_text(encoding="utf-8")
        assert "中华人民共和国行政处罚法" in text
        path.write_text(text.replace("中华人民共和国行政处罚法", "中华人民共和国行政处罚法（演示修订）"), encoding="utf-8")
        return folder

    @pytest.mark.parametrize("step", [*STEPS])
    def test_between_two_steps(self, tmp_path, monkeypatch, settings, other_law, step):
        original = getattr(advance, step)

        def changed(submission, **named):
            settings.XINHENG_CATALOGUE_DIR = other_law
            original(submission, **named)

        monkeypatch.setitem(advance._STEPS, SubmissionState[self.STEPS[step]], changed)
        result = world.load(world.file_write(tmp_path / "处罚.csv", [world.penalty(1), world.penalty(2, CF_NR_FK="")]))

        assert result.receipt.new == 1
        record, submission = _record(1), Submission.objects.get()
        law = catalogue_kept(content_hash=record.catalogue_hash)
        assert record.catalogue_hash == submission.catalogue_hash
        item = law.item(record.item_id)
        assert record.legal_basis == law.basis_text(law.basis_on(item.basis, on_date=record.decision_date))
        assert "演示修订" not in record.legal_basis
        assert record.item_version == submission.item_version == law.item_version(record.item_id)

        later = world.load(world.file_write(tmp_path / "处罚二.csv", [world.penalty(3)]))
        assert later.receipt.new == 1
        assert "演示修订" in _record(3).legal_basis
        assert _record(3).catalogue_hash != record.catalogue_hash

    def test_a_doubt_is_decided_under_the_law_of_its_submission(self, tmp_path, settings, other_law):
        rows = [world.penalty(1), world.penalty(2, subject=77)]
        number = world.load(world.file_write(tmp_path / "处罚.csv", rows)).receipt.number
        settings.XINHENG_CATALOGUE_DIR = other_law
        doubt = Doubt.objects.get()
        services.doubt_decide(
            doubt_id=doubt.pk,
            subject_id=Subject.objects.first().pk,
            actor="甲",
            reason="查明",
            now=world.NOW,
            confirmed_by="乙",
        )

        record = _record(2)
        assert record.catalogue_hash == Submission.objects.get(number=number).catalogue_hash
        assert "演示修订" not in record.legal_basis

    def test_a_snapshot_is_the_catalogue_again(self, tmp_path, settings, other_law):
        world.load(world.file_write(tmp_path / "处罚.csv", [world.penalty(1)]))
        kept = Submission.objects.get().catalogue_hash
        settings.XINHENG_CATALOGUE_DIR = other_law
        from xinheng.catalogue.selectors import keeping

        keeping._from_snapshot.cache_clear()
        assert catalogue_kept(content_hash=kept).hash == kept


class TestTheRegister:
    def _register(self, tmp_path, *rows):
        path = tmp_path / "登记库.csv"
        text = "\n".join(["企业名称,统一社会信用代码,原统一社会信用代码", *(",".join(row) for row in rows)])
        path.write_text(text, encoding="utf-8")
        return path

    def test_a_load_during_an_import_sees_all_of_it(self, tmp_path, monkeypatch, owner_connection):
        path = self._register(tmp_path, ("演示新名1号食品有限公司", world.code(1), ""), (world.name(9), world.code(9), ""))
        applied = Pause(monkeypatch, register_delta, "_report")
        importing = begin(lambda: register_import(path=path, actor="甲", now=world.NOW))
        applied.wait()
        rows = [world.penalty(1, CF_XDR_MC="演示新名1号食品有限公司"), world.penalty(9), world.penalty(2)]
        load = begin(lambda: world.load(world.file_write(tmp_path / "处罚.csv", rows)))
        assert waits_for_a_lock(owner_connection, or_ends=load)
        applied.go.set()
        importing.result(PATIENCE)

        assert world.told(load.result(PATIENCE)) == {"rows": 3, "accepted": 3, "new": 3}

    def test_an_import_waits_for_a_publication(self, tmp_path, monkeypatch, owner_connection):
        """The publication holds the rows of its subjects, the import changes their codes: each waited for the other."""
        rows = [world.penalty(n) for n in range(1, 6)]
        publishing = Pause(monkeypatch, step_publish, "row_outcomes_copy")
        load = begin(lambda: world.load(world.file_write(tmp_path / "处罚.csv", rows)))
        publishing.wait()
        changes = [(world.name(n), world.code(100 + n), world.code(n)) for n in range(1, 6)]
        path = self._register(tmp_path, *changes)
        importing = begin(lambda: register_import(path=path, actor="甲", now=world.NOW))
        assert waits_for_a_lock(owner_connection, or_ends=importing)
        publishing.go.set()

        assert load.result(PATIENCE).receipt.new == 5
        assert importing.result(PATIENCE).counts["updated"] == 5
        assert {r.subject.uscc for r in CurrentRecord.objects.select_related("subject")} == {
            world.code(100 + n) for n in range(1, 6)
        }

    def test_an_import_between_matching_and_publication(self, tmp_path, monkeypatch):
        certified = Pause(monkeypatch, services.load, "submission_certify")
        load = begin(lambda: world.load(world.file_write(tmp_path / "处罚.csv", [world.penalty(1), world.penalty(9)])))
        certified.wait()
        path = self._register(
            tmp_path, ("演示新名1号食品有限公司", world.code(101), world.code(1)), (world.name(9), world.code(9), "")
        )
        register_import(path=path, actor="甲", now=world.NOW)
        certified.go.set()

        assert world.told(load.result(PATIENCE)) == {"rows": 2, "accepted": 1, "new": 1, "doubtful": 1}
        assert _record(1).subject.uscc == world.code(101), "the record follows its organisation"


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
        assert not displays(on_date=ON_DATE).exists()
        assert _sequence_is_whole()

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

        record = _record(1)
        assert (record.withdrawn, record.fine_fen) == (False, 3_000_000), "the newer report stands in either order"
        assert [_record(n).withdrawn for n in (2, 3)] == [True, True]
        assert _sequence_is_whole()


def test_two_resume_the_same_submissions_at_once(tmp_path, monkeypatch, owner_connection):
    numbers = []
    for series in range(2):
        rows = [world.penalty(10 * series + n, subject=n) for n in range(1, 4)]
        path = world.file_write(tmp_path / f"{series}.csv", rows)
        received = services.submission_receive(path=path, organ_code=world.ORGAN, clerk="甲", now=world.NOW)
        numbers.append(received.number)
    matching = Pause(monkeypatch, step_match, "match_arrow")
    one = begin(lambda: services.submissions_resume(actor="甲", now=world.NOW))
    matching.wait()
    other = begin(lambda: services.submissions_resume(actor="乙", now=world.NOW))
    assert waits_for_a_lock(owner_connection, or_ends=other)
    matching.go.set()

    for resumed in (one.result(PATIENCE), other.result(PATIENCE)):
        assert [(entry.number, entry.problem) for entry in resumed] == [(number, "") for number in numbers]
    for number in numbers:
        events = SubmissionEvent.objects.filter(submission__number=number).values_list("action", flat=True)
        assert list(events) == ["received", "landed", "checked", "matched"]
    for number in numbers:
        services.submission_submit(number=number, clerk="甲", now=world.NOW)
    certifying = [
        begin(lambda number=n: services.submission_certify(number=number, reviewer="乙", now=world.NOW)) for n in numbers * 2
    ]
    assert {future.result(PATIENCE).state for future in certifying} == {SubmissionState.PUBLISHED}
    assert RecordVersion.objects.count() == 6
    assert _sequence_is_whole()
