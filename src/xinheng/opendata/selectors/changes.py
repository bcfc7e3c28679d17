"""The change feed (变更): what is to be put and what is to be removed since a place."""

from dataclasses import dataclass, replace
from datetime import date
from uuid import UUID

from xinheng.opendata.domain import Cursor
from xinheng.opendata.errors import CursorGone
from xinheng.opendata.selectors.candidates import candidates, may_have_been_told, versions_of
from xinheng.opendata.selectors.places import epoch_of, feed_place
from xinheng.publicity.domain import PublicRecord
from xinheng.publicity.selectors import DisplayLaw, bulk_records, law_current


@dataclass(frozen=True, slots=True)
class Change:
    """A record to be put (anew or in place of what it was), or, without ``record``, one to be removed."""

    record_id: UUID
    record: PublicRecord | None


@dataclass(frozen=True, slots=True)
class ChangePage:
    """Some changes in order; ``next`` is the place after them, ``more`` whether there are more already."""

    changes: tuple[Change, ...]
    next: Cursor
    more: bool


def changes_after(*, after: Cursor, on_date: date, limit: int, law: DisplayLaw | None = None) -> ChangePage:
    """Return the next changes after a place, as of ``on_date`` (the real day) and this moment.

    Who applies all of them to what was shown at the place has what is shown now. A record is told as it is now, whatever it was
    on the way; of one whose display ended nothing is told but its number (P8). Telling a change twice does no harm. At most
    five queries.

    Raises:
        CursorGone: no differences can be told from there.
    """
    law = law or law_current()
    now = feed_place(on_date=on_date, law=law)
    refuse_gone(after, now, law)
    # A long answer keeps its aim, so that days and imports that pass meanwhile are told after it, from where it led.
    aim = replace(now, day=after.until_day or now.day, register=after.until_register if after.until_day else now.register)
    aim = replace(aim, told=after.told)
    found = list(candidates(after=after, until=aim, law=law)[: limit + 1])
    more, found = len(found) > limit, found[:limit]
    shown = {record.record_id: record for record in bulk_records(records=found, on_date=on_date, law=law)}
    gone = [record.record_id for record in found if record.record_id not in shown]
    versions = versions_of(gone) if gone else {}
    changes = [
        Change(record.record_id, shown.get(record.record_id))
        for record in found
        if record.record_id in shown
        or may_have_been_told(versions=versions[record.record_id], after=after, on_date=on_date, law=law)
    ]
    if more:
        place = replace(after, until_day=aim.day, until_register=aim.register, told=found[-1].seq)
        return ChangePage(tuple(changes), place, more=True)
    arrived = Cursor(seq=now.seq, day=aim.day, register=aim.register, epoch=now.epoch)
    return ChangePage(tuple(changes), arrived, more=(arrived.day, arrived.register) != (now.day, now.register))


def refuse_gone(after: Cursor, now: Cursor, law: DisplayLaw) -> None:
    """Refuse a place from which no differences can be told.

    Raises:
        CursorGone: it is ahead of now, or of another epoch.
    """
    ahead = after.seq > now.seq or after.day > now.day or after.register > now.register
    beyond = after.until_day is not None and (after.until_day > now.day or after.until_register > now.register)
    if ahead or beyond or after.epoch != epoch_of(seq=after.seq, law=law):
        raise CursorGone
