"""The queue of doubts: side by side, one proposes, another confirms, undone without loss; nobody else's is found."""

import pytest
from django.test import Client
from tests.factories import intake_world as world
from tests.factories.accounts import make_account, make_actor, signed_in_client

from xinheng.accounts.domain import Role
from xinheng.adapters import clock
from xinheng.intake import selectors, services
from xinheng.intake.errors import DoubtNotInState, SamePerson
from xinheng.intake.models import Doubt, DoubtDecision, DoubtState, SubmissionEvent, SubmissionState
from xinheng.publicity.selectors import displays
from xinheng.records.models import CurrentRecord, RecordVersion
from xinheng.workbench.selectors.doubts import doubt_page

DOCUMENT = "奉市监罚字〔2026〕2号"
REASON = {"reason": "与决定书原件核对，当事人是这一家"}


@pytest.fixture(autouse=True)
def _now():
    with clock.fixed(world.NOW):
        yield


@pytest.fixture
def subjects(db):
    return [world.subject_make(number) for number in (1, 2)]


@pytest.fixture
def doubt(tmp_path, subjects):
    """Return a doubt of a published batch: the code of one organisation under the name of another."""
    path = world.file_write(tmp_path / "处罚.csv", [world.penalty(1), world.penalty(2, CF_XDR_MC=world.name(1))])
    return selectors.doubts_open(number=world.load(path).receipt.number).get()


def _post(client, doubt, act, **data):
    return client.post(f"/workbench/doubts/{doubt.pk}/{act}/", data)


def _choose(client, doubt, subject):
    return _post(client, doubt, "decide", choice=str(subject.pk), **REASON)


def _doors(subject):
    """Return what the public doors say of an organisation: its page, its table, the API, the search by number."""
    visitor = Client()
    answers = [
        visitor.get(f"/subjects/{subject.pk}/?q={subject.uscc}"),
        visitor.get(f"/subjects/{subject.pk}/records.csv?q={subject.uscc}"),
        visitor.get(f"/api/v1/subjects/{subject.uscc}/records"),
    ]
    assert answers[0].status_code == 200
    return [
        DOCUMENT in (b"".join(answer.streaming_content) if answer.streaming else answer.content).decode("utf-8-sig")
        for answer in answers
        if answer.status_code == 200
    ]


def test_decided_confirmed_undone_and_decided_otherwise(clients, doubt, subjects):
    clerk, reviewer, officer = (clients[role] for role in (Role.CLERK, Role.REVIEWER, Role.CREDIT_OFFICER))

    assert _choose(clerk, doubt, subjects[1]).status_code == 302
    assert not any(_doors(subjects[1])), "one person alone publishes nothing"
    assert _post(clerk, doubt, "confirm").status_code == 422, "nor confirms what the same person proposed"
    assert _post(reviewer, doubt, "confirm").status_code == 302
    told = _doors(subjects[1])
    assert told
    assert all(told)
    first = Doubt.objects.get().record_id
    assert Client().get(f"/records/{first}/").status_code == 200

    assert _post(clerk, doubt, "undo", reason="看错").status_code == 422, "the clerk alone does not undo a published one"
    assert _post(reviewer, doubt, "undo", reason="看错了行").status_code == 302
    assert not any(_doors(subjects[1]))
    assert Client().get(f"/records/{first}/").status_code == 404
    kept = RecordVersion.objects.filter(record_id=first).count()

    assert _choose(clerk, doubt, subjects[0]).status_code == 302
    assert _post(officer, doubt, "confirm").status_code == 302
    told = _doors(subjects[0])
    assert told
    assert all(told)
    assert not any(_doors(subjects[1]))
    second = Doubt.objects.get().record_id
    assert CurrentRecord.objects.get(record_id=second).subject_id == subjects[0].pk
    assert RecordVersion.objects.filter(record_id=first).count() == kept, "nothing of the first is lost"
    assert CurrentRecord.objects.get(record_id=first).withdrawn
    shown = displays(on_date=world.NOW.date()).filter(document_no_key=DOCUMENT)
    assert [record.record_id for record in shown] == [second]
    lines = list(DoubtDecision.objects.values_list("action", flat=True))
    assert lines == ["PROPOSE", "DECIDE", "UNDO", "PROPOSE", "DECIDE"]
    assert all(DoubtDecision.objects.values_list("reason", flat=True))
    events = set(SubmissionEvent.objects.values_list("action", flat=True))
    assert {"doubt_proposed", "doubt_decided", "doubt_undone"} <= events
    page = clerk.get(f"/workbench/doubts/{doubt.pk}/").content.decode()
    assert page.count("理由：") == 5
    assert "演示demo" in page


def test_candidates_stand_side_by_side_and_none_is_chosen(clients, doubt, subjects):
    page = clients[Role.REVIEWER].get(f"/workbench/doubts/{doubt.pk}/").content.decode()
    assert "候选甲" in page
    for subject in subjects:
        assert subject.name in page
    assert "〔一致〕" in page
    assert "checked" not in page
    assert "演示代表人" not in page


def test_one_doubt_is_read_with_few_queries(doubt, db, django_assert_max_num_queries):
    actor = make_actor("demo.few", Role.REVIEWER)
    with django_assert_max_num_queries(8):
        assert doubt_page(actor=actor, doubt_id=doubt.pk).candidates


def test_another_organisation_is_named_by_its_code(clients, doubt, subjects):
    other = world.subject_make(7)
    clerk = clients[Role.CLERK]
    refused = _post(clerk, doubt, "decide", choice="code", code="91500236MA00000000", **REASON)
    assert refused.status_code == 422
    assert "登记库里没有这个代码" in refused.content.decode()
    assert "与决定书原件核对" in refused.content.decode(), "what was typed comes back"
    assert _post(clerk, doubt, "decide", choice="code", code=other.uscc, **REASON).status_code == 302
    assert DoubtDecision.objects.get().subject_id == other.pk


def test_a_choice_needs_a_reason_and_later_needs_none(clients, doubt, subjects):
    clerk = clients[Role.CLERK]
    refused = _post(clerk, doubt, "decide", choice=str(subjects[0].pk), reason=" ")
    assert refused.status_code == 422
    assert "请写明理由" in refused.content.decode()
    assert _post(clerk, doubt, "decide", **REASON).status_code == 422
    assert _post(clerk, doubt, "decide", choice="later").status_code == 302
    assert not DoubtDecision.objects.exists()


def test_none_of_them_goes_back_to_the_sender(clients, doubt):
    assert _post(clients[Role.REVIEWER], doubt, "decide", choice="none", **REASON).status_code == 302
    assert Doubt.objects.get().state == DoubtState.REJECTED
    listed = clients[Role.CLERK].get("/workbench/doubts/?state=REJECTED").content.decode()
    assert world.name(1) in listed
    assert world.name(1) not in clients[Role.CLERK].get("/workbench/doubts/").content.decode()


def test_declined_it_waits_again_and_another_may_propose(clients, doubt, subjects):
    assert _choose(clients[Role.CLERK], doubt, subjects[1]).status_code == 302
    assert _choose(clients[Role.CREDIT_OFFICER], doubt, subjects[0]).status_code == 422, "one proposal at a time"
    assert _post(clients[Role.REVIEWER], doubt, "decline", reason="").status_code == 422
    assert _post(clients[Role.REVIEWER], doubt, "decline", reason="地址对不上").status_code == 302
    assert _choose(clients[Role.CREDIT_OFFICER], doubt, subjects[0]).status_code == 302
    assert _post(clients[Role.CREDIT_OFFICER], doubt, "decline", reason="自己看错了").status_code == 302
    assert list(DoubtDecision.objects.values_list("action", flat=True)) == ["PROPOSE", "DECLINE", "PROPOSE", "DECLINE"]
    assert Doubt.objects.get().state == DoubtState.OPEN


def test_before_certification_the_clerk_decides_and_the_reviewer_of_it_is_another(clients, tmp_path, subjects):
    path = world.file_write(tmp_path / "处罚.csv", [world.penalty(1), world.penalty(2, CF_XDR_MC=world.name(1))])
    number = services.submission_receive(path=path, organ_code=world.ORGAN, clerk="甲", now=world.NOW).number
    services.submission_advance(number=number, actor="甲", now=world.NOW)
    waiting = selectors.doubts_open(number=number).get()

    assert _choose(clients[Role.REVIEWER], waiting, subjects[1]).status_code == 422
    assert _choose(clients[Role.CREDIT_OFFICER], waiting, subjects[1]).status_code == 302
    decided_by = DoubtDecision.objects.get().actor
    services.submission_submit(number=number, clerk="甲", now=world.NOW)
    with pytest.raises(SamePerson, match="存疑确认人"):
        services.submission_certify(number=number, reviewer=decided_by, now=world.NOW)
    done = services.submission_certify(number=number, reviewer="乙", now=world.NOW)
    assert done.state == SubmissionState.PUBLISHED
    assert CurrentRecord.objects.filter(subject_id=subjects[1].pk).count() == 1


def test_a_doubt_of_another_organ_is_not_found(foreign_clerk, doubt, subjects):
    assert foreign_clerk.get(f"/workbench/doubts/{doubt.pk}/").status_code == 404
    assert world.name(1) not in foreign_clerk.get("/workbench/doubts/").content.decode()
    assert foreign_clerk.get(f"/workbench/doubts/?number={doubt.submission.number}").status_code == 200
    for act in ("decide", "confirm", "decline", "undo"):
        assert _post(foreign_clerk, doubt, act, choice=str(subjects[0].pk), **REASON).status_code == 404
    assert not DoubtDecision.objects.exists()


def test_a_batch_that_was_withdrawn_has_no_doubts_to_decide(clients, doubt, subjects):
    services.submission_withdraw(number=doubt.submission.number, actor="乙", reason="报错了", now=world.NOW)
    assert world.name(1) not in clients[Role.CLERK].get("/workbench/doubts/").content.decode()
    assert _choose(clients[Role.CLERK], doubt, subjects[0]).status_code == 422
    with pytest.raises(DoubtNotInState):
        services.doubt_propose(doubt_id=doubt.pk, subject_id=subjects[0].pk, actor="甲", reason="x", now=world.NOW)


def test_the_first_page_says_how_many_wait(clients, doubt, subjects):
    home = clients[Role.CREDIT_OFFICER].get("/workbench/").content.decode()
    assert "1条主体存疑，等确认是哪一家" in home
    assert "等另一人复核" not in home
    assert _choose(clients[Role.CLERK], doubt, subjects[1]).status_code == 302
    home = clients[Role.REVIEWER].get("/workbench/").content.decode()
    assert "1条存疑已提出意见，等另一人复核" in home
    assert "条主体存疑，等确认" not in home


def test_the_queue_is_read_by_pages_and_filters(clients, tmp_path, subjects):
    rows = [world.penalty(number, subject=2, CF_XDR_MC=world.name(1)) for number in range(1, 23)]
    world.load(world.file_write(tmp_path / "处罚.csv", [*rows, world.penalty(30, subject=1)]))
    officer = clients[Role.CREDIT_OFFICER]
    first = officer.get("/workbench/doubts/")
    assert "22条待确认" in first.content.decode()
    assert first.content.decode().count('data-label="文书号"') == 20
    more = first.context["more"]
    assert officer.get(f"/workbench/doubts/{more}").content.decode().count('data-label="文书号"') == 2
    assert "按现在的筛选没有存疑" in officer.get("/workbench/doubts/?organ=11500236DM00000136").content.decode()
    assert signed_in_client(make_account("demo.again", Role.REVIEWER)).get("/workbench/doubts/?after=x").status_code == 200
