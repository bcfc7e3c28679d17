"""The fold over events, by example; the database is held to it in the integration tests."""

from dataclasses import replace
from datetime import date

import pytest

from xinheng.records.domain import EVENT_LABELS, MARK_EVENTS, REPORT_EVENTS, Event, RecordEvent, apply, fold, validity

DAY = date(2026, 3, 12)
REPORT = RecordEvent(
    seq=1, record="甲", event=Event.REPORTED, event_date=DAY, content="一", item_kind="PENALTY", decision_date=DAY
)


def mark(seq: int, event: Event, day: date = date(2026, 5, 6), **values: object) -> RecordEvent:
    return RecordEvent(seq=seq, record="甲", event=event, event_date=day, **values)


def known(events: list[RecordEvent], *, valid: date = date(2026, 4, 1), at: int = 99) -> list[tuple[int, int]]:
    return [(state.seq, state.version_no) for state in fold(events=events, valid=valid, known=at).values()]


class TestFold:
    def test_a_report_of_known_content_changes_nothing(self):
        assert known([REPORT, replace(REPORT, seq=2)]) == [(1, 1)]

    def test_other_content_is_a_new_version(self):
        events = [REPORT, replace(REPORT, seq=2, content="二")]
        assert known(events) == [(2, 2)]
        assert known(events, at=1) == [(1, 1)]
        assert known(events, at=0) == []

    def test_a_revoked_decision_was_valid_until_its_revocation(self):
        events = [REPORT, mark(2, Event.REVOKED)]
        assert known(events, valid=date(2026, 5, 5)) == [(2, 2)]
        assert known(events, valid=date(2026, 5, 6)) == []
        assert known(events, valid=date(2026, 5, 6), at=1) == [(1, 1)]

    def test_a_withdrawn_record_comes_back_with_a_new_report(self):
        events = [REPORT, mark(2, Event.WITHDRAWN)]
        assert known(events) == []
        assert known([*events, replace(REPORT, seq=3)]) == [(3, 3)]

    def test_a_mark_twice_is_one_version_and_a_mark_before_any_report_is_none(self):
        assert known([REPORT, mark(2, Event.HELD), mark(3, Event.HELD)]) == [(2, 2)]
        assert known([mark(1, Event.HELD)]) == []

    def test_one_mark_is_taken_back_and_the_others_stand(self):
        state = apply(state=None, event=REPORT)
        for event in (mark(2, Event.REVOKED), mark(3, Event.REPAIRED), mark(4, Event.REINSTATED, takes_back=Event.REVOKED)):
            state = apply(state=state, event=event)
        assert (state.revoked_date, state.repaired_date, state.seq) == (None, date(2026, 5, 6), 4)

    def test_a_dispute_is_extended_and_never_shortened(self):
        state = apply(state=None, event=REPORT)
        for seq, until in enumerate([date(2026, 5, 15), date(2026, 6, 3), date(2026, 5, 20)], start=2):
            state = apply(state=state, event=mark(seq, Event.DISPUTED, dispute_until=until))
        assert (state.disputed_since, state.disputed_until, state.version_no) == (date(2026, 5, 6), date(2026, 6, 3), 3)

    def test_a_report_needs_a_decision_date(self):
        with pytest.raises(ValueError, match="decision date"):
            apply(state=None, event=replace(REPORT, decision_date=None))


class TestValidity:
    def test_a_licence_is_valid_through_its_last_day_and_everything_else_from_its_decision(self):
        days = {"decision_date": DAY, "valid_from": date(2026, 4, 1), "valid_to": date(2026, 4, 30)}
        no_marks = {"revoked_date": None, "delisted_date": None}
        assert validity(item_kind="LICENCE", **days, **no_marks) == (date(2026, 4, 1), date(2026, 5, 1))
        assert validity(item_kind="PENALTY", **days, **no_marks) == (DAY, None)
        assert validity(item_kind="LICENCE", **days, **no_marks | {"revoked_date": date(2026, 4, 9)}) == (
            date(2026, 4, 1),
            date(2026, 4, 9),
        )
        assert validity(item_kind="LICENCE", **days | {"valid_from": None, "valid_to": None}, **no_marks) == (DAY, None)


def test_every_event_has_words_and_is_a_report_or_a_mark():
    assert set(EVENT_LABELS) == set(Event) == REPORT_EVENTS | MARK_EVENTS
    assert not REPORT_EVENTS & MARK_EVENTS
