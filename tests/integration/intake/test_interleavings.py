"""Two at once, in orders that are forced: whoever comes first, the outcome is one, and the records say which."""

import pytest
from django.conf import settings as django_settings
from tests.factories import intake_world as world
from tests.factories.interleaving import PATIENCE, Pause, begin, waits_for_a_lock

from xinheng.intake import services
from xinheng.intake.models import Submission, SubmissionEvent, SubmissionState
from xinheng.intake.services import advance, receive, returned_workbook, step_check, step_match, step_publish
from xinheng.records.models import CurrentRecord, RecordVersion
from xinheng.subjects.services import register_delta, register_import

pytestmark = pytest.mark.usefixtures("five_organisations")


class TestTheSameFileTwice:
    def _rows(self):
        return [*(world.penalty(n) for n in range(1, 5)), world.penalty(5, CF_NR_FK=""), world.penalty(6, subject=77)]

    def _stored_once(self):
        assert CurrentRecord.objects.count() == RecordVersion.objects.count() == 4
        assert world.sequence_is_whole()
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
        assert world.record(1).subject.uscc == world.code(101), "the record follows its organisation"


def test_two_resume_the_same_submissions_at_once(tmp_path, monkeypatch, owner_connection):
    numbers = []
    for series in range(2):
        rows = [world.penalty(10 * series + n, subject=n) for n in range(1, 4)]
        path = world.file_write(tmp_path / f"{series}.csv", rows)
        received = services.submission_receive(path=path, organ_code=world.ORGAN, clerk="甲", now=world.NOW)
        numbers.append(received.number)
    matching = Pause(monkeypatch, step_match, "match_portions")
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
    assert world.sequence_is_whole()
