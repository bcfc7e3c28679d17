"""The database's ``as of`` is the fold over the events, on random histories."""

from datetime import date, timedelta
from uuid import UUID

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase
from tests.factories.records import NOW, draft, make_subject, publish

from xinheng.records import selectors, services
from xinheng.records.domain import DATED_MARKS, MARK_EVENTS, Event, RecordEvent, fold

START = date(2026, 1, 1)
DAYS = st.integers(0, 40).map(lambda n: START + timedelta(days=n))
MARKS = sorted(MARK_EVENTS - {Event.SUBJECT_MOVED})
RECORDS = ("甲", "乙")

report = st.fixed_dictionaries(
    {
        "what": st.just("report"),
        "rows": st.lists(
            st.tuples(st.sampled_from(RECORDS), st.integers(0, 2), DAYS, DAYS | st.none(), DAYS | st.none()),
            min_size=1,
            max_size=4,
        ),
    }
)
mark = st.fixed_dictionaries(
    {
        "what": st.just("mark"),
        "record": st.sampled_from(RECORDS),
        "event": st.sampled_from(MARKS),
        "day": DAYS,
        "takes_back": st.sampled_from(sorted(DATED_MARKS)),
    }
)


class TestAsOf(TestCase):
    @settings(deadline=None, max_examples=40, suppress_health_check=list(HealthCheck))
    @given(
        kind=st.sampled_from(["LICENCE", "PENALTY", "LIST_ENTRY"]), steps=st.lists(report | mark, max_size=8), data=st.data()
    )
    def test_equals_the_fold(self, kind, steps, data):
        subject = make_subject()
        events: list[RecordEvent] = []
        ids = {}
        latest = selectors.known_latest()
        with transaction.atomic():
            for step in steps:
                if step["what"] == "report":
                    rows = [
                        draft(
                            subject_id=subject,
                            document_no=f"演示{record}号",
                            fine_fen=fine,
                            person={},
                            decision_date=day,
                            valid_from=first,
                            valid_to=last,
                            fields={},
                        )
                        for record, fine, day, first, last in step["rows"]
                    ]
                    result = publish(*rows, item_kind=kind)
                    for row, outcome in zip(step["rows"], result.outcomes.to_pylist(), strict=True):
                        record, fine, day, first, last = row
                        ids[record] = UUID(outcome["record_id"])
                        seq = latest + 1 if outcome["outcome"] != "DUPLICATE" else latest
                        events.append(
                            RecordEvent(
                                seq=seq,
                                record=record,
                                event=Event.REPORTED,
                                event_date=NOW.date(),
                                item_kind=kind,
                                content=(fine, day, first, last),
                                decision_date=day,
                                valid_from=first,
                                valid_to=last,
                            )
                        )
                        latest = max(latest, seq)
                elif step["record"] in ids and applicable(step["event"], kind):
                    until = step["day"] + timedelta(days=20)
                    takes_back = step["takes_back"] if step["event"] is Event.REINSTATED else None
                    result = services.mark_add(
                        record_id=ids[step["record"]],
                        event=step["event"],
                        event_date=step["day"],
                        ground="演示依据",
                        actor="officer-1",
                        now=NOW,
                        until=until,
                        takes_back=takes_back,
                    )
                    latest += result.marked
                    events.append(
                        RecordEvent(
                            seq=latest,
                            record=step["record"],
                            event=step["event"],
                            event_date=step["day"],
                            dispute_until=until,
                            takes_back=takes_back,
                        )
                    )
            assert selectors.known_latest() == latest
            assert selectors.current_differences() == 0
            for _ in range(5):
                known = data.draw(st.integers(max(0, latest - len(steps) * 4), latest + 1))
                valid = data.draw(DAYS)
                expected = {
                    ids[record]: (
                        state.seq,
                        state.version_no,
                        state.revoked_date,
                        state.repaired_date,
                        state.delisted_date,
                        state.held,
                        state.disputed_since,
                        state.disputed_until,
                        state.content,
                    )
                    for record, state in fold(events=events, valid=valid, known=known).items()
                }
                found = {
                    v.record_id: (
                        v.seq,
                        v.version_no,
                        v.revoked_date,
                        v.repaired_date,
                        v.delisted_date,
                        v.held,
                        v.disputed_since,
                        v.disputed_until,
                        (v.fine_fen, v.decision_date, v.valid_from, v.valid_to),
                    )
                    for v in selectors.records_as_of(valid=valid, known=known)
                }
                assert found == expected
            transaction.set_rollback(True)


def applicable(event: Event, kind: str) -> bool:
    if event is Event.DELISTED:
        return kind == "LIST_ENTRY"
    return event is not Event.REPAIRED or kind != "LICENCE"


@pytest.mark.django_db
def test_as_of_is_one_query(django_assert_num_queries):
    publish(draft(subject_id=make_subject()))
    known = selectors.known_latest()
    with django_assert_num_queries(1):
        assert len(selectors.records_as_of(valid=date(2026, 4, 1), known=known)) == 1
