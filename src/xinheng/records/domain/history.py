"""A record's history as a fold over its events: the definition that the database's answer is tested against."""

from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

from xinheng.records.domain.values import DATED_MARKS, Event

_LICENCE = "LICENCE"


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordEvent:
    """One event. ``content`` is given by report events only and compares equal when nothing changed.

    ``seq`` is the publication number the event would take; an event that changes nothing takes none.
    ``dispute_until``: last day by which a dispute must be settled (only for ``DISPUTED``). ``takes_back``: the mark that a
    ``REINSTATED`` cancels; the other marks stand.
    """

    seq: int
    record: Hashable
    event: Event
    event_date: date
    content: Hashable = None
    item_kind: str = ""
    decision_date: date | None = None
    valid_from: date | None = None
    valid_to: date | None = None
    dispute_until: date | None = None
    takes_back: Event | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordState:
    """A record after its events: the newest content and every mark."""

    seq: int
    version_no: int
    content: Hashable
    item_kind: str
    decision_date: date
    valid_from: date | None
    valid_to: date | None
    revoked_date: date | None = None
    repaired_date: date | None = None
    delisted_date: date | None = None
    withdrawn: bool = False
    held: bool = False
    disputed_since: date | None = None
    disputed_until: date | None = None


def validity(
    *,
    item_kind: str,
    decision_date: date,
    valid_from: date | None,
    valid_to: date | None,
    revoked_date: date | None,
    delisted_date: date | None,
) -> tuple[date, date | None]:
    """Return the record's time of validity: first day, and end **exclusive** (``None``: open).

    A licence is valid from its first to its last day, everything else from its decision; both stop on the day of a
    revocation or removal from a list (ADR 0004). An end before the first day means: never valid.
    """
    licence = item_kind == _LICENCE
    first = valid_from if licence and valid_from is not None else decision_date
    ends = [day for day in (revoked_date, delisted_date) if day is not None]
    if licence and valid_to is not None:
        ends.append(valid_to + timedelta(days=1))
    return first, min(ends, default=None)


def apply(*, state: RecordState | None, event: RecordEvent) -> RecordState | None:
    """Return the state after ``event``; the same object if the event changes nothing (it then makes no version).

    A report of known content is a duplicate unless the record had been withdrawn; a report never lifts a revocation,
    a repair, a removal, a hold or a dispute. A mark on a record that does not exist changes nothing.
    """
    if event.event in (Event.REPORTED, Event.CORRECTED):
        return _report(state, event)
    if state is None:
        return None
    marked = _mark(state, event)
    return state if marked == state else replace(marked, seq=event.seq, version_no=state.version_no + 1)


def fold(*, events: Iterable[RecordEvent], valid: date, known: int) -> dict[Hashable, RecordState]:
    """Return the records valid on the day ``valid`` as they were known at publication number ``known``, inclusive."""
    states: dict[Hashable, RecordState] = {}
    for event in events:
        if event.seq > known:
            continue
        state = apply(state=states.get(event.record), event=event)
        if state is not None:
            states[event.record] = state
    return {record: state for record, state in states.items() if _is_valid_on(state, valid)}


def _is_valid_on(state: RecordState, day: date) -> bool:
    if state.withdrawn:
        return False
    first, end = validity(
        item_kind=state.item_kind,
        decision_date=state.decision_date,
        valid_from=state.valid_from,
        valid_to=state.valid_to,
        revoked_date=state.revoked_date,
        delisted_date=state.delisted_date,
    )
    return first <= day and (end is None or day < end)


def _report(state: RecordState | None, event: RecordEvent) -> RecordState | None:
    if event.decision_date is None:
        raise ValueError("a report needs a decision date")
    if state is None:
        return RecordState(
            seq=event.seq,
            version_no=1,
            content=event.content,
            item_kind=event.item_kind,
            decision_date=event.decision_date,
            valid_from=event.valid_from,
            valid_to=event.valid_to,
        )
    if state.content == event.content and not state.withdrawn:
        return state
    return replace(
        state,
        seq=event.seq,
        version_no=state.version_no + 1,
        content=event.content,
        decision_date=event.decision_date,
        valid_from=event.valid_from,
        valid_to=event.valid_to,
        withdrawn=False,
    )


def _mark(state: RecordState, event: RecordEvent) -> RecordState:
    if event.event is Event.DISPUTED:
        return _disputed(state, event)
    if event.event is Event.REINSTATED:
        cleared: dict[str, Any] = {DATED_MARKS[event.takes_back]: None} if event.takes_back is not None else {}
        return replace(state, **cleared)
    if event.event in DATED_MARKS:
        name = DATED_MARKS[event.event]
        day: dict[str, Any] = {name: getattr(state, name) or event.event_date}
        return replace(state, **day)
    return replace(state, **_SETS.get(event.event, {}))


def _disputed(state: RecordState, event: RecordEvent) -> RecordState:
    """Open a dispute, or extend an open one: a later day counts, the first day stays."""
    until = event.dispute_until
    if state.disputed_until is None:
        return replace(state, disputed_since=event.event_date, disputed_until=until)
    return replace(state, disputed_until=until) if until is not None and until > state.disputed_until else state


_SETS: Mapping[Event, dict[str, Any]] = {
    Event.WITHDRAWN: {"withdrawn": True},
    Event.HELD: {"held": True},
    Event.RELEASED: {"held": False},
    Event.DISPUTE_ENDED: {"disputed_since": None, "disputed_until": None},
}
