"""Doubtful rows: candidates in words, a person decides, a second one confirms, and it can be undone."""

import pytest
from django.db import IntegrityError, transaction
from tests.factories import intake_world as world

from xinheng.intake import selectors, services
from xinheng.intake.errors import DoubtNotInState, NotACandidate, PersonMissing, ReasonMissing, SamePerson
from xinheng.intake.models import Doubt, DoubtDecision, DoubtState, SubmissionState
from xinheng.records.models import CurrentRecord

pytestmark = pytest.mark.django_db


@pytest.fixture
def subjects():
    return [world.subject_make(number) for number in (1, 2)]


@pytest.fixture
def doubt(tmp_path, subjects):
    # The code of one organisation under the name of another.
    path = world.file_write(tmp_path / "处罚.csv", [world.penalty(1), world.penalty(2, CF_XDR_MC=world.name(1))])
    result = world.load(path)
    assert world.told(result) == {"rows": 2, "accepted": 1, "new": 1, "doubtful": 1}
    return selectors.doubts_open(number=result.receipt.number).get()


def _decide(doubt, subject_id, **changes):
    arguments = {"actor": "丙", "confirmed_by": "丁", "reason": "与决定书核对过", "now": world.NOW} | changes
    return services.doubt_decide(doubt_id=doubt.pk, subject_id=subject_id, **arguments)


def test_a_doubt_says_what_it_knows_and_decides_nothing(doubt, subjects):
    assert (doubt.row, doubt.name, doubt.code) == (3, world.name(1), world.code(2))
    assert doubt.reason
    assert {candidate["subject_id"] for candidate in doubt.candidates} >= {subjects[1].pk}
    assert doubt.subject_id is None
    assert "演示代表人" not in str(bytes(doubt.sealed_row))


def test_a_decision_publishes_the_row(doubt, subjects):
    decided = _decide(doubt, subjects[1].pk)

    record = CurrentRecord.objects.get(record_id=decided.record_id)
    assert record.subject_id == subjects[1].pk
    assert record.submission_id == doubt.submission.number
    receipt = services.receipt_of(number=doubt.submission.number)
    assert (receipt.doubtful, receipt.new) == (0, 2)
    rows = {row.row: row.outcome for row in selectors.rows_of_submission(number=doubt.submission.number)}
    assert rows == {2: "NEW", 3: "NEW"}
    assert _decide(doubt, subjects[1].pk).record_id == decided.record_id
    assert CurrentRecord.objects.count() == 2


def test_two_persons_and_a_reason(doubt, subjects):
    for changes, error in (
        ({"confirmed_by": "丙"}, SamePerson),
        ({"confirmed_by": ""}, PersonMissing),
        ({"reason": " "}, ReasonMissing),
    ):
        with pytest.raises(error), transaction.atomic():
            _decide(doubt, subjects[1].pk, **changes)
    with pytest.raises(NotACandidate), transaction.atomic():
        _decide(doubt, 10**9)
    with pytest.raises(IntegrityError, match="doubt_decision_two_persons"), transaction.atomic():
        DoubtDecision.objects.create(doubt=doubt, action="REJECT", reason="x", actor="丙", confirmed_by="丙", at=world.NOW)
    assert CurrentRecord.objects.count() == 1


def test_none_of_them(doubt):
    assert _decide(doubt, None).state == DoubtState.REJECTED
    assert CurrentRecord.objects.count() == 1


def test_undoing_withdraws_the_record_and_another_decision_makes_another(doubt, subjects):
    first = _decide(doubt, subjects[0].pk).record_id

    services.doubt_undo(doubt_id=doubt.pk, actor="丙", reason="看错了行", now=world.NOW)

    assert CurrentRecord.objects.get(record_id=first).withdrawn
    assert Doubt.objects.get().state == DoubtState.OPEN
    second = _decide(doubt, subjects[1].pk).record_id
    assert second != first
    assert not CurrentRecord.objects.get(record_id=second).withdrawn
    assert list(DoubtDecision.objects.values_list("action", flat=True)) == ["DECIDE", "UNDO", "DECIDE"]
    services.doubt_undo(doubt_id=doubt.pk, actor="丙", reason="还是甲", now=world.NOW)
    assert _decide(doubt, subjects[0].pk).record_id == first, "the withdrawn record comes back"


def test_a_decision_before_certification_goes_with_the_batch(tmp_path, subjects):
    path = world.file_write(tmp_path / "处罚.csv", [world.penalty(1), world.penalty(2, CF_XDR_MC=world.name(1))])
    number = services.submission_receive(path=path, organ_code=world.ORGAN, clerk="甲", now=world.NOW).number
    services.submission_advance(number=number, actor="甲", now=world.NOW)
    waiting = selectors.doubts_open(number=number).get()

    _decide(waiting, subjects[1].pk, actor="甲", confirmed_by="")
    assert not CurrentRecord.objects.exists()
    services.submission_submit(number=number, clerk="甲", now=world.NOW)
    done = services.submission_certify(number=number, reviewer="乙", now=world.NOW)

    assert done.state == SubmissionState.PUBLISHED
    assert CurrentRecord.objects.filter(subject_id=subjects[1].pk).count() == 1
    assert Doubt.objects.get().record_id is not None


def test_a_lapsed_doubt_cannot_be_decided(doubt, subjects):
    Doubt.objects.update(state=DoubtState.LAPSED, sealed_row=None)
    with pytest.raises(DoubtNotInState):
        _decide(doubt, subjects[1].pk)
