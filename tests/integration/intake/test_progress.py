"""How far a step is, beside its transaction; and a step that ends in the middle because its submission is given up."""

import threading

import pytest
from django.conf import settings
from django.db import connection
from tests.factories import intake_world as world

from xinheng.adapters.progress import Progress, ProgressFile, progress_read
from xinheng.intake import services
from xinheng.intake.models import SubmissionEvent, SubmissionFinding, SubmissionState

pytestmark = pytest.mark.usefixtures("five_organisations")


@pytest.fixture
def heard(monkeypatch):
    """Return what the steps tell, in order; ``heard.then`` is called with each."""
    told: list[Progress] = []
    keep = ProgressFile.tell

    def tell(self, progress):
        keep(self, progress)
        told.append(progress)
        for listener in listeners:
            listener(progress)

    listeners = []
    monkeypatch.setattr(ProgressFile, "tell", tell)
    return told, listeners


def test_every_step_says_how_many_rows_it_has_done(tmp_path, heard):
    told, listeners = heard
    seen = []
    number = services.submission_receive(
        path=world.file_write(tmp_path / "处罚.csv", [world.penalty(1), world.penalty(2), world.penalty(3, CF_NR_FK="")]),
        organ_code=world.ORGAN,
        clerk="演示经办",
        now=world.NOW,
    ).number
    listeners.append(lambda progress: seen.append(services.submission_progress(number=number)))

    services.submission_advance(number=number, actor="演示经办", now=world.NOW)
    services.submission_submit(number=number, clerk="演示经办", now=world.NOW)
    services.submission_certify(number=number, reviewer="演示审核", now=world.NOW)

    assert list(dict.fromkeys(one.what for one in told)) == ["land", "rules", "compare", "findings", "match", "publish"]
    for what, done, total in (("land", 3, None), ("rules", 0, 3), ("rules", 3, 3), ("match", 0, 2), ("publish", 0, 2)):
        assert Progress(what=what, done=done, total=total) in told
    assert {one.what for one in seen if one} == {one.what for one in told}, "read by others while the step is at work"
    assert services.submission_progress(number=number) is None, "gone with the step"
    assert not (settings.XINHENG_VAR / "intake" / number).exists()


def test_given_up_a_step_ends_at_the_next_rows_it_counts(tmp_path, heard):
    told, listeners = heard
    number = services.submission_receive(
        path=world.file_write(tmp_path / "处罚.csv", [world.penalty(1, CF_NR_FK=""), world.penalty(2)]),
        organ_code=world.ORGAN,
        clerk="演示经办",
        now=world.NOW,
    ).number
    answers = []

    def by_another_process():
        answers.append(services.submission_give_up(number=number, actor="演示经办", reason="选错了", now=world.NOW).state)
        connection.close()

    def give_up(progress):
        if progress.what == "rules" and not answers:
            other = threading.Thread(target=by_another_process)
            other.start()
            other.join()

    listeners.append(give_up)
    done = services.submission_advance(number=number, actor="演示经办", now=world.NOW)

    assert answers == [SubmissionState.LANDED], "nobody waited for the step"
    assert done.state == SubmissionState.WITHDRAWN
    assert told[-1].what == "rules", "nothing was compared or matched any more"
    assert list(SubmissionEvent.objects.order_by("id").values_list("action", flat=True)) == ["received", "landed", "withdrawn"]
    assert not SubmissionFinding.objects.exists(), "what the step had found went with its transaction"
    assert not (settings.XINHENG_VAR / "intake" / number).exists()


def test_what_is_half_written_or_not_there_is_no_progress(tmp_path):
    path = tmp_path / "progress.json"
    assert progress_read(path) is None
    for content in ("", '{"what": "match"', "[]", '{"what": "match"}'):
        path.write_text(content)
        assert progress_read(path) is None
    file = ProgressFile(path, every=3600)
    for done in (1, 2):
        file.tell(Progress(what="match", done=done))
    assert progress_read(path) == Progress(what="match", done=1), "not twice within its time"
    file.tell(Progress(what="publish", done=0, total=3))
    assert progress_read(path) == Progress(what="publish", done=0, total=3), "another part is told at once"
    file.remove()
    assert progress_read(path) is None
