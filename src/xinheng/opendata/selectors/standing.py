"""Whether a snapshot still may be given away (P8, P9)."""

from datetime import date
from functools import lru_cache

from xinheng.opendata.domain import Cursor
from xinheng.opendata.errors import CursorGone
from xinheng.opendata.selectors.candidates import candidates, may_have_been_told, versions_of
from xinheng.opendata.selectors.changes import refuse_gone
from xinheng.opendata.selectors.places import feed_place
from xinheng.publicity.selectors import DisplayLaw, bulk_records, kept_under, law_current, state_of_data
from xinheng.records.models import CurrentRecord

_REMEMBERED = 64
_LOOKED_AT = 500


def is_overtaken(*, place: Cursor, on_date: date) -> bool:
    """Return whether something adverse that was shown at ``place`` is no longer shown on ``on_date``, or is disputed now.

    What else changed is the feed's to tell; this is what no door may go on showing (P8, P9). Remembered while nothing changes.
    """
    law = law_current()
    return _is_overtaken(kept_under(state_of_data(), catalogue_hash=law.catalogue.hash), place, on_date)


# Holds nothing of anybody: one yes or no for a state of the data and a day.
@lru_cache(_REMEMBERED)
def _is_overtaken(state: str, place: Cursor, on_date: date) -> bool:
    del state
    law = law_current()
    now = feed_place(on_date=on_date, law=law)
    try:
        refuse_gone(place, now, law)
    except CursorGone:
        return True
    # A first version that was published since is not in the snapshot.
    adverse = candidates(after=place, until=now, law=law).filter(item_id__in=sorted(law.adverse_items))
    records = adverse.exclude(seq__gt=place.seq, version_no=1).iterator(chunk_size=_LOOKED_AT)
    portion = []
    for record in records:
        portion.append(record)
        if len(portion) == _LOOKED_AT:
            if _any_gone(portion, place, on_date, law):
                return True
            portion = []
    return bool(portion) and _any_gone(portion, place, on_date, law)


def _any_gone(portion: list[CurrentRecord], place: Cursor, on_date: date, law: DisplayLaw) -> bool:
    told = bulk_records(records=portion, on_date=on_date, law=law)
    shown = {record.record_id: record for record in told}
    if any(record.disputed_since is not None and shown[record.record_id].provenance.seq > place.seq for record in told):
        return True
    gone = [record.record_id for record in portion if record.record_id not in shown]
    versions = versions_of(gone) if gone else {}
    return any(may_have_been_told(versions=versions[one], after=place, on_date=on_date, law=law) for one in gone)
