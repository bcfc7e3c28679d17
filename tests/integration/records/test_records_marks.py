"""Marks are versions: effective at once, named, repeatable."""

from datetime import date

import pytest
from tests.factories.records import BATCH, NOW, draft, make_subject, publish

from xinheng.audit.selectors import events_of
from xinheng.records import selectors, services
from xinheng.records.domain import Event
from xinheng.records.errors import (
    DisputeEndMissing,
    DocumentNumberAmbiguous,
    GroundMissing,
    MarkNotApplicable,
    RecordNotFound,
    RecordThereAlready,
)
from xinheng.records.models import RecordVersion

pytestmark = pytest.mark.django_db

DAY = date(2026, 3, 21)
ACT = {"event_date": DAY, "ground": "奉市监撤〔2026〕演示1号", "actor": "officer-1", "now": NOW}
UNTIL = date(2026, 4, 17)


def record():
    return selectors.records_current().get()


def publish_one(**batch):
    publish(draft(subject_id=make_subject()), **batch)
    return record().record_id


class TestMarks:
    @pytest.mark.parametrize(
        ("event", "column", "value", "kind"),
        [
            (Event.REVOKED, "revoked_date", DAY, "PENALTY"),
            (Event.REPAIRED, "repaired_date", DAY, "PENALTY"),
            (Event.DELISTED, "delisted_date", DAY, "LIST_ENTRY"),
            (Event.WITHDRAWN, "withdrawn", True, "LICENCE"),
            (Event.HELD, "held", True, "PENALTY"),
            (Event.DISPUTED, "disputed_since", DAY, "PENALTY"),
        ],
    )
    def test_a_mark_is_a_version_and_a_second_one_changes_nothing(self, event, column, value, kind):
        record_id = publish_one(item_kind=kind)
        until = UNTIL if event is Event.DISPUTED else None

        first = services.mark_add(record_id=record_id, event=event, until=until, **ACT)
        second = services.mark_add(record_id=record_id, event=event, until=until, **ACT)

        assert (first.marked, second.marked, second.unchanged, second.first_seq) == (1, 0, 1, None)
        current = record()
        assert getattr(current, column) == value
        assert (current.event, current.event_ground, current.event_actor) == (event.value, ACT["ground"], "officer-1")
        assert (current.seq, current.version_no) == (first.last_seq, 2)
        assert current.fine_fen == 2_000_000
        assert [event.action for event in events_of(kind="record", identifier=str(record_id))] == [
            f"records.record.{event.value.lower()}"
        ]
        assert selectors.current_differences() == 0

    def test_hold_and_release_dispute_and_end(self):
        record_id = publish_one()
        services.record_hold(record_id=record_id, **ACT)
        services.record_dispute(record_id=record_id, until=UNTIL, **ACT)
        assert (record().held, record().disputed_since, record().disputed_until) == (True, DAY, UNTIL)

        services.record_release(record_id=record_id, **ACT)
        services.record_undispute(record_id=record_id, **ACT)

        assert (record().held, record().disputed_since, record().disputed_until) == (False, None, None)
        events = [v.event for v in selectors.record_history(record_id=record_id)]
        assert events == ["REPORTED", "HELD", "DISPUTED", "RELEASED", "DISPUTE_ENDED"]

    def test_a_mark_set_by_mistake_is_taken_back_with_a_ground(self):
        record_id = publish_one()
        services.mark_add(record_id=record_id, event=Event.REVOKED, **ACT)
        services.mark_add(record_id=record_id, event=Event.REPAIRED, **ACT)
        taken_back = ACT | {"ground": "误录更正", "event": Event.REINSTATED, "takes_back": Event.REVOKED}
        first = services.mark_add(record_id=record_id, **taken_back)
        again = services.mark_add(record_id=record_id, **taken_back)
        assert (first.marked, again.marked) == (1, 0)
        assert (record().revoked_date, record().repaired_date) == (None, DAY), "the other mark stands"
        assert selectors.record_history(record_id=record_id).count() == 4

    def test_a_whole_submission_is_withdrawn_in_one_statement(self, django_assert_max_num_queries):
        subject = make_subject()
        publish(*[draft(subject_id=subject, document_no=f"演示{n}号") for n in range(50)])
        publish(draft(subject_id=subject, document_no="他批1号"), submission_id="FJ-other")

        with django_assert_max_num_queries(8):
            result = services.submission_withdraw(submission_id=BATCH.submission_id, **ACT)
        again = services.submission_withdraw(submission_id=BATCH.submission_id, **ACT)

        assert (result.marked, again.marked, again.unchanged) == (50, 0, 50)
        assert selectors.records_current().filter(withdrawn=True).count() == 50
        events = events_of(kind="submission", identifier=BATCH.submission_id)
        assert [(event.action, event.facts["records"]) for event in events] == [("records.record.withdrawn", 50)]

    @pytest.mark.parametrize("missing", [{"ground": " "}, {"actor": ""}])
    def test_ground_and_actor_are_asked_for(self, missing):
        record_id = publish_one()
        with pytest.raises(GroundMissing, match="依据"):
            services.record_hold(record_id=record_id, **ACT | missing)
        assert RecordVersion.objects.count() == 1

    def test_a_dispute_has_an_end(self):
        record_id = publish_one()
        for until in (None, date(2026, 3, 20)):
            with pytest.raises(DisputeEndMissing):
                services.mark_add(record_id=record_id, event=Event.DISPUTED, until=until, **ACT)

    @pytest.mark.parametrize(
        ("event", "kind"),
        [
            (Event.DELISTED, "PENALTY"),
            (Event.REPAIRED, "LICENCE"),
            (Event.REPORTED, "PENALTY"),
            (Event.SUBJECT_MOVED, "PENALTY"),
        ],
    )
    def test_marks_that_do_not_exist_for_the_kind_are_refused(self, event, kind):
        record_id = publish_one(item_kind=kind)
        with pytest.raises(MarkNotApplicable):
            services.mark_add(record_id=record_id, event=event, **ACT)

    @pytest.mark.parametrize("wrong", [{}, {"takes_back": Event.HELD}, {"event": Event.HELD, "takes_back": Event.REVOKED}])
    def test_what_is_taken_back_must_be_named(self, wrong):
        record_id = publish_one()
        with pytest.raises(MarkNotApplicable):
            services.mark_add(record_id=record_id, **ACT | {"event": Event.REINSTATED} | wrong)

    def test_a_record_moves_to_another_subject_unless_that_one_has_it_already(self):
        record_id, other = publish_one(), make_subject()
        moved = {"record_id": record_id, "is_sole_trader": False}
        services.record_move(subject_id=other, **moved, **ACT)
        assert record().subject_id == other

        full = make_subject()
        publish(draft(subject_id=full), submission_id="FJ-other")
        before = RecordVersion.objects.count()
        with pytest.raises(RecordThereAlready, match="已有文书号"):
            services.record_move(subject_id=full, **moved, **ACT)
        assert RecordVersion.objects.count() == before
        assert selectors.current_differences() == 0

    def test_an_unknown_record_stops_the_whole_call(self):
        known = publish_one()
        unknown = make_unknown()
        with pytest.raises(RecordNotFound):
            services.marks_add(record_ids=[known, unknown], event=Event.HELD, **ACT)
        assert not record().held


def make_unknown():
    from uuid import UUID

    return UUID(int=1)


class TestFinding:
    def test_by_number_or_document_number_in_any_writing(self):
        record_id = publish_one()
        for text in (str(record_id), f" {record_id} ", "奉市监处罚〔2026〕演示15号", "奉市监处罚（2026）演示 15号"):
            assert selectors.record_find(text=text).record_id == record_id

    def test_says_when_there_is_none_or_more_than_one(self):
        publish(draft(subject_id=make_subject()), draft(subject_id=make_subject()))
        with pytest.raises(DocumentNumberAmbiguous, match="2条"):
            selectors.record_find(text="奉市监处罚〔2026〕演示15号")
        with pytest.raises(RecordNotFound, match="没有的号"):
            selectors.record_find(text="没有的号")

    def test_versions_since_a_cursor(self):
        first = publish_one()
        cursor = selectors.known_latest()
        services.record_hold(record_id=first, **ACT)
        publish(draft(subject_id=make_subject()), item_id="administrative_licence", item_kind="LICENCE")
        assert [v.seq for v in selectors.versions_since(cursor=cursor)] == [cursor + 1, cursor + 2]
        assert [v.seq for v in selectors.versions_since(cursor=cursor, until=cursor + 1)] == [cursor + 1]
        licences = selectors.versions_since(cursor=0, item_ids=["administrative_licence"])
        assert [v.seq for v in licences] == [cursor + 2]
